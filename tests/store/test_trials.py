from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from store import links, orders, trials
from store.database import Database, Transaction
from tests.doubles.database import undone
from tests.doubles.rows import a_user, an_order


async def test_a_trial_is_known_by_the_user_and_by_the_account(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await a_user(tx, "1"), await a_user(tx, "2")
        await trials.add(tx, asha, "telegram", "1", (await an_order(tx, asha)).id, 5)

        assert await trials.was_had(tx, asha, "discord", "9")
        assert await trials.was_had(tx, ravi, "telegram", "1")
        assert not await trials.was_had(tx, ravi, "telegram", "2")

    await undone(database, scenario)


async def test_an_account_has_no_second_trial(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha = await a_user(tx, "1")
        order = await an_order(tx, asha)
        await trials.add(tx, asha, "telegram", "1", order.id, 5)
        another = replace(order, id="ord_2", status="paid")
        await orders.add(tx, another)
        with pytest.raises(IntegrityError, match=r"trials\.platform"):
            await trials.add(tx, asha, "telegram", "1", another.id, 6)

    await undone(database, scenario)


async def test_both_trials_of_a_joined_wallet_are_kept(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await a_user(tx, "1"), await a_user(tx, "2")
        await trials.add(tx, asha, "telegram", "1", (await an_order(tx, asha, "ord_1")).id, 5)
        other = await an_order(tx, ravi, "ord_2")
        await trials.add(tx, ravi, "telegram", "2", other.id, 5)
        await tx.exec_driver_sql("UPDATE orders SET status = 'paid'")

        await links.move(tx, ravi, asha)

        assert not await trials.was_had(tx, ravi, "telegram", "3")
        assert await trials.was_had(tx, asha, "telegram", "3")

    await undone(database, scenario)
