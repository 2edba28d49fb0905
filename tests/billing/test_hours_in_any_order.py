"""Whatever a user does in whatever order, and however time passes, the sums are right."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import InsufficientCreditsError, NoHourError, NothingToStartError
from billing.hours import Hours, HoursSettings, Unit
from billing.orders import Orders
from billing.plans import Plans
from store.database import Database, Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.database import undone
from tests.doubles.work import RecordingWork

HOUR, DAY = 3600, 24 * 3600
PLANS = ("flash-lite", "flash", "pro")

steps = st.one_of(
    st.tuples(st.just("buy"), st.sampled_from(PLANS), st.integers(1, 3)),
    st.tuples(st.just("start"), st.booleans(), st.integers(0, 5)),
    st.tuples(st.just("draw"), st.sampled_from(("image", "video")), st.integers(1, 5)),
    st.tuples(st.just("finish"), st.booleans(), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 2 * HOUR)),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from((HOUR, DAY, 31 * DAY))),
    st.tuples(st.just("give back"), st.just(""), st.integers(0, 900)),
)


@dataclass
class Life:
    """What a user did, and what must be true whatever they did."""

    tx: Transaction
    hours: Hours
    orders: Orders
    clock: FakeClock
    user: int
    jobs: list[str] = field(default_factory=list)
    bought: int = 0
    spent: Counter[str] = field(default_factory=Counter)
    costs: dict[str, tuple[str, int]] = field(default_factory=dict)

    async def step(self, kind: str, choice: object, number: int) -> None:
        match kind:
            case "buy":
                await self.orders.grant(self.tx, self.user, str(choice), number, "a", "b")
                self.bought += number
            case "start":
                await self.start(named=bool(choice), number=number)
            case "draw":
                await self.draw("video" if choice == "video" else "image", number)
            case "finish" if self.jobs:
                await self.finish(self.jobs[number % len(self.jobs)], well=bool(choice))
            case "give back":
                running = (await self.hours.wallet(self.tx, self.user)).running
                if running:
                    assert await self.hours.lengthen(self.tx, running.id, number) <= number
            case _:
                self.clock.pass_(number)

    async def start(self, *, named: bool, number: int) -> None:
        unstarted = (await self.hours.wallet(self.tx, self.user)).unstarted
        hour_id = unstarted[number % len(unstarted)].id if named and unstarted else None
        try:
            started = await self.hours.start(self.tx, self.user, hour_id)
        except NothingToStartError:
            return
        assert started.seconds_left == HOUR

    async def draw(self, unit: Unit, amount: int) -> None:
        key = f"job{len(self.costs)}"
        self.costs[key] = (unit, amount)
        try:
            async with self.tx.begin_nested():
                await self.hours.reserve(self.tx, self.user, unit, amount, key)
        except (NoHourError, InsufficientCreditsError):
            return
        self.jobs.append(key)

    async def finish(self, key: str, *, well: bool) -> None:
        act = self.hours.post if well else self.hours.void
        if await act(self.tx, key) and well:
            unit, amount = self.costs[key]
            self.spent[unit] += amount

    async def check(self) -> None:
        wallet = await self.hours.wallet(self.tx, self.user)
        rows = (await self.tx.execute(sa.text("SELECT * FROM user_sessions"))).mappings().all()
        assert len(rows) == self.bought
        states = Counter(row["status"] for row in rows)
        assert states["active"] == (1 if wallet.running else 0)
        assert not (states["waiting"] and not wallet.running), "a waiting hour goes on by itself"
        assert all(row["seconds_left"] >= 0 for row in rows)
        for usage in wallet.usage.values():
            assert min(usage.used, usage.reserved, usage.left) >= 0
        balances = await self.tx.execute(
            sa.text("SELECT unit, sum(posted) FROM account_balances GROUP BY unit")
        )
        assert all(total == 0 for _, total in balances), "what one account gives another gets"
        overdrawn = await self.tx.execute(
            sa.text("SELECT id FROM account_balances WHERE may_overdraw = 0 AND posted < pending")
        )
        assert overdrawn.all() == []
        for unit, column in (("image", "images_generated"), ("video", "videos_generated")):
            query = sa.text(f"SELECT coalesce(sum({column}), 0) FROM session_usage")
            assert (await self.tx.execute(query)).scalar_one() == self.spent[unit]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(start=st.sampled_from(("first_use", "payment")), history=st.lists(steps, max_size=20))
async def test_hours_and_credits_add_up_whatever_happens(
    database: Database,
    plans: Plans,
    user: int,
    start: str,
    history: list[tuple[str, object, int]],
) -> None:
    clock = FakeClock()
    hours = Hours(HoursSettings.model_validate({"start": start}), plans, clock)
    orders = Orders(plans, hours, RecordingWork(), clock)

    async def scenario(tx: Transaction) -> None:
        life = Life(tx, hours, orders, clock, user)
        for step in history:
            await life.step(*step)
            await life.check()

    await undone(database, scenario)


async def test_no_order_of_starting_gives_more_time_than_was_bought(
    database: Database, plans: Plans, user: int
) -> None:
    clock = FakeClock()
    hours = Hours(HoursSettings(), plans, clock)
    orders = Orders(plans, hours, RecordingWork(), clock)

    async def scenario(tx: Transaction) -> None:
        for plan in PLANS:
            await orders.grant(tx, user, plan, 1, "a", "b")
        ran = 0
        while True:
            wallet = await hours.wallet(tx, user)
            if not wallet.running and not wallet.unstarted:
                break
            with suppress(NothingToStartError):
                await hours.start(tx, user)
            clock.pass_(600)
            ran += 600
        assert ran == 3 * HOUR

    await undone(database, scenario)
