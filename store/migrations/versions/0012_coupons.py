"""Coupons, and the orders that they made cheaper."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# A use is bound while its order can still be paid, and stays when it was; what expires is free
# again by itself.
COUNTED_COUPON_USES = """
CREATE VIEW counted_coupon_uses AS
SELECT u.order_id, u.code, u.user_id, u.account, o.status FROM coupon_uses u
JOIN orders o ON o.id = u.order_id
WHERE o.status IN ('opening', 'open', 'paid', 'review')
  OR (o.status = 'refunded' AND o.paid_at IS NOT NULL)
"""


def _refuse(name: str, when: str, sentence: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"


TRIGGERS = (
    _refuse(
        "coupons_keep_their_terms",
        """BEFORE UPDATE OF code, percent, paise_off, plans, uses_max, uses_each, ends_at, created_at
        ON coupons""",
        "the terms of a coupon never change",
    ),
    _refuse(
        "coupons_stop_once",
        "BEFORE UPDATE OF stopped_at ON coupons WHEN OLD.stopped_at IS NOT NULL",
        "a coupon stops once",
    ),
    _refuse("coupons_never_leave", "BEFORE DELETE ON coupons", "coupons are kept"),
    _refuse(
        "coupon_uses_never_change",
        "BEFORE UPDATE OF order_id, code, account, paise_off ON coupon_uses",
        "uses of coupons are final",
    ),
    _refuse("coupon_uses_never_leave", "BEFORE DELETE ON coupon_uses", "uses of coupons are kept"),
    _refuse(
        "coupon_uses_stay_within_all",
        """BEFORE INSERT ON coupon_uses
        WHEN (SELECT count(*) FROM counted_coupon_uses WHERE code = NEW.code)
          >= (SELECT uses_max FROM coupons WHERE code = NEW.code)""",
        "all uses of this coupon are taken",
    ),
    _refuse(
        "coupon_uses_stay_within_each",
        """BEFORE INSERT ON coupon_uses
        WHEN (SELECT count(*) FROM counted_coupon_uses WHERE code = NEW.code
            AND (user_id = NEW.user_id OR account = NEW.account))
          >= (SELECT uses_each FROM coupons WHERE code = NEW.code)""",
        "this person has had all uses of this coupon",
    ),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "coupons",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("paise_off", sa.Integer(), nullable=True),
        sa.Column("plans", sa.JSON(), nullable=False),
        sa.Column("uses_max", sa.Integer(), nullable=True),
        sa.Column("uses_each", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "code = upper(code) AND length(code) BETWEEN 3 AND 20", name="code_fits"
        ),
        sa.CheckConstraint("(percent IS NULL) <> (paise_off IS NULL)", name="one_way_off"),
        sa.CheckConstraint("percent BETWEEN 1 AND 99", name="percent_leaves_a_price"),
        sa.CheckConstraint("paise_off > 0", name="takes_something_off"),
        sa.CheckConstraint("uses_max > 0 AND uses_each > 0", name="can_be_used"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("paise_off", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("paise_off > 0", name="takes_something_off"),
        sa.ForeignKeyConstraint(["code"], ["coupons.code"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("ix_coupon_uses_code", "coupon_uses", ["code"])
    op.create_index("ix_coupon_uses_user_id", "coupon_uses", ["user_id"])
    for statement in (COUNTED_COUPON_USES, *TRIGGERS):
        op.get_bind().exec_driver_sql(statement)
    _let_admins_confirm_coupons()


def _let_admins_confirm_coupons() -> None:
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
        sa.CheckConstraint(
            "action IN ('grant', 'refund', 'honour', 'coupon', 'stop_coupon')",
            name="action_is_known",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO confirmations SELECT * FROM confirmations_before")
    op.drop_table("confirmations_before")
