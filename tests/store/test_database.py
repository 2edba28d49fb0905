import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import users
from store.database import Database, Transaction, open_database, sqlite_path
from store.errors import DatabaseInUseError, StoreUnavailableError, UnsupportedDatabaseError
from tests.doubles.database import fresh_database


async def add_user(tx: Transaction, platform_id: str) -> int:
    return (await users.add(tx, "telegram", platform_id, "Asha", "en", 1)).id


async def count(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.execute(sa.text("SELECT count(*) FROM users"))).scalar_one())


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path)) as opened:
        yield opened


async def test_a_decision_is_on_disk_when_its_result_is_known(database: Database) -> None:
    user_id = await database.write(lambda tx: add_user(tx, "1"))

    assert user_id == 1
    assert await count(database) == 1


async def test_a_decision_that_fails_leaves_nothing(database: Database) -> None:
    async def decide(tx: Transaction) -> None:
        await add_user(tx, "1")
        raise LookupError("refused")

    with pytest.raises(LookupError, match="refused"):
        await database.write(decide)

    assert await count(database) == 0


async def test_a_refused_decision_does_not_harm_those_committed_with_it(
    database: Database,
) -> None:
    async def decide(tx: Transaction, number: int) -> int:
        await add_user(tx, str(number))
        if number % 3 == 0:
            raise LookupError(number)
        return number

    outcomes = await asyncio.gather(
        *(database.write(partial(decide, number=n)) for n in range(30)),
        return_exceptions=True,
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, LookupError)]
    assert len(refused) == 10
    assert await count(database) == 20


async def test_a_constraint_stops_one_decision_only(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.write(lambda tx: add_user(tx, "same")) for _ in range(5)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, sa.exc.IntegrityError) for outcome in outcomes) == 4


async def test_a_cancelled_caller_does_not_tear_its_decision(database: Database) -> None:
    entered = asyncio.Event()

    async def decide(tx: Transaction) -> None:
        entered.set()
        await add_user(tx, "1")
        await asyncio.sleep(0.02)
        await add_user(tx, "2")

    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(database.write(decide))
        await entered.wait()
        writing.cancel()
    await database.write(lambda tx: add_user(tx, "3"))

    assert await count(database) == 3


async def test_readers_see_only_what_was_committed(database: Database) -> None:
    seen: list[int] = []

    async def decide(tx: Transaction) -> None:
        await add_user(tx, "1")
        seen.append(await count(database))

    await database.write(decide)

    assert seen == [0]


async def test_readers_cannot_write(database: Database) -> None:
    async with database.read() as tx:
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            await add_user(tx, "1")


@pytest.mark.fault("F42")
async def test_a_full_disk_is_told_to_every_caller_and_nothing_is_written(
    database: Database,
) -> None:
    async def shrink(tx: Transaction) -> None:
        await tx.exec_driver_sql("PRAGMA max_page_count = 1")

    async def fill(tx: Transaction) -> None:
        for number in range(500):
            await users.add(tx, "telegram", str(number), "x" * 2000, "en", 1)

    await database.write(shrink)
    with pytest.raises(StoreUnavailableError):
        await database.write(fill)

    assert await count(database) == 0


def _open_and_report(url: str, answers: "multiprocessing.Queue[str]") -> None:
    async def attempt() -> str:
        try:
            async with open_database(url):
                return "opened"
        except DatabaseInUseError:
            return "refused"

    answers.put(asyncio.run(attempt()))


@pytest.mark.fault("F44")
async def test_a_second_process_is_refused(tmp_path: Path) -> None:
    url = fresh_database(tmp_path)
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()

    async with open_database(url):
        process = context.Process(target=_open_and_report, args=(url, answers))
        process.start()
        answer = await asyncio.to_thread(answers.get, timeout=60)
        process.join()
    answers.close()
    answers.join_thread()

    assert answer == "refused"


def test_another_kind_of_database_is_named() -> None:
    with pytest.raises(UnsupportedDatabaseError, match="not postgresql"):
        sqlite_path("postgresql://localhost/hub")


async def test_errors_do_not_repeat_what_people_wrote(database: Database) -> None:
    async def decide(tx: Transaction) -> None:
        await tx.execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": "a secret"})

    with pytest.raises(StoreUnavailableError) as error:
        await database.write(decide)

    assert "nowhere" in str(error.value)
    assert "a secret" not in str(error.value)


async def test_a_file_that_turned_bad_is_told_to_readers(database: Database) -> None:
    await count(database)
    await database._readers.dispose()
    database.path.write_bytes(b"not a database" * 100)

    with pytest.raises(StoreUnavailableError):
        await count(database)


class _EndError(BaseException):
    pass


async def test_who_waits_for_a_decision_that_ends_the_writer_is_told(tmp_path: Path) -> None:
    async def decide(_tx: Transaction) -> None:
        raise _EndError

    with suppress(BaseExceptionGroup):  # if the writer ends before the block does
        async with open_database(fresh_database(tmp_path)) as database:
            with pytest.raises(_EndError):
                await database.write(decide)


def test_what_is_no_url_is_refused_without_showing_it() -> None:
    with pytest.raises(UnsupportedDatabaseError, match="not nonsense"):
        sqlite_path("nonsense")
