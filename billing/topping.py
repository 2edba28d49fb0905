"""Puts paid credits where they can be used, and takes them back when their money went back.

They go into their hour, or beside it when it is over. What was drawn with them stays drawn: only
what is unspent is taken, and comes back if the money did not go after all.
"""

from billing import ledger
from billing.earning import earn
from store import hours as rows
from store.database import Transaction
from store.hours import CarryOver, Hour
from store.ledger import Transfer
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
    key = f"topup:{topup.order_id}"
    if not await ledger.find(tx, key):
        await _give(tx, topup, topup.count, key, now, keep_until)
        await earn(tx, topup.order_id, 1, now)
    return await rows.get(tx, topup.session_id)


async def unspent(tx: Transaction, topup: TopUp) -> int:
    """How many credits of a paid order nobody has used; those of a running job count as used."""
    given = await _last_given(tx, topup)
    return min(given.amount, await ledger.available(tx, given.credit)) if given else 0


async def take_back(tx: Transaction, topup: TopUp, now: int) -> int:
    """Take the unspent credits of an order whose money went back; again takes nothing."""
    given = await _last_given(tx, topup)
    left = await unspent(tx, topup)
    if given is None or not left:
        return 0
    key = f"untop:{topup.order_id}:{await _times(tx, topup)}"
    await ledger.move(tx, given.credit, f"credits:{topup.unit}", left, key=key, now=now)
    if given.credit == ledger.hour_account(topup.session_id, topup.unit):
        await _widen(tx, topup, -left)
    return left


async def bring_back(tx: Transaction, topup: TopUp, now: int, keep_until: int) -> None:
    """Give again what `take_back` took, because the money did not go back after all."""
    times = await _times(tx, topup)
    taken = await ledger.find(tx, f"untop:{topup.order_id}:{times}")
    if taken:
        key = f"retop:{topup.order_id}:{times}"
        await _give(tx, topup, taken.amount, key, now, keep_until)


async def _give(
    tx: Transaction, topup: TopUp, count: int, key: str, now: int, keep_until: int
) -> None:
    hour = await rows.get(tx, topup.session_id)
    if hour.status not in ("ended", "lapsed"):
        account = ledger.hour_account(hour.id, topup.unit)
        await ledger.grant(tx, account, topup.unit, count, key=key, now=now)
        await _widen(tx, topup, count)
        return
    account = ledger.carry_account(topup.order_id)
    await ledger.grant(tx, account, topup.unit, count, key=key, now=now)
    carry = CarryOver(topup.order_id, hour.user_id, hour.id, topup.unit, keep_until)
    await rows.add_carry_over(tx, carry)


async def _widen(tx: Transaction, topup: TopUp, by: int) -> None:
    """Let an hour show so many more credits."""
    hour = await rows.get(tx, topup.session_id)
    await rows.change(tx, hour.id, **{COLUMNS[topup.unit]: hour.limit(topup.unit) + by})


async def _times(tx: Transaction, topup: TopUp) -> int:
    """How often credits of an order were taken and came back."""
    return await ledger.times(tx, f"retop:{topup.order_id}")


async def _last_given(tx: Transaction, topup: TopUp) -> Transfer | None:
    """The movement by which an order's credits were given last, unless they are taken back."""
    times = await _times(tx, topup)
    if await ledger.find(tx, f"untop:{topup.order_id}:{times}"):
        return None
    last = f"retop:{topup.order_id}:{times - 1}" if times else f"topup:{topup.order_id}"
    return await ledger.find(tx, last)
