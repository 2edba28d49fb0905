"""The ledger's rules, held by the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What an account holds. A pending transfer binds its amount until it is resolved.
ACCOUNT_BALANCES = """
CREATE VIEW account_balances AS
SELECT a.id, a.unit, a.may_overdraw,
  (SELECT coalesce(sum(amount), 0) FROM transfers
    WHERE credit = a.id AND phase IN ('posted', 'post'))
  - (SELECT coalesce(sum(amount), 0) FROM transfers
    WHERE debit = a.id AND phase IN ('posted', 'post')) AS posted,
  (SELECT coalesce(sum(amount), 0) FROM transfers p
    WHERE p.debit = a.id AND p.phase = 'pending'
    AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.resolves = p.id)) AS pending
FROM accounts a
"""


def _used(unit: str) -> str:
    return f"""
  (SELECT coalesce(sum(amount), 0) FROM transfers
    WHERE credit = 'spent:{unit}' AND phase IN ('posted', 'post') AND debit IN (
      SELECT 'hour:' || s.id || ':{unit}'
      UNION ALL SELECT 'carry:' || job_id FROM carry_overs WHERE session_id = s.id))
"""  # noqa: S608 - the three units are constants


# The table of this name in the user's specification, derived instead of counted.
SESSION_USAGE = f"""
CREATE VIEW session_usage AS
SELECT s.id AS session_id,
  {_used("token")} AS tokens_used,
  {_used("image")} AS images_generated,
  {_used("video")} AS videos_generated
FROM user_sessions s
"""  # noqa: S608 - the three units are constants


def _refuse(name: str, when: str, sentence: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"


TRIGGERS = (
    _refuse("transfers_never_change", "BEFORE UPDATE ON transfers", "transfers are append-only"),
    _refuse("transfers_never_leave", "BEFORE DELETE ON transfers", "transfers are append-only"),
    _refuse("accounts_never_change", "BEFORE UPDATE ON accounts", "accounts are append-only"),
    _refuse("accounts_never_leave", "BEFORE DELETE ON accounts", "accounts are append-only"),
    _refuse("webhooks_never_leave", "BEFORE DELETE ON webhook_inbox", "webhooks are kept"),
    _refuse(
        "transfers_share_a_unit",
        """BEFORE INSERT ON transfers
        WHEN (SELECT unit FROM accounts WHERE id = NEW.debit)
          <> (SELECT unit FROM accounts WHERE id = NEW.credit)""",
        "a transfer stays in one unit",
    ),
    _refuse(
        "transfers_resolve_a_reservation",
        """BEFORE INSERT ON transfers
        WHEN NEW.resolves IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM transfers p
          WHERE p.id = NEW.resolves AND p.phase = 'pending' AND p.key = NEW.key
            AND p.debit = NEW.debit AND p.credit = NEW.credit
            AND (NEW.amount = p.amount OR (NEW.phase = 'post' AND NEW.amount < p.amount)))""",
        "a post or void resolves its reservation, and takes no more than was reserved",
    ),
    _refuse(
        "transfers_never_overdraw",
        """BEFORE INSERT ON transfers
        WHEN NEW.phase IN ('posted', 'pending') AND EXISTS (
          SELECT 1 FROM account_balances
          WHERE id = NEW.debit AND may_overdraw = 0 AND posted - pending < NEW.amount)""",
        "an account holds less than this takes",
    ),
)

# The accounts that belong to no user. Those that may go below zero are where things come from, or
# count what is gone.
SYSTEM_ACCOUNTS = (
    ("credits:image", "image", 1),
    ("credits:video", "video", 1),
    ("credits:token", "token", 1),
    ("spent:image", "image", 0),
    ("spent:video", "video", 0),
    ("spent:token", "token", 0),
    ("razorpay:clearing", "paise", 1),
    ("fees", "paise", 1),
    ("refunded", "paise", 1),
    ("revenue", "paise", 0),
    ("suspense", "paise", 0),
)


def upgrade() -> None:
    """Apply."""
    for statement in (ACCOUNT_BALANCES, SESSION_USAGE, *TRIGGERS):
        op.get_bind().exec_driver_sql(statement)  # as it stands: a colon is no parameter here
    accounts = sa.table("accounts", sa.column("id"), sa.column("unit"), sa.column("may_overdraw"))
    op.bulk_insert(
        accounts,
        [
            {"id": name, "unit": unit, "may_overdraw": may_overdraw}
            for name, unit, may_overdraw in SYSTEM_ACCOUNTS
        ],
    )
