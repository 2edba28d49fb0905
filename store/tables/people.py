"""Who uses the bot, and where."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from store.tables.base import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    # Where a buyer lives, as the tax wants to know; asked only by registered sellers.
    Column("state", Text),
)

identities = Table(
    "identities",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("platform_id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False, server_default=""),
    Column("created_at", Integer, nullable=False),
    UniqueConstraint("user_id", "platform", "chat", "thread"),
)

# One-time codes that make one user of two. Only a digest is kept, so that whoever reads the
# database cannot use a code; `claimed_by` is who entered it, on the other platform.
link_codes = Table(
    "link_codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("claimed_by", ForeignKey("users.id"), index=True),
    Column("expires_at", Integer, nullable=False),
    Column("used_at", Integer),
)

# Wrong codes, by whoever entered them; an identity outlives the user that it belongs to.
wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Index("wrong_codes_of", "platform", "platform_id", "at"),
)

executors = Table(
    "executors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("beat", Integer, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", sa.JSON, nullable=False),
    Index("audit_log_of", "action", "subject"),
)
