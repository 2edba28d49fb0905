"""Rows that others hang on: a user, a plan, an order, an attempt, an hour."""

from typing import Any

import sqlalchemy as sa

from store import coupons, hours, orders, plans, users
from store.coupons import Coupon
from store.database import Transaction
from store.hours import Hour, HourStatus
from store.orders import Attempt, Order
from store.plans import Plan
from store.tables import metadata
from store.tables import users as users_table

PLAN = Plan("flash", "Flash", 10_000, tokens=500_000, images=8, videos=1, rank=1)


async def a_user(tx: Transaction, name: str = "1") -> int:
    return (await users.add(tx, "telegram", name, "Asha", "en", 1)).id


async def an_order(tx: Transaction, user_id: int, order_id: str = "ord_1") -> Order:
    await plans.put(tx, PLAN)
    order = Order(order_id, user_id, PLAN.id, 1, 10_000, "INR", "razorpay", "opening", 1)
    await orders.add(tx, order)
    return order


async def an_attempt(tx: Transaction, order: Order, attempt_id: str = "att_1") -> Attempt:
    attempt = Attempt(attempt_id, order.id, "sending", order.amount_paise, 1, 1200)
    await orders.add_attempt(tx, attempt)
    return attempt


async def an_hour(
    tx: Transaction, order: Order, ordinal: int = 1, status: HourStatus = "unstarted"
) -> Hour:
    hour = Hour(
        id=f"{order.id}-{ordinal}",
        user_id=order.user_id,
        order_id=order.id,
        ordinal=ordinal,
        plan_id=order.plan_id,
        status=status,
        token_limit=PLAN.tokens,
        image_credits=PLAN.images,
        video_credits=PLAN.videos,
        seconds_left=3600,
        created_at=1,
        keep_until=1000 - ordinal,
        started_at=100 if status == "active" else None,
        ends_at=3700 if status == "active" else None,
    )
    await hours.add(tx, hour)
    return hour


async def a_coupon(tx: Transaction, code: str = "DIWALI", **terms: Any) -> Coupon:
    """A fifth off every plan, once for each person, unless the terms say otherwise."""
    usual: dict[str, Any] = {"percent": 20, "paise_off": None, "plans": [], "uses_max": None}
    usual |= {"uses_each": 1, "ends_at": None, "created_at": 1}
    coupon = Coupon(code, **(usual | terms))
    await coupons.add(tx, coupon)
    return coupon


async def rows_of(tx: Transaction, user_id: int) -> dict[str, int]:
    """How many rows of which tables refer to a user."""
    counted: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is users_table:
                found = await tx.execute(
                    sa.select(sa.func.count()).select_from(table).where(key.parent == user_id)
                )
                if count := int(found.scalar_one()):
                    counted[str(key.parent)] = count
    return counted
