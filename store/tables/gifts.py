"""Orders that are for somebody else."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata

# A gift is claimed once; triggers refuse a second time. Half of its code is the reference, the
# other half is a signature that is not kept here.
gifts = Table(
    "gifts",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("created_at", Integer, nullable=False),
    # Known once it is paid.
    Column("expires_at", Integer, index=True),
    Column("claimed_by", ForeignKey("users.id"), index=True),
    Column("claimed_at", Integer),
    # The account that claimed it, or empty when it came back to its giver by itself.
    Column("account", Text),
    CheckConstraint(
        "(claimed_by IS NULL) = (claimed_at IS NULL) AND (account IS NULL) = (claimed_at IS NULL)",
        name="claimed_by_somebody",
    ),
)
