from pathlib import Path

from store import receipts
from store.database import Transaction, open_database
from tests.doubles.database import fresh_database
from tests.doubles.rows import a_user


async def test_each_series_counts_for_itself_and_who_paid_nothing_has_none(tmp_path: Path) -> None:
    async def decide(tx: Transaction) -> tuple[int, str | None]:
        user = await a_user(tx)
        return await receipts.next_number(tx, "R/26-27"), await receipts.newest_paid(tx, user)

    async with open_database(fresh_database(tmp_path)) as database:
        assert await database.write(decide) == (1, None)
