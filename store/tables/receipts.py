"""Receipts: numbered without gaps, never changed."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata

# A series is a kind and a financial year. Seller and buyer are copied: a receipt says for ever what
# was true when it was issued. Triggers refuse gaps, changes and deletion.
receipts = Table(
    "receipts",
    metadata,
    Column("series", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, unique=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, unique=True),
    Column("seller", sa.JSON, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("taxable", Integer, nullable=False),
    Column("cgst", Integer, nullable=False),
    Column("sgst", Integer, nullable=False),
    Column("igst", Integer, nullable=False),
    Column("issued_at", Integer, nullable=False),
    CheckConstraint("number > 0", name="number_counts"),
    CheckConstraint("taxable + cgst + sgst + igst = total", name="parts_make_the_total"),
    CheckConstraint(
        "taxable > 0 AND cgst >= 0 AND sgst >= 0 AND igst >= 0", name="no_part_is_negative"
    ),
)
