"""Orders of more credits for the hour that runs."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TRIGGERS = (
    """CREATE TRIGGER topups_never_change BEFORE UPDATE ON topups
    BEGIN SELECT RAISE(ABORT, 'what was ordered never changes'); END""",
    """CREATE TRIGGER topups_never_leave BEFORE DELETE ON topups
    BEGIN SELECT RAISE(ABORT, 'orders are kept'); END""",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "topups",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('image', 'video')", name="unit_is_known"),
        sa.CheckConstraint("count BETWEEN 1 AND 20", name="count_in_range"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["user_sessions.id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("ix_topups_session_id", "topups", ["session_id"])
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
