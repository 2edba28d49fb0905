"""A process that can be made to die at any boundary: of a commit, or of a call to the gateway.

The boundaries are those of `Database.write` and of the gateway, so that every one there is, is a
point to die at, and production code knows nothing of it. What was committed and what the gateway
did outlives the process; all else is gone.
"""

import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from billing.gateway import LinkRequest, ObservedLink, ObservedPayment, ObservedRefund
from billing.hours import Hours, HoursSettings
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plan, Plans, publish
from billing.reducer import Policy
from store import users
from store.database import Database, Decision, Transaction
from store.work import Kind, Work
from tests.doubles.clock import FakeClock
from tests.doubles.database import fresh_database
from tests.doubles.gateway import FakeGateway
from tests.doubles.quick import open_quickly

T = TypeVar("T")

PLANS = Plans(
    (
        Plan("flash", "Flash", 10_000, tokens=500_000, images=8, videos=1, rank=0),
        Plan("pro", "Pro", 20_000, tokens=1_000_000, images=15, videos=3, rank=1),
    )
)
POLICY = Policy(refund_at_once=frozenset({"paid_twice", "late"}))


def memory() -> tempfile.TemporaryDirectory[str]:
    """A folder without a disk where there is one; the disk's own promises are not tried here."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


class Died(BaseException):
    """The process is not there any more."""


class Fate:
    """Counts the points that a process passes, and ends it at one of them."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.dies_at: int | None = None
        """How many points it still passes."""

    def meet(self, point: str) -> None:
        """Pass a point, or die there; the dead do nothing more."""
        if self.dies_at == 0:
            raise Died(point)
        self.passed.append(point)
        if self.dies_at is not None:
            self.dies_at -= 1


class MortalDatabase(Database):
    """Dies before a commit, or after it and before anybody knows."""

    def __init__(self, inner: Database, fate: Fate) -> None:
        super().__init__(inner.path, inner._writer, inner._readers)
        self._waiting = inner._waiting
        self._fate = fate

    async def write(self, decision: Decision[T]) -> T:
        name = _name_of(decision)
        self._fate.meet(f"{name} is not committed")
        outcome = await super().write(decision)
        self._fate.meet(f"{name} is committed")
        return outcome


class MortalGateway(FakeGateway):
    """Dies before a call that does something, or after it was done and before the answer."""

    fate = Fate()

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        return await self._call("create_link", super().create_link(request))

    async def cancel_link(self, link_id: str) -> ObservedLink:
        return await self._call("cancel_link", super().cancel_link(link_id))

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        await self._call("capture", super().capture(payment_id, amount_paise))

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:
        return await self._call("refund", super().refund(payment_id, amount_paise, refund_id))

    async def fetch_link(self, link_id: str) -> ObservedLink:
        return await self._call("fetch_link", super().fetch_link(link_id))

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        return await self._call("order_payments", super().order_payments(order_id))

    async def _call(self, name: str, call: Awaitable[T]) -> T:
        try:
            self.fate.meet(f"{name} is not asked")
        except Died:
            call.close()  # type: ignore[attr-defined]  # a coroutine
            raise
        answer = await call
        self.fate.meet(f"{name} is done")
        return answer


def _name_of(decision: Any) -> str:
    function = decision.func if isinstance(decision, partial) else decision
    return str(function.__qualname__).replace(".<locals>", "")


class KeptWork(Work):
    """Durable work in the database file, at least once, in any order; like `store.work`."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self._database = database
        self._clock = clock
        self._kinds: dict[str, Kind] = {}

    async def prepare(self) -> None:
        table = """CREATE TABLE IF NOT EXISTS kept_work (
            key TEXT PRIMARY KEY, kind TEXT, subject TEXT, due REAL, is_done INTEGER DEFAULT 0)"""
        await self._database.write(lambda tx: tx.execute(sa.text(table)))

    async def submit(
        self,
        tx: Transaction,
        kind: str,
        subject: str,
        *,
        key: str | None = None,
        priority: int = 0,  # noqa: ARG002 - Work's signature
        delay_s: float = 0,
    ) -> None:
        statement = "INSERT OR IGNORE INTO kept_work VALUES (:key, :kind, :subject, :due, 0)"
        values = {"key": key or f"{kind}:{subject}", "kind": kind, "subject": subject}
        await tx.execute(sa.text(statement), {**values, "due": self._clock() + delay_s})

    async def waiting(self) -> list[tuple[str, str, str]]:
        """What is due: key, kind and subject."""
        question = """SELECT key, kind, subject FROM kept_work
            WHERE is_done = 0 AND due <= :now ORDER BY due, key"""
        async with self._database.read() as tx:
            found = await tx.execute(sa.text(question), {"now": self._clock()})
            return [(row.key, row.kind, row.subject) for row in found]

    async def do(self, key: str, kind: str, subject: str) -> None:
        if known := self._kinds.get(kind):
            await known.do(subject)
        statement = sa.text("UPDATE kept_work SET is_done = 1 WHERE key = :key")
        await self._database.write(lambda tx: tx.execute(statement, {"key": key}))

    async def run(self) -> None:
        while waiting := await self.waiting():
            await self.do(*waiting[0])


class Lives:
    """The billing code, started again on the same file whenever it died."""

    def __init__(self, folder: str) -> None:
        self.clock = FakeClock()
        self.gateway = MortalGateway(self.clock)
        self.fate = Fate()
        self.deaths: list[str] = []
        self._url = fresh_database(Path(folder))
        self._opened = AsyncExitStack()

    async def start(self) -> None:
        inner = await self._opened.enter_async_context(open_quickly(self._url))
        self.fate = self.gateway.fate = Fate()
        self.database = MortalDatabase(inner, self.fate)
        self.work = KeptWork(self.database, self.clock)
        await self.work.prepare()
        self.hours = Hours(HoursSettings(), PLANS, self.clock)
        self.orders = Orders(PLANS, self.hours, self.work, self.clock, hourly_max=10_000)
        self.payments = Payments(
            self.database,
            self.gateway,
            self.hours,
            self.work,
            self.clock,
            callback_url=None,
            policy=POLICY,
        )
        self.work.declare(*self.payments.kinds())
        await self.database.write(lambda tx: publish(tx, PLANS))

    async def stop(self) -> None:
        await self._opened.aclose()

    async def person(self, name: str) -> int:
        """Somebody arrives, or is there already."""

        async def arrive(tx: Transaction) -> int:
            known = await users.find(tx, "telegram", name)
            known = known or await users.add(tx, "telegram", name, name, "en", self.clock())
            return known.id

        return await self.database.write(arrive)

    async def does(self, what: Callable[[], Awaitable[object]]) -> bool:
        """Do something; False when the process died over it, and was started again."""
        try:
            await what()
        except Died as death:
            self.deaths.append(str(death))
            await self.stop()
            await self.start()
            return False
        return True
