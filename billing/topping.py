"""Puts paid credits where they can be used: into their hour, or beside it when it is over."""

from billing import ledger
from billing.earning import earn
from store import hours as rows
from store.database import Transaction
from store.hours import CarryOver, Hour
from store.topups import TopUp

COLUMNS = {"image": "image_credits", "video": "video_credits"}


async def top_up(tx: Transaction, topup: TopUp, now: int, keep_until: int) -> Hour:
    """Give the credits of a paid order; again gives nothing.

    Args:
        tx: The transaction.
        topup: What was ordered.
        now: The time.
        keep_until: How long they can be used if their hour is over.
    """
    hour, key = await rows.get(tx, topup.session_id), f"topup:{topup.order_id}"
    if await ledger.find(tx, key):
        return hour
    is_over = hour.status in ("ended", "lapsed")
    account = (
        ledger.carry_account(topup.order_id)
        if is_over
        else ledger.hour_account(hour.id, topup.unit)
    )
    await ledger.grant(tx, account, topup.unit, topup.count, key=key, now=now)
    await earn(tx, topup.order_id, 1, now)
    if is_over:
        carry = CarryOver(topup.order_id, hour.user_id, hour.id, topup.unit, keep_until)
        await rows.add_carry_over(tx, carry)
        return hour
    limit = hour.limit(topup.unit) + topup.count
    await rows.change(tx, hour.id, **{COLUMNS[topup.unit]: limit})
    return await rows.get(tx, hour.id)
