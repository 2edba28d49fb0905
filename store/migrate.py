"""Bring a database to the newest schema; running it again changes nothing."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from store.database import prepare_sqlite, sqlite_path
from store.errors import StoreUnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> str:
    """Run what is missing, all in one transaction; return the schema's revision.

    Raises:
        StoreUnavailableError: The file is no database, or cannot be written.
        UnsupportedDatabaseError: The URL names a database this version cannot use.
    """
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    config = _config()
    with _engine(path) as engine:
        prepare_sqlite(engine)
        with engine.begin() as connection:
            # Without this, the driver commits before each CREATE and a crash leaves half a schema.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return newest()


def newest() -> str:
    """The revision this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revision_of(url: str) -> str | None:
    """The revision a database is at, None when it was never migrated.

    Raises:
        StoreUnavailableError: The file is no database.
        UnsupportedDatabaseError: The URL names a database this version cannot use.
    """
    path = sqlite_path(url)
    if not path.exists():
        return None
    with _engine(path) as engine, engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _engine(path: Path) -> Generator[sa.Engine]:
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        yield engine
    except DatabaseError as error:
        raise StoreUnavailableError(f"{path} cannot be used: {error.orig}") from error
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
