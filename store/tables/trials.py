"""Hours for nothing, once per person."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata

# Keyed by the account, which outlives the user that it belongs to: neither joining two wallets nor
# parting them makes anybody new.
trials = Table(
    "trials",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("platform_id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, unique=True),
    Column("created_at", Integer, nullable=False),
)
