from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from store import hours, jobs, orders, plans, users
from store.database import Database, Transaction, open_database
from store.hours import Hour
from store.jobs import Generation, Job
from store.orders import Order
from store.plans import Plan
from tests.doubles.database import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path)) as opened:
        await opened.write(two_people_with_an_hour)
        yield opened


async def two_people_with_an_hour(tx: Transaction) -> None:
    await plans.put(tx, Plan("flash", "Flash", 100, tokens=1, images=8, videos=1, rank=0))
    for user in (1, 2):
        await users.add(tx, "telegram", str(user), "Asha", "en", 1)
        await users.conversation(tx, user, "telegram", str(user), "", 1)
        await orders.add(tx, Order(f"o{user}", user, "flash", 1, 100, "INR", "grant", "paid", 1, 1))
        hour = Hour(f"h{user}", user, f"o{user}", 1, "flash", "unstarted", 1, 8, 1, 3600, 1, 99)
        await hours.add(tx, hour)


def job(job_id: str, user: int = 1, created_at: int = 10) -> Job:
    return Job(
        job_id, user, f"h{user}", user, "image", "queued", {"prompt": "फॉक्स 🦊"}, 1, created_at
    )


async def add(database: Database, *each: Job) -> None:
    async def decide(tx: Transaction) -> None:
        for one in each:
            await jobs.add(tx, one)

    await database.write(decide)


async def test_a_job_is_read_as_it_was_accepted(database: Database) -> None:
    await add(database, job("a"))
    async with database.read() as tx:
        assert await jobs.get(tx, "a") == job("a")
        assert await jobs.exists(tx, "a")
        assert await jobs.get(tx, "b") is None
        assert not await jobs.exists(tx, "b")


async def test_a_job_ends_once(database: Database) -> None:
    await add(database, job("a"))
    assert await database.write(lambda tx: jobs.end(tx, "a", "failed", 12, "memory"))
    assert not await database.write(lambda tx: jobs.end(tx, "a", "done", 13))

    async with database.read() as tx:
        ended = await jobs.get(tx, "a")
    assert ended is not None
    assert (ended.state, ended.finished_at, ended.failure) == ("failed", 12, "memory")


async def test_a_job_that_never_was_cannot_end(database: Database) -> None:
    assert not await database.write(lambda tx: jobs.end(tx, "a", "done", 13))


async def test_the_same_job_is_not_accepted_twice(database: Database) -> None:
    await add(database, job("a"))
    with pytest.raises(sa.exc.IntegrityError):
        await add(database, job("a"))


async def test_the_queue_is_told_oldest_first_for_all_or_for_one(database: Database) -> None:
    await add(database, job("c", created_at=11), job("b", user=2), job("a"), job("d"))
    await add(database, replace(job("clip"), kind="video", created_at=9))
    await database.write(lambda tx: jobs.end(tx, "d", "cancelled", 12))
    async with database.read() as tx:
        assert await jobs.queued(tx) == ["clip", "a", "b", "c"]
        assert await jobs.queued(tx, 1) == ["clip", "a", "c"]
        ahead = [await jobs.ahead(tx, each) for each in (job("a"), job("b"), job("c", 1, 11))]
        assert ahead == [0, 1, 2]
        assert await jobs.of_kind(tx, "video", ["a", "clip", "nowhere"]) == ["clip"]
        assert await jobs.live(tx) == (4, 9)


class Explaining:
    """Says how each query is answered, and answers it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.plans: list[str] = []

    async def execute(self, query: sa.Select[Any]) -> Any:
        text = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        found = await self._tx.execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))
        self.plans += [row.detail for row in found]
        return await self._tx.execute(query)


async def test_what_waits_is_found_without_reading_all_that_was_ever_drawn(
    database: Database,
) -> None:
    await add(database, job("a"))
    async with database.read() as tx:
        explaining = Explaining(tx)
        watched = cast("Transaction", explaining)
        await jobs.live(watched)
        await jobs.queued(watched)
        await jobs.ahead(watched, job("a"))

    assert len(explaining.plans) == 3
    assert all("USING" in plan and "jobs_by_state" in plan for plan in explaining.plans)


async def test_an_empty_queue_has_no_oldest_job(database: Database) -> None:
    async with database.read() as tx:
        assert await jobs.live(tx) == (0, None)


async def test_a_generation_is_read_as_it_was_kept(database: Database) -> None:
    await add(database, job("a"))
    kept = Generation(
        "a", 1, "h1", 1, "fox", "1/a.png", "wall", "64x64", 2**32 - 1, {"steps": 4}, 9, 1200, 12
    )
    await database.write(lambda tx: jobs.add_generation(tx, kept))
    async with database.read() as tx:
        assert await jobs.get_generation(tx, "a") == kept
        assert await jobs.get_generation(tx, "b") is None


async def test_a_jobs_row_says_who_drew_it(database: Database) -> None:
    await add(database, job("a"))
    await database.write(lambda tx: jobs.end(tx, "a", "done", 13, backend="studio"))
    async with database.read() as tx:
        drawn = await jobs.get(tx, "a")

    assert drawn is not None
    assert (drawn.state, drawn.backend) == ("done", "studio")
