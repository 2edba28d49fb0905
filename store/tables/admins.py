"""What admins asked for and have still to confirm."""

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, Text

from store.tables.base import metadata, one_of

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("admin", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", sa.JSON, nullable=False),
    Column("asked_at", Integer, nullable=False),
    # Confirmed or dropped; either happens once.
    Column("settled_at", Integer),
    one_of("action", "grant", "refund", "honour", "coupon", "stop_coupon"),
)
