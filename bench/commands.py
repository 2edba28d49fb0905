"""How fast commands are accepted: `python -m bench.commands`.

All figures are taken in one run on one machine and printed as ratios, with the absolute numbers
beside them: commands through parse → reserve → enqueue at once and one after another, durable
reservations sharing commits against one commit each, and the idle time from a command to the first
moment that its work is taken up.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from billing.hours import Hours, HoursSettings
from billing.orders import Orders
from billing.plans import Plan, Plans, publish
from chat.commands import Command, Option
from chat.parsing import parse
from store import users
from store.database import Database, Transaction, open_database
from store.migrate import migrate
from store.work import Kind, Queue, Work

COMMANDS = 400
TRICKLE = 40
PEOPLE = 40
PLAN = Plan("bench", "Bench", 20_000, tokens=0, images=1_000_000, videos=0, rank=0)
IMAGE = Command(
    "image",
    {"en": "Draw"},
    (Option("prompt", {"en": "What"}, required=True, is_rest=True), Option("style", {"en": "How"})),
)


@dataclass(slots=True)
class Bench:
    """An open product without chats and engine."""

    database: Database
    work: Work
    hours: Hours
    people: list[int]
    taken_up: dict[str, float]

    async def accept(self, number: int, work: str = "draw") -> float:
        """One /image from its words to its queued job; the seconds it took."""
        begun = time.perf_counter()
        options = parse(IMAGE, f"a fox number {number} --style anime")
        key = f"job_{work}_{number}"

        async def decide(tx: Transaction) -> None:
            await self.hours.reserve(tx, self.people[number % PEOPLE], "image", 1, key)
            await self.work.submit(tx, work, key)

        assert options["style"] == "anime"
        await self.database.write(decide)
        return time.perf_counter() - begun

    async def reserve(self, key: str, number: int) -> None:
        """A durable reservation alone."""
        person = self.people[number % PEOPLE]
        await self.database.write(lambda tx: self.hours.reserve(tx, person, "image", 1, key))


def clock() -> int:
    """The time, Unix seconds."""
    return int(time.time())


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as bench:
            together_s = await timed(*(bench.accept(n, "later") for n in range(COMMANDS)))
            alone_s = sum([await bench.accept(n, "alone") for n in range(TRICKLE)]) / TRICKLE
            shared_s = await timed(*(bench.reserve(f"shared_{n}", n) for n in range(COMMANDS)))
            begun = time.perf_counter()
            for number in range(TRICKLE):
                await bench.reserve(f"single_{number}", number)
            single_s = (time.perf_counter() - begun) / TRICKLE
            waits = [await first_step_after(bench, number) for number in range(TRICKLE)]
    print_ratio("commands/s, many at once : one after another", COMMANDS / together_s, 1 / alone_s)
    print_ratio(
        "durable reservations/s, shared commits : one each", COMMANDS / shared_s, 1 / single_s
    )
    median, accepted = statistics.median(waits), alone_s
    print(f"idle, command to first step : command to accepted = {median / accepted:.1f}")
    print(f"    ({median * 1000:.0f} ms : {accepted * 1000:.1f} ms, median of {TRICKLE})")


async def first_step_after(bench: Bench, number: int) -> float:
    """Seconds from a command, with nothing else to do, until its work is taken up."""
    begun = time.perf_counter()
    await bench.accept(number)
    key = f"job_draw_{number}"
    while key not in bench.taken_up:  # noqa: ASYNC110 - a millisecond is fine enough
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)
    return bench.taken_up[key] - begun


async def timed(*calls: Awaitable[object]) -> float:
    """Seconds until all of them are done."""
    begun = time.perf_counter()
    await asyncio.gather(*calls)
    return time.perf_counter() - begun


def print_ratio(what: str, ours: float, other: float) -> None:
    """A ratio, and the numbers it was made of."""
    print(f"{what} = {ours / other:.1f}\n    ({ours:.0f} : {other:.0f})")


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Bench]:
    """A fresh database with people who have hours, and work that is only noted."""
    url = f"sqlite:///{folder}/hub.db"
    migrate(url)
    taken_up: dict[str, float] = {}

    async def note(key: str) -> None:
        taken_up[key] = time.perf_counter()

    async def never(_key: str) -> None:
        await asyncio.Event().wait()

    async with open_database(url) as database:
        work = Work(database)
        work.declare(
            Kind("draw", Queue("gpu", 8), note),
            # Accepted and left waiting, so that accepting is measured alone.
            Kind("later", Queue("later", 1), never),
            Kind("alone", Queue("later", 1), never),
        )
        plans = Plans((PLAN,))

        hours = Hours(HoursSettings(), plans, clock)
        orders = Orders(plans, hours, work, clock)
        people = [
            await database.write(partial(arrive, plans=plans, orders=orders, number=number))
            for number in range(PEOPLE)
        ]
        async with work.running(drain_s=0):
            yield Bench(database, work, hours, people, taken_up)


async def arrive(tx: Transaction, plans: Plans, orders: Orders, number: int) -> int:
    """A person with an hour."""
    await publish(tx, plans)
    user = await users.add(tx, "bench", str(number), "Bench", "en", int(time.time()))
    await orders.grant(tx, user.id, PLAN.id, 1, actor="bench", reason="bench")
    return user.id


if __name__ == "__main__":
    asyncio.run(main())
