"""Fresh migrated databases, fast: one is migrated, the others are copies of it."""

import tempfile
from functools import cache
from pathlib import Path

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
