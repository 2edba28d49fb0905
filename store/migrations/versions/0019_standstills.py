"""Times in which nothing could be drawn, and the hours whose money went back because of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "standstills",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("began_at", sa.Integer(), nullable=False),
        sa.Column("counted_until", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Integer(), nullable=True),
        sa.Column("is_current", sa.Integer(), nullable=True),
        sa.CheckConstraint("counted_until >= began_at", name="counts_from_its_beginning"),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= began_at", name="ends_after_its_beginning"
        ),
        sa.CheckConstraint(
            "is_current = 1 AND ended_at IS NULL OR is_current IS NULL AND ended_at IS NOT NULL",
            name="is_current_until_its_end",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("is_current"),
    )
    op.create_table(
        "returned_hours",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('unstarted', 'active', 'waiting')", name="status_is_known"),
        sa.ForeignKeyConstraint(["session_id"], ["user_sessions.id"]),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"]),
        sa.PrimaryKeyConstraint("session_id"),
    )
    op.create_index("ix_returned_hours_refund_id", "returned_hours", ["refund_id"])
