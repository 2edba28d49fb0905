"""Orders that are for somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TRIGGERS = (
    """CREATE TRIGGER gifts_are_claimed_once BEFORE UPDATE OF claimed_at, account ON gifts
    WHEN OLD.claimed_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a gift is claimed once'); END""",
    """CREATE TRIGGER gifts_keep_their_code BEFORE UPDATE OF order_id, reference ON gifts
    BEGIN SELECT RAISE(ABORT, 'a gift keeps its code'); END""",
    """CREATE TRIGGER gifts_never_leave BEFORE DELETE ON gifts
    BEGIN SELECT RAISE(ABORT, 'gifts are kept'); END""",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "gifts",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.Integer(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_at IS NULL)"
            " AND (account IS NULL) = (claimed_at IS NULL)",
            name="claimed_by_somebody",
        ),
        sa.ForeignKeyConstraint(["claimed_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("order_id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_gifts_expires_at", "gifts", ["expires_at"])
    op.create_index("ix_gifts_claimed_by", "gifts", ["claimed_by"])
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
