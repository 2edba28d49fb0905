"""Every table. Times are Unix seconds (UTC), money is integer paise, credits are integers.

The names of the user's specification are kept where it names a table: session_config,
user_sessions, image_generations, video_generations, conversations. Triggers, and the view
session_usage, stand in the migrations.
"""

from store.tables.admins import confirmations
from store.tables.base import metadata
from store.tables.coupons import coupon_uses, coupons
from store.tables.credits import accounts, carry_overs, session_config, transfers, user_sessions
from store.tables.gifts import gifts
from store.tables.money import attempts, disputes, orders, payments, refunds, webhook_inbox
from store.tables.people import (
    audit_log,
    conversations,
    executors,
    identities,
    link_codes,
    users,
    wrong_codes,
)
from store.tables.receipts import receipts
from store.tables.settlements import settled_days, settled_lines
from store.tables.standstills import returned_hours, standstills
from store.tables.stars import star_charges
from store.tables.topups import topups
from store.tables.trials import trials
from store.tables.work import cards, image_generations, jobs, offers, video_generations

__all__ = [
    "accounts",
    "attempts",
    "audit_log",
    "cards",
    "carry_overs",
    "confirmations",
    "conversations",
    "coupon_uses",
    "coupons",
    "disputes",
    "executors",
    "gifts",
    "identities",
    "image_generations",
    "jobs",
    "link_codes",
    "metadata",
    "offers",
    "orders",
    "payments",
    "receipts",
    "refunds",
    "returned_hours",
    "session_config",
    "settled_days",
    "settled_lines",
    "standstills",
    "star_charges",
    "topups",
    "transfers",
    "trials",
    "user_sessions",
    "users",
    "video_generations",
    "webhook_inbox",
    "wrong_codes",
]
