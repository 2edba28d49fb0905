"""The database: one writer that commits what is waiting together, and readers beside it.

A decision is an async function of a transaction; `Database.write` runs it whole or not at all. On
SQLite all decisions pass through one task, because tasks of one process that meet in SQLite's busy
handler starve each other; what waits while a commit is synced to disk shares the next commit, each
decision in its own SAVEPOINT. A caller that is cancelled does not tear its decision in two.
"""

import asyncio
import fcntl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TextIO, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.errors import DatabaseInUseError, StoreUnavailableError, UnsupportedDatabaseError

T = TypeVar("T")
Transaction = AsyncConnection
Decision = Callable[[Transaction], Awaitable[T]]

COMMIT_TOGETHER_MAX = 64
WAITING_MAX = 2000
READERS = 4
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a paid hour must survive a power cut, not only a crash
    "busy_timeout=30000",
    "foreign_keys=ON",
)


@dataclass(slots=True)
class _Waiting(Generic[T]):
    decision: Decision[T]
    outcome: asyncio.Future[T]


class Database:
    """An open SQLite database; get one from `open_database`."""

    def __init__(self, path: Path, writer: AsyncEngine, readers: AsyncEngine) -> None:
        self.path = path
        self._writer = writer
        self._readers = readers
        self._waiting: asyncio.Queue[_Waiting[Any]] = asyncio.Queue(WAITING_MAX)

    async def write(self, decision: Decision[T]) -> T:
        """Run a decision in a transaction and return its result once it is on disk.

        Raises:
            StoreUnavailableError: Nothing was written: the disk is full or the file unreadable.
        """
        outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        await self._waiting.put(_Waiting(decision, outcome))
        return await outcome

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Transaction]:
        """A consistent view of what has been committed.

        Raises:
            StoreUnavailableError: The file is unreadable, or every reader stayed busy.
        """
        try:
            async with self._readers.connect() as connection:
                yield connection
        except (DatabaseError, PoolTimeoutError) as error:
            raise StoreUnavailableError(str(error)) from error

    async def _commit_for_ever(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < COMMIT_TOGETHER_MAX and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting[Any]]) -> None:
        decided: list[tuple[_Waiting[Any], Any]] = []
        try:
            async with self._writer.begin() as connection:
                for waiting in batch:
                    await _decide(connection, waiting, decided)
        except (SQLAlchemyError, OSError) as error:
            for waiting in batch:
                _fail(waiting, StoreUnavailableError(str(error)))
            return
        for waiting, result in decided:
            if not waiting.outcome.done():
                waiting.outcome.set_result(result)


async def _decide(
    connection: Transaction, waiting: _Waiting[Any], decided: list[tuple[_Waiting[Any], Any]]
) -> None:
    if waiting.outcome.cancelled():
        return
    try:
        async with connection.begin_nested():
            result = await waiting.decision(connection)
    except OperationalError:
        # The disk is full or the file unreadable: SQLite has undone the whole transaction.
        raise
    except Exception as error:  # noqa: BLE001 - whatever a decision raises belongs to its caller
        _fail(waiting, error)
    except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
        raise
    except BaseException as error:
        _fail(waiting, error)  # the writer ends with it, and must not leave its caller waiting
        raise
    else:
        decided.append((waiting, result))


def _fail(waiting: _Waiting[Any], error: BaseException) -> None:
    if not waiting.outcome.done():
        waiting.outcome.set_exception(error)


def sqlite_path(url: str) -> Path:
    """The file behind `sqlite:///…`.

    Raises:
        UnsupportedDatabaseError: It is another kind of database.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise UnsupportedDatabaseError(url.partition(":")[0]) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UnsupportedDatabaseError(parsed.get_backend_name())
    return Path(parsed.database)


def prepare_sqlite(engine: sa.Engine) -> None:
    """Give every connection of an engine the project's pragmas."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _writer_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0, hide_parameters=True
    )
    prepare_sqlite(engine.sync_engine)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _no_implicit_begin(connection: Any, _record: object) -> None:  # noqa: ANN401 - DB-API
        connection.isolation_level = None

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # Reading before writing in a deferred transaction fails at once when another wrote between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _readers_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,  # errors are logged, and what people write is nobody else's business
    )
    prepare_sqlite(engine.sync_engine)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _read_only(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    return engine


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """Open a migrated database for this process alone.

    Raises:
        DatabaseInUseError: Another bot has it open.
        UnsupportedDatabaseError: The URL names a database this version cannot use.
    """
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(path)
    writer, readers = _writer_engine(path), _readers_engine(path)
    database = Database(path, writer, readers)
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            committing = tasks.create_task(database._commit_for_ever())  # noqa: SLF001 - its owner
            try:
                yield database
            except BaseException as error:  # noqa: BLE001 - raised below, not wrapped in a group
                failure = error
            committing.cancel()
    finally:
        await writer.dispose()
        await readers.dispose()
        lock.close()
    if failure is not None:
        raise failure


def _lock(path: Path) -> TextIO:
    lock = path.with_name(f"{path.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DatabaseInUseError(path) from None
    return lock
