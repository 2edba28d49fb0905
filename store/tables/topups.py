"""Orders of more credits for the hour that runs."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata, one_of

# What such an order buys is no hour. Triggers refuse a change.
topups = Table(
    "topups",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("session_id", ForeignKey("user_sessions.id"), nullable=False, index=True),
    Column("unit", Text, nullable=False),
    Column("count", Integer, nullable=False),
    one_of("unit", "image", "video"),
    CheckConstraint("count BETWEEN 1 AND 20", name="count_in_range"),
)
