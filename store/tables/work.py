"""Jobs, the cards that show them, and what came of them."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from store.tables.base import metadata, one_of

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("session_id", ForeignKey("user_sessions.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("request", sa.JSON, nullable=False),
    Column("cost", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("finished_at", Integer),
    Column("failure", Text),
    Column("failure_detail", Text),
    Column("backend", Text),
    one_of("kind", "image", "video"),
    one_of("state", "queued", "done", "failed", "cancelled"),
    CheckConstraint("cost > 0", name="cost_is_positive"),
    CheckConstraint("(state = 'queued') = (finished_at IS NULL)", name="finished_when_not_queued"),
    Index("jobs_of_user", "user_id", "created_at"),
    Index("jobs_by_state", "state", "created_at", "id"),
)

# What somebody was told the price of; taken or dropped, either happens once. A taken one is a job.
offers = Table(
    "offers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("request", sa.JSON, nullable=False),
    Column("cost", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("settled_at", Integer),
    CheckConstraint("cost > 0", name="cost_is_positive"),
)

# The one message in a chat that shows a job or an order; drawn again when its subject
# changes. `revision` counts the changes, `shown` is the last one the platform has, and below 0
# when it would not have the newest.
cards = Table(
    "cards",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("address", sa.JSON, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("created_at", Integer, nullable=False),
    one_of("kind", "job", "order"),
)


def _generations(name: str, *extra: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", ForeignKey("jobs.id"), primary_key=True),
        Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
        Column("session_id", ForeignKey("user_sessions.id"), nullable=False, index=True),
        Column("conversation_id", ForeignKey("conversations.id")),
        Column("prompt", Text, nullable=False),
        *extra,
        Column("model_used", Text, nullable=False),
        Column("resolution", Text, nullable=False),
        Column("seed", sa.BigInteger, nullable=False),
        Column("parameters", sa.JSON, nullable=False),
        Column("bytes", Integer, nullable=False),
        Column("took_ms", Integer, nullable=False),
        Column("created_at", Integer, nullable=False),
    )


# image_url and video_url hold the private storage key; links are signed when asked for.
image_generations = _generations("image_generations", Column("image_url", Text, nullable=False))
video_generations = _generations(
    "video_generations",
    Column("video_url", Text, nullable=False),
    Column("duration_seconds", Integer, nullable=False),
)
