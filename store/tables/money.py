"""What was offered, what was paid, and every webhook as it came."""

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

orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("plan_id", ForeignKey("session_config.plan_id"), nullable=False),
    Column("hours", Integer, nullable=False),
    Column("amount_paise", Integer, nullable=False),
    Column("currency", Text, nullable=False, server_default="INR"),
    Column("gateway", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("paid_at", Integer),
    CheckConstraint("hours BETWEEN 1 AND 12", name="hours_in_range"),
    CheckConstraint("amount_paise >= 0", name="amount_is_no_debt"),
    one_of("gateway", "razorpay", "stars", "grant"),
    one_of(
        "status",
        "opening",
        "open",
        "paid",
        "expired",
        "cancelled",
        "rejected",
        "review",
        "refunded",
    ),
    # Asking to buy the same again shows the link that is already there.
    Index(
        "orders_one_open",
        "user_id",
        "plan_id",
        unique=True,
        sqlite_where=sa.text("status IN ('opening', 'open')"),
        postgresql_where=sa.text("status IN ('opening', 'open')"),
    ),
)

# One try to have an order paid through a gateway; its id is the reference_id the gateway knows.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("link_id", Text, unique=True),
    Column("gateway_order_id", Text, unique=True),
    Column("url", Text),
    Column("amount_paise", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("expires_at", Integer, nullable=False),
    Column("next_poll_at", Integer, index=True),
    Column("polls", Integer, nullable=False, server_default="0"),
    CheckConstraint("length(id) <= 40", name="id_fits_reference"),
    CheckConstraint("amount_paise > 0", name="amount_is_positive"),
    one_of("state", "sending", "unknown", "open", "rejected", "paid", "cancelled", "expired"),
    # Two live links for one order would let it be paid twice.
    Index(
        "attempts_one_live",
        "order_id",
        unique=True,
        sqlite_where=sa.text("state IN ('sending', 'unknown', 'open')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown', 'open')"),
    ),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("gateway", Text, nullable=False),
    Column("attempt_id", ForeignKey("attempts.id"), index=True),
    Column("order_id", ForeignKey("orders.id"), index=True),
    Column("amount_paise", Integer, nullable=False),
    Column("refunded_paise", Integer, nullable=False, server_default="0"),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("method", Text),
    Column("fee_paise", Integer),
    Column("tax_paise", Integer),
    Column("seen_via", Text, nullable=False),
    Column("decision", Text, nullable=False, server_default="none"),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
    one_of("status", "created", "failed", "authorized", "captured", "refunded"),
    one_of("decision", "none", "fulfilled", "suspense"),
    CheckConstraint("refunded_paise BETWEEN 0 AND amount_paise", name="refund_within_payment"),
    # An order is fulfilled by one payment.
    Index(
        "payments_one_fulfils",
        "order_id",
        unique=True,
        sqlite_where=sa.text("decision = 'fulfilled'"),
        postgresql_where=sa.text("decision = 'fulfilled'"),
    ),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("amount_paise", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("gateway_refund_id", Text, unique=True),
    Column("status", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
    CheckConstraint("amount_paise > 0", name="amount_is_positive"),
    UniqueConstraint("payment_id", "reason"),
    one_of("status", "requested", "pending", "processed", "failed"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("phase", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("amount_paise", Integer, nullable=False),
    Column("deducted_paise", Integer, nullable=False, server_default="0"),
    Column("respond_by", Integer),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
)

# Every webhook as it came, kept before it is believed. Never deleted.
webhook_inbox = Table(
    "webhook_inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gateway", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("raw", sa.LargeBinary, nullable=False),
    Column("received_at", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="new"),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("gateway", "event_id"),
    one_of("state", "new", "done", "ignored", "orphan", "poison"),
)
