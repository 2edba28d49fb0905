"""What the gateway paid out to the seller, as far as it is ours, and which days were looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "settled_lines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("settlement_id", sa.Text(), nullable=False),
        sa.Column("credit_paise", sa.Integer(), nullable=False),
        sa.Column("debit_paise", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("credit_paise >= 0 AND debit_paise >= 0", name="amounts_have_no_sign"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_settled_lines_payment_id", "settled_lines", ["payment_id"])
    op.create_table(
        "settled_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("read_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
