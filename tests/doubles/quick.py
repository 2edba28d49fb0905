"""The same SQLite with less around it, for tests that begin with a new database each.

aiosqlite hands every call to a thread and waits for it; here the event loop makes the call itself.
The caller still waits for the loop's next turn, so that tasks get between each other's statements
as often as before.  And SQLAlchemy forgets with every database how it has written a statement in
SQL; here it is known in the next one too.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import aiosqlite.core
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from store.database import Database, open_database


class _AtOnce:
    """Takes the place of the queue to a connection's thread."""

    def put_nowait(self, call: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = call
        try:
            outcome = function()
        except Exception as error:  # noqa: BLE001 - the caller gets it, as from the thread
            _next_turn(future, aiosqlite.core.set_exception, error)
        else:
            _next_turn(future, aiosqlite.core.set_result, outcome)


def _next_turn(
    future: asyncio.Future[Any] | None, tell: Callable[[asyncio.Future[Any], Any], None], what: Any
) -> None:
    if future is not None:
        future.get_loop().call_soon(tell, future, what)


class _NoThread:
    daemon = True

    def __init__(self, **_: Any) -> None:
        """There is nothing to do on it."""

    def start(self) -> None:
        """Nor to begin."""


class _Written(dict[Any, Any]):
    """Statements in SQL, by what they say: whose engine asks makes no difference among ours."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        _, *statement = key
        return super().get(tuple(statement), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        _, *statement = key
        super().__setitem__(tuple(statement), compiled)


_written = _Written()


def _engine(url: str, **options: Any) -> AsyncEngine:
    return create_async_engine(url, **options).execution_options(compiled_cache=_written)


@asynccontextmanager
async def open_quickly(url: str) -> AsyncGenerator[Database]:
    """Open a database as `open_database` does."""
    with (
        patch("aiosqlite.core.SimpleQueue", _AtOnce),
        patch("aiosqlite.core.Thread", _NoThread),
        patch("store.database.create_async_engine", _engine),
    ):
        async with open_database(url) as database:
            yield database
