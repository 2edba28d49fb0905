from dataclasses import replace
from typing import cast

import pytest
from sqlalchemy.exc import IntegrityError

from store import confirmations
from store.confirmations import Action, Confirmation
from store.database import Database, Transaction

ASKED = Confirmation("adm_1", "telegram:9", "grant", "telegram:1", {"hours": 2}, 100)


async def test_what_is_asked_is_kept_as_it_was_asked_first(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await confirmations.add(tx, ASKED)
        await confirmations.add(tx, Confirmation("adm_1", "telegram:9", "refund", "pay", {}, 200))
        assert await confirmations.get(tx, "adm_1") == ASKED
        assert await confirmations.get(tx, "adm_2") is None

    await database.write(scenario)


async def test_a_word_is_given_once(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await confirmations.add(tx, ASKED)
        assert await confirmations.settle(tx, "adm_1", 101)
        assert not await confirmations.settle(tx, "adm_1", 102)
        assert not await confirmations.settle(tx, "adm_2", 102)

    await database.write(scenario)


async def test_only_known_actions_are_kept(database: Database) -> None:
    asked = replace(ASKED, action=cast("Action", "erase"))
    with pytest.raises(IntegrityError, match="action_is_known"):
        await database.write(lambda tx: confirmations.add(tx, asked))
