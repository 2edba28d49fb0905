"""What waits is asked for many times a second, and must be found among all that was ever drawn."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("jobs_by_state", "jobs", ["state", "created_at", "id"])
