"""How payments bear a storm: `python -m bench.storm`.

Many people order at once against one after another, and ten thousand signed webhooks, 64 at a
time, against single ones: how long until each is kept and thanked for, and how much memory that
takes. All in one run on one machine, printed as ratios with the absolute figures beside them.
Webhooks go over loopback through the real route; who sends them shares the processor with the bot.
"""

import asyncio
import gc
import hashlib
import hmac
import json
import resource
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bench.commands import PLAN, clock, print_ratio, timed
from bench.load import p99
from billing.hours import Hours, HoursSettings
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans, publish
from billing.razorpay import Razorpay, RazorpaySettings
from handlers.services import Services
from store import users
from store.database import Database, Transaction, open_database
from store.migrate import migrate
from store.work import Kind, Queue, Work
from web.app import serve
from web.keys import SERVICES
from web.webhooks import razorpay

PEOPLE = 300
IDLE = 300
EVENTS = 10_000
AT_ONCE = 64
GOAL_S = 5.0
"""Razorpay takes a webhook that is not answered by then for failed."""
SECRET = "only-for-this-run"  # noqa: S105 - no secret


@dataclass(slots=True)
class Shop:
    """What can be ordered, and where webhooks go."""

    database: Database
    orders: Orders
    people: list[int]
    url: str

    async def order(self, person: int) -> None:
        """Somebody taps on a plan."""
        await self.database.write(
            lambda tx: self.orders.open(tx, self.people[person], PLAN.id, 1, "razorpay")
        )


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as shop:
            begun = time.perf_counter()
            for person in range(PEOPLE):
                await shop.order(person)
            alone_s = time.perf_counter() - begun
            together_s = await timed(*(shop.order(PEOPLE + each) for each in range(PEOPLE)))
            async with aiohttp.ClientSession() as http:
                idle = [await send(shop, http, f"idle{each}") for each in range(IDLE)]
                before = memory_mib()
                storm_begun = time.perf_counter()
                storm = await at_once([event(shop, http, each) for each in range(EVENTS)])
                storm_s = time.perf_counter() - storm_begun
                grown = memory_mib() - before
    print_ratio(
        f"orders/s, {PEOPLE} people at once : one after another",
        PEOPLE / together_s,
        PEOPLE / alone_s,
    )
    slow, usual = p99(storm), p99(idle)
    print(f"webhooks, p99 until thanked for, {EVENTS} in a storm : idle = {slow / usual:.1f}")
    print(f"    ({slow * 1000:.0f} ms : {usual * 1000:.1f} ms, {EVENTS / storm_s:.0f} events/s)")
    print(f"    goal {GOAL_S:g} s: {'met' if slow < GOAL_S else 'missed'}")
    print(f"    memory grew by {grown:.0f} MiB")


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Shop]:
    """A shop on an empty database, with the route for webhooks and no gateway that answers."""
    url = f"sqlite:///{folder}/bench.db"
    migrate(url)
    async with open_database(url) as database:
        plans, work = Plans((PLAN,)), Work(database)
        hours = Hours(HoursSettings(), plans, clock)
        gateway = Razorpay(RazorpaySettings(webhook_secret=SecretStr(SECRET)), clock)
        payments = Payments(database, gateway, hours, work, clock, callback_url=None)
        # Kept and left waiting, so that keeping is measured alone, and nobody is asked for a link.
        work.declare(*(Kind(kind.name, Queue("later", 1), never) for kind in payments.kinds()))

        async def arrive(tx: Transaction) -> list[int]:
            await publish(tx, plans)
            names = range(2 * PEOPLE)
            return [(await users.add(tx, "bench", str(n), "", "en", clock())).id for n in names]

        people = await database.write(arrive)
        app = web.Application()
        app[SERVICES] = cast("Services", SimpleNamespace(payments=payments))
        app.router.add_post("/webhooks/razorpay", razorpay)
        async with work.running(drain_s=0), serve(app, "127.0.0.1", 0) as listening:
            orders = Orders(plans, hours, work, clock)
            yield Shop(database, orders, people, f"{listening.url}/webhooks/razorpay")
        gateway.close()


async def never(_subject: str) -> None:
    """Work that is not done."""
    await asyncio.Event().wait()


def event(shop: Shop, http: aiohttp.ClientSession, number: int) -> Callable[[], Awaitable[float]]:
    """One webhook of the storm."""
    return lambda: send(shop, http, f"storm{number}")


async def send(shop: Shop, http: aiohttp.ClientSession, name: str) -> float:
    """Send a webhook about what somebody else sells; the seconds until it is thanked for."""
    entity = {"id": f"pay_{name}", "order_id": f"order_{name}", "notes": []}
    payload = {"payment": {"entity": entity}}
    raw = json.dumps({"event": "payment.captured", "payload": payload}).encode()
    signature = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-Razorpay-Signature": signature, "X-Razorpay-Event-Id": name}
    begun = time.perf_counter()
    async with http.post(shop.url, data=raw, headers=headers) as answer:
        await answer.read()
        assert answer.ok
    return time.perf_counter() - begun


async def at_once(calls: list[Callable[[], Awaitable[float]]]) -> list[float]:
    """Make all calls, so many at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(call: Callable[[], Awaitable[float]]) -> float:
        async with room:
            return await call()

    return await asyncio.gather(*(one(call) for call in calls))


def memory_mib() -> float:
    """The most memory that this process ever had."""
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(main())
