"""What the database refuses, whoever asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from store import ledger
from store.database import Database, Transaction, open_database
from store.ledger import Balance
from tests.doubles.database import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path)) as opened:

        async def begin(tx: Transaction) -> None:
            await ledger.open_account(tx, "mine", "image")
            await ledger.open_account(tx, "cash", "paise")
            await ledger.add(tx, "posted", "credits:image", "mine", 3, key="grant", now=1)

        await opened.write(begin)
        yield opened


async def refused(database: Database, statement: str, why: str) -> None:
    async def attempt(tx: Transaction) -> None:
        await tx.execute(sa.text(statement))

    with pytest.raises(IntegrityError, match=why):
        await database.write(attempt)


ADD = (
    "INSERT INTO transfers (key, debit, credit, amount, phase, resolves, created_at)"
    " VALUES ('{}', '{}', '{}', {}, '{}', {}, 1)"
)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE transfers SET amount = 99", "append-only"),
        ("DELETE FROM transfers", "append-only"),
        ("UPDATE accounts SET may_overdraw = 1", "append-only"),
        ("DELETE FROM accounts", "append-only"),
        (ADD.format("k", "mine", "spent:image", 4, "posted", "NULL"), "holds less"),
        (ADD.format("k", "mine", "spent:image", 4, "pending", "NULL"), "holds less"),
        (ADD.format("grant", "mine", "spent:image", 1, "posted", "NULL"), "UNIQUE"),
        (ADD.format("k", "mine", "cash", 1, "posted", "NULL"), "one unit"),
        (ADD.format("k", "mine", "spent:image", 0, "posted", "NULL"), "CHECK"),
        (ADD.format("k", "mine", "mine", 1, "posted", "NULL"), "between_two_accounts"),
        (ADD.format("k", "mine", "nowhere", 1, "posted", "NULL"), "FOREIGN KEY"),
        (ADD.format("k", "mine", "spent:image", 1, "post", "NULL"), "resolves_one"),
        (ADD.format("grant", "mine", "spent:image", 1, "void", "1"), "resolves its reservation"),
    ],
)
async def test_the_database_refuses(database: Database, statement: str, why: str) -> None:
    await refused(database, statement, why)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("job", "mine", "spent:image", 3, "post"), "no more than was reserved"),
        (("job", "mine", "spent:image", 1, "void"), "no more than was reserved"),
        (("other", "mine", "spent:image", 2, "post"), "resolves its reservation"),
        (("job", "mine", "credits:image", 2, "post"), "resolves its reservation"),
        (("k", "mine", "spent:image", 2, "posted"), "holds less"),
    ],
)
async def test_a_reservation_binds_its_amount_and_is_resolved_as_it_was_made(
    database: Database, row: tuple[str, str, str, int, str], why: str
) -> None:
    async def reserve(tx: Transaction) -> int:
        await ledger.add(tx, "pending", "mine", "spent:image", 2, key="job", now=1)
        found = await ledger.find(tx, "job")
        assert found is not None
        return found.id

    reservation = await database.write(reserve)
    resolves = "NULL" if row[4] == "posted" else str(reservation)
    await refused(database, ADD.format(*row, resolves), why)


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("second", ["post", "void"])
async def test_a_reservation_is_resolved_once(database: Database, first: str, second: str) -> None:
    async def reserve(tx: Transaction) -> int:
        await ledger.add(tx, "pending", "mine", "spent:image", 2, key="job", now=1)
        found = await ledger.find(tx, "job")
        assert found is not None
        await tx.execute(sa.text(ADD.format("job", "mine", "spent:image", 2, first, found.id)))
        return found.id

    reservation = await database.write(reserve)
    again = ADD.format("job", "mine", "spent:image", 2, second, reservation)
    await refused(database, again, "UNIQUE")


async def test_a_balance_knows_what_is_held_and_what_is_bound(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await ledger.add(tx, "pending", "mine", "spent:image", 2, key="job", now=1)
        held = await ledger.balances(tx, ["mine", "spent:image", "unopened"])
        assert held["mine"] == Balance(posted=3, pending=2)
        assert held["mine"].available == 1
        assert held["spent:image"] == held["unopened"] == Balance()

    await database.write(scenario)
