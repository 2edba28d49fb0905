import pytest
from sqlalchemy.exc import IntegrityError

from store import topups
from store.database import Database, Transaction
from store.topups import TopUp
from tests.doubles.database import undone
from tests.doubles.rows import a_user, an_hour, an_order


async def topped(tx: Transaction, count: int = 3) -> TopUp:
    user = await a_user(tx)
    hour = await an_hour(tx, await an_order(tx, user))
    await tx.exec_driver_sql("UPDATE orders SET status = 'paid'")
    topup = TopUp((await an_order(tx, user, "ord_2")).id, hour.id, "image", count)
    await topups.add(tx, topup)
    return topup


async def test_what_an_order_buys_is_read_as_it_was_written(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        topup = await topped(tx)

        assert await topups.of_order(tx, "ord_2") == topup
        assert await topups.of_order(tx, "ord_1") is None

    await undone(database, scenario)


@pytest.mark.parametrize("statement", ["UPDATE topups SET count = 9", "DELETE FROM topups"])
async def test_what_was_ordered_never_changes(database: Database, statement: str) -> None:
    async def scenario(tx: Transaction) -> None:
        await topped(tx)
        with pytest.raises(IntegrityError):
            await tx.exec_driver_sql(statement)

    await undone(database, scenario)


@pytest.mark.parametrize("count", [0, 21])
async def test_nobody_orders_none_or_too_many(database: Database, count: int) -> None:
    async def scenario(tx: Transaction) -> None:
        with pytest.raises(IntegrityError):
            await topped(tx, count)

    await undone(database, scenario)
