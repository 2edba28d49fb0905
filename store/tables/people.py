"""Who uses the bot, and where."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from store.tables.base import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
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
)
