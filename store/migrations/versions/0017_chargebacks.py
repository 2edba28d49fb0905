"""An account for what banks take back."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    accounts = sa.table("accounts", sa.column("id"), sa.column("unit"), sa.column("may_overdraw"))
    op.bulk_insert(accounts, [{"id": "chargebacks", "unit": "paise", "may_overdraw": 1}])
