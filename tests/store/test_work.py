import asyncio
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from store.database import Database, Transaction, open_database
from store.work import KEEP_FINISHED_S, Kind, LeftForNextStart, Queue, Work
from tests.doubles.database import fresh_database

GPU = Queue("gpu", at_once=4)


async def until(done: Counter[str], count: int) -> None:
    async with asyncio.timeout(20):
        while done.total() < count:
            await asyncio.sleep(0.01)


async def test_work_is_done_once_it_is_committed_and_never_when_it_is_not(tmp_path: Path) -> None:
    done: Counter[str] = Counter()

    async def do(subject: str) -> None:
        done[subject] += 1

    async def decide(tx: Transaction, work: Work, subject: str) -> None:
        await work.submit(tx, "draw", subject)
        if subject.startswith("refused"):
            raise LookupError

    async with open_database(fresh_database(tmp_path)) as database:
        work = Work(database)
        work.declare(Kind("draw", GPU, do))
        async with work.running(drain_s=1):
            for subject in ("a", "refused", "b", "a"):
                try:
                    await database.write(partial(decide, work=work, subject=subject))
                except LookupError:
                    continue
            await until(done, 2)

    assert done == {"a": 1, "b": 1}


@pytest.mark.fault("F41")
async def test_a_failed_try_is_repeated_and_a_hopeless_piece_is_given_up(tmp_path: Path) -> None:
    tried: Counter[str] = Counter()

    async def do(subject: str) -> None:
        tried[subject] += 1
        if subject == "hopeless" or tried[subject] == 1:
            raise LookupError(subject)

    async with open_database(fresh_database(tmp_path)) as database:
        work = Work(database)
        work.declare(Kind("draw", GPU, do, tries=2))
        async with work.running(drain_s=1):
            await database.write(lambda tx: work.submit(tx, "draw", "shaky"))
            await database.write(lambda tx: work.submit(tx, "draw", "hopeless"))
            await until(tried, 4)
            async with asyncio.timeout(20):
                lost: list[str] = []
                while not lost:
                    async with database.read() as tx:
                        lost = await work.given_up(tx, "draw", ["shaky", "hopeless", "unknown"])

    assert tried == {"shaky": 2, "hopeless": 2}
    assert lost == ["hopeless"]


async def test_lower_priorities_go_first(tmp_path: Path) -> None:
    order: list[str] = []
    done: Counter[str] = Counter()

    async def do(subject: str) -> None:
        order.append(subject)
        done[subject] += 1

    async def decide(tx: Transaction, work: Work) -> None:
        for subject, priority in (("late", 30), ("soon", 10), ("middle", 20)):
            await work.submit(tx, "draw", subject, priority=priority)

    async with open_database(fresh_database(tmp_path)) as database:
        work = Work(database)
        work.declare(Kind("draw", Queue("gpu", at_once=1), do))
        async with work.running(drain_s=1):
            await database.write(lambda tx: decide(tx, work))
            await until(done, 3)

    assert order == ["soon", "middle", "late"]


@pytest.mark.fault("F24")
async def test_what_a_former_process_left_is_done_by_the_next(tmp_path: Path) -> None:
    done: Counter[str] = Counter()
    started = asyncio.Event()

    async def hang(_subject: str) -> None:
        started.set()
        await asyncio.sleep(3600)

    async def do(subject: str) -> None:
        done[subject] += 1

    async with open_database(fresh_database(tmp_path)) as database:
        former = Work(database)
        former.declare(Kind("draw", GPU, hang))
        async with former.running(drain_s=0):
            await database.write(lambda tx: former.submit(tx, "draw", "a"))
            await started.wait()
        next_ = Work(database)
        next_.declare(Kind("draw", GPU, do))
        async with next_.running(drain_s=1):
            await until(done, 1)

    assert done == {"a": 1}


async def test_delayed_work_waits(tmp_path: Path) -> None:
    order: list[str] = []
    done: Counter[str] = Counter()

    async def do(subject: str) -> None:
        order.append(subject)
        done[subject] += 1

    async with open_database(fresh_database(tmp_path)) as database:
        work = Work(database)
        work.declare(Kind("draw", GPU, do))
        async with work.running(drain_s=1):
            await database.write(lambda tx: work.submit(tx, "draw", "later", delay_s=1.5))
            await database.write(lambda tx: work.submit(tx, "draw", "now"))
            await until(done, 2)

    assert order == ["now", "later"]


async def test_work_that_is_left_for_the_next_start_is_done_then_and_is_no_failure(
    tmp_path: Path,
) -> None:
    left: Counter[str] = Counter()
    done: Counter[str] = Counter()

    async def leave(subject: str) -> None:
        left[subject] += 1
        raise LeftForNextStart

    async def do(subject: str) -> None:
        done[subject] += 1

    async with open_database(fresh_database(tmp_path)) as database:
        former = Work(database)
        former.declare(Kind("draw", GPU, leave, tries=2))
        async with former.running(drain_s=1):
            for subject in ("a", "b"):
                await database.write(partial(former.submit, kind="draw", subject=subject))
            await until(left, 2)
        async with database.read() as tx:
            assert await former.given_up(tx, "draw", ["a", "b"]) == []
        next_ = Work(database)
        next_.declare(Kind("draw", GPU, do, tries=2))
        async with next_.running(drain_s=1):
            await until(done, 2)

    assert left == done == {"a": 1, "b": 1}


async def test_finished_work_is_forgotten_after_a_week_however_much_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.work.FORGOTTEN_AT_ONCE", 1)
    done: Counter[str] = Counter()

    async def do(subject: str) -> None:
        done[subject] += 1

    async with open_database(fresh_database(tmp_path)) as database:
        work = Work(database)
        work.declare(Kind("draw", GPU, do))
        async with work.running(drain_s=1):
            await database.write(lambda tx: work.submit(tx, "draw", "a"))
            await database.write(lambda tx: work.submit(tx, "draw", "b"))
            await until(done, 2)
            async with asyncio.timeout(20):
                while await remembered(database) != ["SUCCESS"] * 2:
                    await asyncio.sleep(0.01)
            now = int(time.time())
            await work.forget_finished(now)
            assert await remembered(database) == ["SUCCESS"] * 2
            await work.forget_finished(now + KEEP_FINISHED_S + 60)
            assert await remembered(database) == []


async def remembered(database: Database) -> list[str]:
    async with database.read() as tx:
        found = await tx.exec_driver_sql("SELECT status FROM workflow_status")
        return [str(status) for status in found.scalars()]
