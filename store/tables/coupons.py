"""Coupons, and the orders that they made cheaper."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.tables.base import metadata

# The terms never change, for people were told them; a coupon can only be stopped. Triggers refuse
# anything else, and a use beyond the limits.
coupons = Table(
    "coupons",
    metadata,
    Column("code", Text, primary_key=True),
    Column("percent", Integer),
    Column("paise_off", Integer),
    # The ids of the plans that it is for; none for all.
    Column("plans", sa.JSON, nullable=False),
    Column("uses_max", Integer),
    Column("uses_each", Integer, nullable=False),
    Column("ends_at", Integer),
    Column("created_at", Integer, nullable=False),
    Column("stopped_at", Integer),
    CheckConstraint("code = upper(code) AND length(code) BETWEEN 3 AND 20", name="code_fits"),
    CheckConstraint("(percent IS NULL) <> (paise_off IS NULL)", name="one_way_off"),
    CheckConstraint("percent BETWEEN 1 AND 99", name="percent_leaves_a_price"),
    CheckConstraint("paise_off > 0", name="takes_something_off"),
    CheckConstraint("uses_max > 0 AND uses_each > 0", name="can_be_used"),
)

# One coupon an order. Whether a use counts follows from its order: see the view
# `counted_coupon_uses`. The account outlives the user that it belongs to.
coupon_uses = Table(
    "coupon_uses",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("code", ForeignKey("coupons.code"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("account", Text, nullable=False),
    Column("paise_off", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    CheckConstraint("paise_off > 0", name="takes_something_off"),
)
