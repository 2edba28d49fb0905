"""Plans, bought hours, and the ledger that says what is left of them."""

import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from store.tables.base import metadata, one_of

# Plans: config.toml is their source; this is the copy that rows refer to.
session_config = Table(
    "session_config",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("price_paise", Integer, nullable=False),
    Column("token_limit_per_hour", Integer, nullable=False),
    Column("image_credits_per_hour", Integer, nullable=False),
    Column("video_credits_per_hour", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("delay_s", Integer, nullable=False),
    CheckConstraint("price_paise >= 100", name="price_is_payable"),
)

# One row a bought hour; the running one is the user's session.
user_sessions = Table(
    "user_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("plan_id", ForeignKey("session_config.plan_id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("token_limit", Integer, nullable=False),
    Column("image_credits", Integer, nullable=False),
    Column("video_credits", Integer, nullable=False),
    Column("seconds_left", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("keep_until", Integer, nullable=False),
    Column("started_at", Integer),
    Column("ends_at", Integer),
    # Time given back never exceeds what passed since it was last given back.
    Column("given_back_at", Integer),
    CheckConstraint("seconds_left >= 0", name="time_is_left_or_over"),
    UniqueConstraint("order_id", "ordinal"),
    one_of("status", "unstarted", "active", "waiting", "ended", "lapsed"),
    CheckConstraint("(status = 'active') = (ends_at IS NOT NULL)", name="only_a_running_hour_ends"),
    Index(
        "user_sessions_one_active",
        "user_id",
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    ),
)

# Credits returned after their hour was over; their own account `carry:<job>` holds the amount.
carry_overs = Table(
    "carry_overs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("session_id", ForeignKey("user_sessions.id"), nullable=False),
    Column("unit", Text, nullable=False),
    Column("expires_at", Integer, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    # A system account may go below zero: it is where credits come from.
    Column("may_overdraw", Integer, nullable=False),
    one_of("unit", "image", "video", "token", "paise", "star"),
)

# Append-only and double-entry: a row takes from `debit` and gives to `credit`. A pending row is a
# reservation; it is resolved once, by a post (which may take less) or a void.
transfers = Table(
    "transfers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("debit", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("credit", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("amount", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("resolves", ForeignKey("transfers.id"), unique=True),
    Column("created_at", Integer, nullable=False),
    CheckConstraint("amount > 0", name="amount_is_positive"),
    one_of("phase", "posted", "pending", "post", "void"),
    CheckConstraint("debit <> credit", name="between_two_accounts"),
    CheckConstraint("(resolves IS NOT NULL) = (phase IN ('post', 'void'))", name="resolves_one"),
    Index(
        "transfers_key",
        "key",
        unique=True,
        sqlite_where=sa.text("phase IN ('posted', 'pending')"),
        postgresql_where=sa.text("phase IN ('posted', 'pending')"),
    ),
)
