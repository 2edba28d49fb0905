from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from store import stars
from store.database import Database, Transaction
from store.stars import StarCharge
from tests.doubles.database import undone

CHARGE = StarCharge("stx1", "star_1", "att_1", "77", 75, "XTR", 5, 6)


async def test_a_charge_is_kept_once_under_the_platforms_own_id(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        assert await stars.add(tx, CHARGE)
        assert not await stars.add(tx, replace(CHARGE, amount=1))

        assert await stars.of_payload(tx, "att_1") == [CHARGE]
        assert await stars.of_payment(tx, "star_1") == CHARGE
        assert await stars.of_payment(tx, "star_2") is None
        assert await stars.paid_since(tx, 5) == [CHARGE]
        assert await stars.paid_since(tx, 6) == []

    await undone(database, scenario)


async def test_the_first_time_that_it_went_back_is_kept(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await stars.add(tx, CHARGE)
        await stars.set_refunded(tx, "star_1", 10)
        await stars.set_refunded(tx, "star_1", 11)

        (charge,) = await stars.of_payload(tx, "att_1")
        assert charge.refunded_at == 10

    await undone(database, scenario)


@pytest.mark.parametrize(
    "statement", ["UPDATE star_charges SET amount = 1", "DELETE FROM star_charges"]
)
async def test_what_was_paid_never_changes(database: Database, statement: str) -> None:
    async def scenario(tx: Transaction) -> None:
        await stars.add(tx, CHARGE)
        with pytest.raises(IntegrityError):
            await tx.exec_driver_sql(statement)

    await undone(database, scenario)
