"""The migrations and the tables in the code describe one schema."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from store.tables import metadata
from tests.doubles.database import fresh_database


@pytest.fixture
def migrated(tmp_path: Path) -> sa.Inspector:
    return sa.inspect(sa.create_engine(fresh_database(tmp_path), poolclass=sa.NullPool))


@pytest.fixture
def described() -> sa.Inspector:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
    return sa.inspect(engine)


def test_every_table_and_column_was_migrated(
    migrated: sa.Inspector, described: sa.Inspector
) -> None:
    assert set(migrated.get_table_names()) == {*metadata.tables, "alembic_version"}
    for table in metadata.tables:
        was, should = migrated.get_columns(table), described.get_columns(table)
        assert [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in was] == [
            (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in should
        ], table


@pytest.mark.parametrize("table", metadata.tables)
def test_every_rule_was_migrated(
    migrated: sa.Inspector, described: sa.Inspector, table: str
) -> None:
    # Autogeneration loses what is written inside a column.
    for rules in ("get_check_constraints", "get_indexes", "get_foreign_keys"):
        was, should = getattr(migrated, rules)(table), getattr(described, rules)(table)
        assert sorted(map(_spelt, was)) == sorted(map(_spelt, should)), rules


def _spelt(rule: dict[str, Any]) -> str:
    options = rule.get("dialect_options", {})
    return repr({**rule, "dialect_options": {name: str(text) for name, text in options.items()}})
