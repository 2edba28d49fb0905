"""What Telegram said was paid in Stars, and the books for it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

ACCOUNTS = (
    ("stars:clearing", 1),
    ("stars:fees", 1),
    ("stars:refunded", 1),
    ("stars:revenue", 0),
    ("stars:suspense", 0),
)
TRIGGERS = (
    """CREATE TRIGGER star_charges_never_change
    BEFORE UPDATE OF charge_id, payment_id, payload, payer, amount, currency ON star_charges
    BEGIN SELECT RAISE(ABORT, 'what was paid never changes'); END""",
    """CREATE TRIGGER star_charges_never_leave BEFORE DELETE ON star_charges
    BEGIN SELECT RAISE(ABORT, 'charges are kept'); END""",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "star_charges",
        sa.Column("charge_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.Integer(), nullable=False),
        sa.Column("refunded_at", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name="amount_is_positive"),
        sa.PrimaryKeyConstraint("charge_id"),
        sa.UniqueConstraint("payment_id"),
    )
    op.create_index("ix_star_charges_payload", "star_charges", ["payload"])
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
    accounts = sa.table("accounts", sa.column("id"), sa.column("unit"), sa.column("may_overdraw"))
    op.bulk_insert(
        accounts,
        [{"id": name, "unit": "star", "may_overdraw": may} for name, may in ACCOUNTS],
    )
