from pathlib import Path

from store import users
from store.database import Transaction, open_database
from tests.doubles.database import fresh_database


async def test_a_person_is_found_by_platform_and_id(tmp_path: Path) -> None:
    async def decide(tx: Transaction) -> None:
        asha = await users.add(tx, "telegram", "1", "Asha", "hi", 1)
        await users.add(tx, "discord", "1", "Ravi", "en", 1)

        assert await users.find(tx, "telegram", "1") == asha
        assert await users.find(tx, "telegram", "2") is None
        assert await users.language_of(tx, asha.id) == "hi"

    async with open_database(fresh_database(tmp_path)) as database:
        await database.write(decide)


async def test_a_conversation_keeps_its_id(tmp_path: Path) -> None:
    async def decide(tx: Transaction) -> None:
        asha = await users.add(tx, "telegram", "1", "Asha", "en", 1)
        first = await users.conversation(tx, asha.id, "telegram", "5", "", 1)

        assert await users.conversation(tx, asha.id, "telegram", "5", "", 9) == first
        assert await users.conversation(tx, asha.id, "telegram", "5", "77", 9) != first

    async with open_database(fresh_database(tmp_path)) as database:
        await database.write(decide)
