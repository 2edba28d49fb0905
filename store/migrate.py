"""Bring a database to the newest schema; running it again changes nothing."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from store.database import prepare_sqlite, sqlite_path

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> str:
    """Run what is missing, all in one transaction; return the schema's revision.

    Raises:
        UnsupportedDatabaseError: The URL names a database this version cannot use.
    """
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}")
    prepare_sqlite(engine)
    config = _config()
    with engine.begin() as connection:
        # Without this, the driver commits before each CREATE and a crash leaves half a schema.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
    return newest()


def newest() -> str:
    """The revision this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revision_of(url: str) -> str | None:
    """The revision a database is at, None when it was never migrated."""
    path = sqlite_path(url)
    if not path.exists():
        return None
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
