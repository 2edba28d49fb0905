from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from store import offers
from store.database import Database, Transaction
from store.offers import Offer
from tests.doubles.rows import a_user


async def test_what_is_offered_is_kept_as_it_was_offered_first(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        offered = Offer("off_1", await a_user(tx), {"prompt": "a boat"}, 1, 100)
        await offers.add(tx, offered)
        await offers.add(tx, replace(offered, cost=9))
        assert await offers.get(tx, "off_1") == offered
        assert await offers.get(tx, "off_2") is None

    await database.write(scenario)


async def test_an_offer_is_taken_or_dropped_once(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await offers.add(tx, Offer("off_1", await a_user(tx), {}, 1, 100))
        assert await offers.settle(tx, "off_1", 101)
        assert not await offers.settle(tx, "off_1", 102)
        assert not await offers.settle(tx, "off_2", 102)

    await database.write(scenario)


async def test_nothing_is_offered_for_nothing(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await offers.add(tx, Offer("off_1", await a_user(tx), {}, 0, 100))

    with pytest.raises(IntegrityError, match="cost_is_positive"):
        await database.write(scenario)


async def test_the_oldest_without_an_answer_are_found_and_forgotten(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        user = await a_user(tx)
        for name, at in (("off_new", 200), ("off_b", 100), ("off_a", 50), ("off_taken", 10)):
            await offers.add(tx, Offer(name, user, {}, 1, at))
        await offers.settle(tx, "off_taken", 11)

        assert [each.id for each in await offers.open_since(tx, 200, 5)] == ["off_a", "off_b"]
        assert [each.id for each in await offers.open_since(tx, 200, 1)] == ["off_a"]
        assert await offers.forget(tx, "off_a")
        assert not await offers.forget(tx, "off_a")
        assert not await offers.forget(tx, "off_taken")
        assert await offers.get(tx, "off_taken") is not None

    await database.write(scenario)
