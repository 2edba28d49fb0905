"""What Telegram said was paid in Stars."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from store.tables.base import metadata

# Telegram's own id of a charge is what makes it count once; `payment_id` is ours, short enough for
# a button. The payload names the attempt. Charges are never deleted.
star_charges = Table(
    "star_charges",
    metadata,
    Column("charge_id", Text, primary_key=True),
    Column("payment_id", Text, nullable=False, unique=True),
    Column("payload", Text, nullable=False, index=True),
    Column("payer", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("paid_at", Integer, nullable=False),
    Column("seen_at", Integer, nullable=False),
    Column("refunded_at", Integer),
    CheckConstraint("amount > 0", name="amount_is_positive"),
)
