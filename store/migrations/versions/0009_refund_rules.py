"""No more goes back than came, a refund ends once, and an admin may honour money that fits nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_GOING_BACK = """(SELECT coalesce(sum(amount_paise), 0) FROM refunds
      WHERE payment_id = NEW.payment_id AND status <> 'failed' AND id <> NEW.id) + NEW.amount_paise
      > (SELECT amount_paise FROM payments WHERE id = NEW.payment_id)"""

TRIGGERS = (
    f"""CREATE TRIGGER refunds_stay_within_the_payment BEFORE INSERT ON refunds
    WHEN NEW.status <> 'failed' AND {_GOING_BACK}
    BEGIN SELECT RAISE(ABORT, 'no more goes back than came'); END""",
    f"""CREATE TRIGGER refunds_stay_within_it BEFORE UPDATE ON refunds
    WHEN NEW.status <> 'failed' AND {_GOING_BACK}
    BEGIN SELECT RAISE(ABORT, 'no more goes back than came'); END""",
    """CREATE TRIGGER refunds_end_once BEFORE UPDATE ON refunds
    WHEN OLD.status IN ('processed', 'failed') AND NEW.status <> OLD.status
    BEGIN SELECT RAISE(ABORT, 'a refund ends once'); END""",
    """CREATE TRIGGER refunds_never_leave BEFORE DELETE ON refunds
    BEGIN SELECT RAISE(ABORT, 'refunds are kept'); END""",
)


def upgrade() -> None:
    """Apply."""
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
    op.create_index("audit_log_of", "audit_log", ["action", "subject"])
    op.rename_table("confirmations", "confirmations_before")
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("admin", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.Integer(), nullable=True),
        sa.CheckConstraint("action IN ('grant', 'refund', 'honour')", name="action_is_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO confirmations SELECT * FROM confirmations_before")
    op.drop_table("confirmations_before")
