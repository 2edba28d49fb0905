"""Fresh migrated databases, fast: one is migrated, the others are copies of it."""

import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from store.database import Database, Transaction
from store.migrate import migrate


@cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrate(f"sqlite:///{path}")
        assert not path.with_name("template.db-wal").exists(), "closed, so all is in the file"
        return path.read_bytes()


def fresh_database(folder: Path) -> str:
    """The URL of a migrated database of its own."""
    path = folder / "hub.db"
    path.write_bytes(_template())
    return f"sqlite:///{path}"


class _UndoneError(Exception):
    pass


async def undone(database: Database, scenario: Callable[[Transaction], Awaitable[None]]) -> None:
    """Run a scenario in a transaction and take all of it back, so that the next begins anew."""

    async def decision(tx: Transaction) -> None:
        await scenario(tx)
        raise _UndoneError

    with suppress(_UndoneError):
        await database.write(decision)
