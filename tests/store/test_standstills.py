import pytest
import sqlalchemy as sa

from store import hours, jobs, orders, plans, standstills, users
from store.database import Database, Transaction
from store.hours import Hour
from store.jobs import Failure, Job, State
from store.orders import Order
from store.plans import Plan
from store.standstills import Standstill

FIRST = Standstill("std_1", 100, 100)
SECOND = Standstill("std_2", 300, 300)


async def ask(database: Database, user: int, at: int, state: State, why: Failure | None) -> None:
    """Somebody asks for a picture; what becomes of it is known twenty seconds later."""

    async def decide(tx: Transaction) -> None:
        name = f"{user}-{at}"
        if await users.find(tx, "telegram", str(user)) is None:
            await plans.put(tx, Plan("flash", "Flash", 100, tokens=1, images=8, videos=1, rank=0))
            await users.add(tx, "telegram", str(user), "Asha", "en", 1)
            await users.conversation(tx, user, "telegram", str(user), "", 1)
            order = Order(f"o{user}", user, "flash", 1, 100, "INR", "grant", "paid", 1, 1)
            await orders.add(tx, order)
            hour = Hour(f"h{user}", user, order.id, 1, "flash", "unstarted", 1, 8, 1, 3600, 1, 99)
            await hours.add(tx, hour)
        job = Job(name, user, f"h{user}", user, "image", "queued", {"prompt": "a fox"}, 1, at)
        await jobs.add(tx, job)
        if state != "queued":
            await jobs.end(tx, name, state, at + 20, why)

    await database.write(decide)


async def test_there_is_one_at_a_time(database: Database) -> None:
    assert await database.write(lambda tx: standstills.begin(tx, FIRST))
    assert not await database.write(lambda tx: standstills.begin(tx, SECOND))
    assert await database.write(lambda tx: standstills.end(tx, FIRST.id, 200))
    assert not await database.write(lambda tx: standstills.end(tx, FIRST.id, 250))
    assert await database.write(lambda tx: standstills.begin(tx, SECOND))

    async with database.read() as tx:
        assert await standstills.current(tx) == SECOND
        assert [each.ended_at for each in await standstills.newest(tx, 9)] == [None, 200]
        covering = [await standstills.covering(tx, at) for at in (99, 100, 199, 200, 300, 999)]
    assert [each.id if each else None for each in covering] == [
        None, "std_1", "std_1", None, "std_2", "std_2",
    ]  # fmt: skip


async def test_time_is_counted_forwards_alone(database: Database) -> None:
    await database.write(lambda tx: standstills.begin(tx, FIRST))
    for until in (150, 120):
        await database.write(
            lambda tx, until=until: standstills.count_until(tx, FIRST.id, until)  # type: ignore[misc]  # bound now
        )
    async with database.read() as tx:
        found = await standstills.current(tx)
    assert found is not None
    assert found.counted_until == 150


async def test_a_standstill_does_not_end_before_it_began(database: Database) -> None:
    await database.write(lambda tx: standstills.begin(tx, FIRST))
    with pytest.raises(sa.exc.IntegrityError, match="ends_after_its_beginning"):
        await database.write(lambda tx: standstills.end(tx, FIRST.id, 99))


async def test_who_got_nothing_is_known_and_what_was_drawn(database: Database) -> None:
    await ask(database, 1, 110, "failed", "crashed")
    await ask(database, 1, 111, "failed", "size")
    await ask(database, 2, 120, "queued", None)
    await ask(database, 3, 130, "done", None)
    await ask(database, 4, 90, "failed", "crashed")

    async with database.read() as tx:
        assert await standstills.waited_since(tx, 100, 115) == [1]
        assert await standstills.waited_since(tx, 100, 200) == [1, 2]
        assert await standstills.failed_since(tx, 100) == ["1-110"]
        assert await standstills.last_drawn(tx, 100) == 150
        assert await standstills.last_drawn(tx, 131) is None
