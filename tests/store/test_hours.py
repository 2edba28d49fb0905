from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from store import hours
from store.database import Database, Transaction
from store.hours import CarryOver
from tests.doubles.rows import a_user, an_hour, an_order


async def test_one_hour_of_a_user_runs_at_a_time(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        order = await an_order(tx, await a_user(tx))
        await an_hour(tx, order, 1, "active")
        with pytest.raises(IntegrityError, match=r"user_sessions\.user_id"):
            await an_hour(tx, order, 2, "active")

    await database.write(scenario)


async def test_an_order_gives_each_hour_once(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        order = await an_order(tx, await a_user(tx))
        first = await an_hour(tx, order, 1)
        with pytest.raises(IntegrityError, match=r"order_id, user_sessions\.ordinal"):
            await hours.add(tx, replace(first, id="another"))

    await database.write(scenario)


async def test_hours_that_are_not_over_come_in_the_order_in_which_they_lapse(
    database: Database,
) -> None:
    async def scenario(tx: Transaction) -> None:
        order = await an_order(tx, await a_user(tx))
        made = [await an_hour(tx, order, ordinal) for ordinal in (1, 2, 3)]
        await hours.change(tx, made[0].id, status="ended")
        assert [hour.ordinal for hour in await hours.live(tx, order.user_id)] == [3, 2]
        assert [hour.ordinal for hour in await hours.of_order(tx, order.id)] == [1, 2, 3]

    await database.write(scenario)


async def test_owners_of_hours_that_are_over_or_lapsed_are_found(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        running, keeping = await a_user(tx, "1"), await a_user(tx, "2")
        await an_hour(tx, await an_order(tx, running, "ord_1"), 1, "active")
        await an_hour(tx, await an_order(tx, keeping, "ord_2"), 1)
        assert await hours.owners_of_due(tx, 998) == []
        assert await hours.owners_of_due(tx, 999) == [keeping]
        assert await hours.owners_of_due(tx, 3700) == [running, keeping]

    await database.write(scenario)


@pytest.mark.parametrize(
    ("began", "ended", "ends_at"),
    [(200, 500, 4000), (0, 500, 4100), (3699, 9000, 9001), (3700, 9000, 3700), (0, 100, 3700)],
)
async def test_a_running_hour_gets_the_part_of_an_outage_that_it_lost(
    database: Database, began: int, ended: int, ends_at: int
) -> None:
    async def scenario(tx: Transaction) -> None:
        hour = await an_hour(tx, await an_order(tx, await a_user(tx)), 1, "active")
        await hours.lengthen_running(tx, began, ended)
        assert (await hours.get(tx, hour.id)).ends_at == ends_at

    await database.write(scenario)


async def test_carried_over_credits_count_until_they_expire_and_may_be_kept_longer(
    database: Database,
) -> None:
    async def scenario(tx: Transaction) -> None:
        hour = await an_hour(tx, await an_order(tx, await a_user(tx)))
        carry = CarryOver("job:1", hour.user_id, hour.id, "image", 500)
        await hours.add_carry_over(tx, carry)
        assert await hours.carried(tx, hour.user_id, 499) == [carry]
        assert await hours.carried(tx, hour.user_id, 500) == []
        await hours.keep_carry_over(tx, carry.id, 400)
        await hours.keep_carry_over(tx, carry.id, 900)
        assert [c.expires_at for c in await hours.carried(tx, hour.user_id, 500)] == [900]

    await database.write(scenario)
