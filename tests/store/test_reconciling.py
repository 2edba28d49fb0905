from store import reconciling, users
from store.database import Database


async def test_what_was_found_is_reported_once(database: Database) -> None:
    for _ in range(2):
        await database.write(lambda tx: reconciling.report(tx, 5, "missing", "pay_1"))
    await database.write(lambda tx: reconciling.report(tx, 6, "unsettled", "pay_1"))

    async with database.read() as tx:
        found = await reconciling.reported(tx, "told")
    assert [(each.at, each.detail["finding"]) for each in found] == [
        (5, "missing"),
        (6, "unsettled"),
    ]
    await database.write(lambda tx: users.audit(tx, 7, "us", "told", found[0].subject))
    async with database.read() as tx:
        assert await reconciling.reported(tx, "told") == found[1:]


async def test_where_nothing_came_there_is_no_last_webhook(database: Database) -> None:
    async with database.read() as tx:
        assert await reconciling.last_webhook(tx, "razorpay") is None
        assert await reconciling.taken_between(tx, "razorpay", 0, 9) == []
        assert await reconciling.disputed(tx, "told") == []
