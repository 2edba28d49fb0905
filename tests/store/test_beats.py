from pathlib import Path

from store import beats
from store.database import Transaction, open_database
from tests.doubles.database import fresh_database


async def test_the_last_sign_of_life_is_kept(tmp_path: Path) -> None:
    async def decide(tx: Transaction) -> None:
        assert await beats.last(tx, "bot") is None
        await beats.beat(tx, "bot", 5)
        await beats.beat(tx, "bot", 9)
        await beats.beat(tx, "worker", 1)
        assert await beats.last(tx, "bot") == 9

    async with open_database(fresh_database(tmp_path)) as database:
        await database.write(decide)
