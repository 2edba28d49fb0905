from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from store import plans
from store.database import Database, Transaction
from tests.doubles.rows import PLAN


async def test_a_plan_is_kept_as_it_is_now(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await plans.put(tx, PLAN)
        dearer = replace(PLAN, price_paise=20_000, images=9, delay_s=3)
        await plans.put(tx, dearer)
        assert await plans.get(tx, PLAN.id) == dearer

    await database.write(scenario)


async def test_a_plan_costs_at_least_what_a_link_can_be_made_for(database: Database) -> None:
    with pytest.raises(IntegrityError, match="price_is_payable"):
        await database.write(lambda tx: plans.put(tx, replace(PLAN, price_paise=99)))
