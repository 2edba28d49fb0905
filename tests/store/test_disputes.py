from dataclasses import replace

import pytest

from store import disputes
from store.database import Database, Transaction
from store.disputes import Dispute
from tests.store.test_payments import known

OPEN = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, 2_000, 1, 1)


async def test_what_comes_after_the_end_is_old_news(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        assert await disputes.put(tx, OPEN)
        assert await disputes.put(tx, replace(OPEN, status="won"))
        assert not await disputes.put(tx, replace(OPEN, status="under_review"))
        assert await disputes.of_payment(tx, "pay_1") == [replace(OPEN, status="won")]

    await database.write(scenario)


async def test_a_dispute_is_found_by_its_own_name_and_by_its_payment_s(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        await disputes.put(tx, OPEN)
        await disputes.put(tx, replace(OPEN, id="disp_2", created_at=2))
        assert await disputes.find(tx, "disp_1") == OPEN
        assert await disputes.find(tx, "pay_1") == replace(OPEN, id="disp_2", created_at=2)
        assert await disputes.find(tx, "pay_2") is None

    await database.write(scenario)


@pytest.mark.parametrize(
    ("status", "now", "within_s", "is_found"),
    [
        ("open", 1_500, 500, True),
        ("open", 1_500, 499, False),
        ("open", 2_000, 500, False),
        ("under_review", 1_500, 500, False),
    ],
)
async def test_a_dispute_is_to_be_answered_while_it_is_open_and_its_day_is_near(
    database: Database, status: str, now: int, within_s: int, *, is_found: bool
) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        await disputes.put(tx, replace(OPEN, status=status))
        assert bool(await disputes.to_answer(tx, now, within_s)) is is_found

    await database.write(scenario)
