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


async def test_the_newest_entries_of_the_audit_log_come_first(tmp_path: Path) -> None:
    async def decide(tx: Transaction) -> None:
        for moment in range(3):
            await users.audit(tx, moment, "telegram:1", "grant", f"s{moment}", hours=moment)
        await users.audit(tx, 9, "telegram:1", "refund", "s9")

        newest = await users.audited(tx, "grant", 2)
        assert [(each.at, each.subject, each.detail) for each in newest] == [
            (2, "s2", {"hours": 2}),
            (1, "s1", {"hours": 1}),
        ]

    async with open_database(fresh_database(tmp_path)) as database:
        await database.write(decide)
