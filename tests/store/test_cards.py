from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import cards, users
from store.cards import Card
from store.database import Database, Transaction, open_database
from tests.doubles.database import fresh_database
from tests.doubles.work import RecordingWork

ADDRESS = {"platform": "telegram", "chat": "1", "message": None}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path)) as opened:
        await opened.write(lambda tx: users.add(tx, "telegram", "1", "Asha", "en", 1))
        yield opened


def card(card_id: str = "crd_1", subject: str = "job_1") -> Card:
    return Card(card_id, 1, "job", subject, ADDRESS, revision=1, shown=0)


async def test_a_card_is_queued_for_delivery_once(database: Database) -> None:
    work = RecordingWork()

    async def decide(tx: Transaction) -> None:
        await cards.add(tx, work, card(), 1)
        await cards.add(tx, work, card(), 2)

    await database.write(decide)

    assert [each.subject for each in work.submitted] == ["crd_1"]


async def test_a_touch_redraws_every_card_of_the_subject_and_no_other(database: Database) -> None:
    work = RecordingWork()

    async def decide(tx: Transaction) -> None:
        for card_id, subject in (("a", "job_1"), ("b", "job_1"), ("c", "job_2")):
            await cards.add(tx, work, card(card_id, subject), 1)
        work.submitted.clear()
        await cards.touch(tx, work, "job", "job_1")

    await database.write(decide)

    assert {each.key for each in work.submitted} == {"deliver:a:2", "deliver:b:2"}


async def test_an_older_delivery_does_not_hide_a_newer_one(database: Database) -> None:
    work = RecordingWork()

    async def decide(tx: Transaction) -> Card:
        await cards.add(tx, work, card(), 1)
        await cards.shown(tx, "crd_1", 3, {**ADDRESS, "message": "9"})
        await cards.shown(tx, "crd_1", 2, {**ADDRESS, "message": "9"})
        return await cards.get(tx, "crd_1")

    kept = await database.write(decide)

    assert kept.shown == 3
    assert kept.address["message"] == "9"


async def test_what_could_not_be_shown_is_owed_until_it_is_shown_elsewhere(
    database: Database,
) -> None:
    work, there = RecordingWork(), {**ADDRESS, "chat": "2"}

    async def decide(tx: Transaction) -> None:
        await cards.add(tx, work, card(), 1)
        await cards.touch(tx, work, "job", "job_1")
        await cards.give_up(tx, "crd_1", 1)
        assert await cards.owed(tx, 1, 9) == [], "a newer revision is on its way"
        await cards.give_up(tx, "crd_1", 2)
        assert await cards.owed(tx, 2, 9) == [], "it is somebody else's"
        (owed,) = await cards.owed(tx, 1, 9)
        work.submitted.clear()
        for _ in range(2):
            await cards.move(tx, work, owed, there, delay_s=5)
        assert await cards.owed(tx, 1, 9) == []
        assert (await cards.get(tx, "crd_1")).address == there

    await database.write(decide)

    assert [(each.key, each.delay_s) for each in work.submitted] == [("deliver:crd_1:3", 5)]
