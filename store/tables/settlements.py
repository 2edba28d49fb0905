"""What the gateway paid out to the seller, as far as it is ours, and which days were looked at."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from store.tables.base import metadata

# One line of a settlement report; `id` is the gateway's, of a payment, a refund or an adjustment.
settled_lines = Table(
    "settled_lines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payment_id", Text, nullable=False, index=True),
    Column("settlement_id", Text, nullable=False),
    Column("credit_paise", Integer, nullable=False),
    Column("debit_paise", Integer, nullable=False),
    Column("settled_at", Integer, nullable=False),
    CheckConstraint("credit_paise >= 0 AND debit_paise >= 0", name="amounts_have_no_sign"),
)

# A day of which the report was read to its end: `2026-11-27`, in the gateway's time.
settled_days = Table(
    "settled_days",
    metadata,
    Column("day", Text, primary_key=True),
    Column("read_at", Integer, nullable=False),
)
