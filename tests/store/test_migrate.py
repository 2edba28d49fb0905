import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store.errors import StoreUnavailableError
from store.migrate import migrate, newest, revision_of
from store.tables import metadata


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"

    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as before:
        schema = before.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    before.close()
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as after:
        assert after.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == schema
    after.close()

    assert revision_of(f"sqlite:///{path}") == newest()


def test_an_unmigrated_database_has_no_revision(tmp_path: Path) -> None:
    assert revision_of(f"sqlite:///{tmp_path}/none.db") is None


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hub.db"
    migrate(url)
    engine = sa.create_engine(url)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_the_specifications_tables_keep_their_names(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hub.db"
    migrate(url)
    engine = sa.create_engine(url)
    inspected = sa.inspect(engine)

    assert {
        "session_config",
        "user_sessions",
        "image_generations",
        "video_generations",
        "conversations",
    } <= set(inspected.get_table_names())
    engine.dispose()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(b"not a database" * 100)
    for attempt in (migrate, revision_of):
        with pytest.raises(StoreUnavailableError, match=r"hub\.db"):
            attempt(f"sqlite:///{path}")
