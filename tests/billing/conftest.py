from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from billing.hours import Hours, HoursSettings
from billing.invariants import check
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plan, Plans, publish
from billing.razorpay import Razorpay
from billing.topups import TopUps
from sandbox.razorpay.app import serve
from store import users
from store.database import Database, Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.database import fresh_database
from tests.doubles.desk import Desk
from tests.doubles.gateway import FakeGateway
from tests.doubles.quick import open_quickly
from tests.doubles.razorpay import SETTINGS, Sandbox
from tests.doubles.shop import Shop
from tests.doubles.work import RecordingWork

LITE = Plan("flash-lite", "Flash Lite", 5000, tokens=150_000, images=3, videos=0, rank=0)
FLASH = Plan("flash", "Flash", 10_000, tokens=500_000, images=8, videos=1, rank=1)
PRO = Plan("pro", "Pro", 20_000, tokens=1_000_000, images=15, videos=3, rank=2)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_quickly(fresh_database(tmp_path)) as opened:
        yield opened


@pytest.fixture
def plans() -> Plans:
    return Plans((LITE, FLASH, PRO))


@pytest.fixture
def hours(plans: Plans, clock: FakeClock) -> Hours:
    return Hours(HoursSettings(), plans, clock)


@pytest.fixture
def work() -> RecordingWork:
    return RecordingWork()


@pytest.fixture
def orders(plans: Plans, hours: Hours, work: RecordingWork, clock: FakeClock) -> Orders:
    return Orders(plans, hours, work, clock, hourly_max=1_000)


@pytest.fixture
async def user(database: Database, plans: Plans, clock: FakeClock) -> int:
    async def arrive(tx: Transaction) -> int:
        await publish(tx, plans)
        return (await users.add(tx, "telegram", "1", "Asha", "en", clock())).id

    return await database.write(arrive)


@pytest.fixture
def desk(database: Database, orders: Orders, hours: Hours, user: int) -> Desk:
    return Desk(database, orders, hours, user)


@pytest.fixture
def gateway(clock: FakeClock) -> FakeGateway:
    return FakeGateway(clock)


@pytest.fixture
def payments(
    database: Database, gateway: FakeGateway, hours: Hours, work: RecordingWork, clock: FakeClock
) -> Payments:
    made = Payments(database, gateway, hours, work, clock, callback_url=None)
    work.declare(*made.kinds())
    return made


@pytest.fixture
async def shop(
    database: Database,
    orders: Orders,
    hours: Hours,
    payments: Payments,
    gateway: FakeGateway,
    work: RecordingWork,
    clock: FakeClock,
    user: int,
) -> AsyncIterator[Shop[FakeGateway]]:
    """A shop whose books are sound when the test is over, whatever happened in it."""
    yield Shop(database, orders, hours, payments, gateway, work, clock, user)
    async with database.read() as tx:
        assert await check(tx, clock()) == []


@pytest.fixture
async def sandbox(clock: FakeClock) -> AsyncIterator[Sandbox]:
    async with serve(clock=clock) as origin, aiohttp.ClientSession() as http:
        yield Sandbox(origin, http, clock)


@pytest.fixture
async def razorpay(sandbox: Sandbox, clock: FakeClock) -> AsyncIterator[Razorpay]:
    gateway = Razorpay(SETTINGS.model_copy(update={"api_base_url": sandbox.origin}), clock)
    yield gateway
    gateway.close()


@pytest.fixture
def counter(
    database: Database,
    orders: Orders,
    hours: Hours,
    razorpay: Razorpay,
    work: RecordingWork,
    clock: FakeClock,
    user: int,
) -> Shop[Razorpay]:
    """A shop whose till is the real SDK and the pretended Razorpay."""
    payments = Payments(database, razorpay, hours, work, clock, callback_url=None)
    work.declare(*payments.kinds())
    return Shop(database, orders, hours, payments, razorpay, work, clock, user)


@pytest.fixture
def topups(orders: Orders, hours: Hours, clock: FakeClock) -> TopUps:
    return TopUps(orders, hours, clock)
