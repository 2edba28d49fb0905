"""Receipts, numbered without gaps, and the State that a buyer lives in."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0003"
branch_labels = None
depends_on = None

TRIGGERS = (
    """CREATE TRIGGER receipts_leave_no_gap BEFORE INSERT ON receipts
    WHEN NEW.number <> 1 + (
      SELECT coalesce(max(number), 0) FROM receipts WHERE series = NEW.series)
    BEGIN SELECT RAISE(ABORT, 'receipts are numbered without gaps'); END""",
    """CREATE TRIGGER receipts_never_change BEFORE UPDATE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts are final'); END""",
    """CREATE TRIGGER receipts_never_leave BEFORE DELETE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts are final'); END""",
)


def upgrade() -> None:
    """Apply."""
    op.add_column("users", sa.Column("state", sa.Text(), nullable=True))
    op.create_table(
        "receipts",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("taxable", sa.Integer(), nullable=False),
        sa.Column("cgst", sa.Integer(), nullable=False),
        sa.Column("sgst", sa.Integer(), nullable=False),
        sa.Column("igst", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name="number_counts"),
        sa.CheckConstraint("taxable + cgst + sgst + igst = total", name="parts_make_the_total"),
        sa.CheckConstraint(
            "taxable > 0 AND cgst >= 0 AND sgst >= 0 AND igst >= 0", name="no_part_is_negative"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"]),
        sa.PrimaryKeyConstraint("series", "number"),
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("payment_id"),
    )
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
