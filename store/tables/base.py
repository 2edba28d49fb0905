"""What all tables share."""

import sqlalchemy as sa

metadata = sa.MetaData()


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """Let a column hold these words and no others."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")
