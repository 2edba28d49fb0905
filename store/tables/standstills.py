"""Times in which nothing could be drawn, and the hours whose money went back because of them."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata, one_of

# At most one has no end: it alone is current, by a 1 that is unique.
standstills = Table(
    "standstills",
    metadata,
    Column("id", Text, primary_key=True),
    Column("began_at", Integer, nullable=False),
    Column("counted_until", Integer, nullable=False),
    Column("ended_at", Integer),
    CheckConstraint("counted_until >= began_at", name="counts_from_its_beginning"),
    CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_its_beginning"),
    Column("is_current", Integer, unique=True),
    CheckConstraint(
        "is_current = 1 AND ended_at IS NULL OR is_current IS NULL AND ended_at IS NOT NULL",
        name="is_current_until_its_end",
    ),
)

# An hour's money goes back once; the row leaves when no bank took it.
returned_hours = Table(
    "returned_hours",
    metadata,
    Column("session_id", ForeignKey("user_sessions.id"), primary_key=True),
    Column("refund_id", ForeignKey("refunds.id"), nullable=False, index=True),
    Column("status", Text, nullable=False),
    one_of("status", "unstarted", "active", "waiting"),
)
