"""When nothing can be drawn: no hour loses time, and whoever waited long enough is paid back.

A standstill begins with the first job that failed for it, once a try of our own failed too, and
ends with the first picture. Meanwhile running hours stand still (their end is moved on), hours not
begun and carried-over credits keep longer. What of a paid order nobody could use goes back on its
buyer's word, or by itself after `refunds.standstill_h`: an hour on which nothing was drawn at its
whole price, another by the time that is left of it, and more credits by those that are unused.
Those hours are over from then on, and come back if no bank takes the money.
"""

from collections.abc import Callable
from dataclasses import dataclass

from billing import ledger
from billing.earning import earn
from billing.hours_settings import DAY_S, HOUR_S
from billing.lifetimes import Lifetimes
from billing.pricing import share
from billing.refunds import Refunds
from store import hours as hour_rows
from store import orders, payments, topups, users
from store import standstills as rows
from store.database import Transaction
from store.hours import UNITS, Hour
from store.ids import new_id
from store.orders import Order
from store.payments import Payment, Refund
from store.standstills import ReturnedHour, Standstill

AHEAD_S = 20
"""How far ahead time is given back, so that no hour ends between two counts."""
REASON = "standstill "
"""How the reasons of its refunds begin."""
WAITS = "waits for drawing"
"""The audit log's word for somebody who does not want their money back."""


@dataclass(frozen=True, slots=True)
class Unused:
    """What of a payment nobody could use."""

    payment: Payment
    paise: int
    hours: tuple[Hour, ...] = ()
    """The hours that are over when it goes back; more credits end with theirs."""


async def begin(tx: Transaction, hours: Lifetimes, began_at: int) -> Standstill | None:
    """Write down that nothing can be drawn since a moment; None while that is known."""
    standstill = Standstill(new_id("std", began_at), began_at, began_at)
    if not await rows.begin(tx, standstill):
        return None
    await users.audit(tx, hours.clock(), "billing", "standstill", standstill.id, began=began_at)
    await count(tx, hours)
    return standstill


async def count(tx: Transaction, hours: Lifetimes) -> None:
    """Give all hours the time back that passed since it was given last, and a little ahead."""
    standstill, now = await rows.current(tx), hours.clock()
    if standstill is None or standstill.counted_until >= now + AHEAD_S // 2:
        return
    began, until = standstill.counted_until, now + AHEAD_S
    await hours.give_back_outage(tx, began, until)
    await hour_rows.keep_longer(tx, began, until - began)
    await rows.count_until(tx, standstill.id, until)


async def end(tx: Transaction, hours: Lifetimes) -> bool:
    """Write down that drawing works again, from now on hours run; False when that is known."""
    standstill = await rows.current(tx)
    if standstill is None:
        return False
    await count(tx, hours)
    return await rows.end(tx, standstill.id, hours.clock())


async def unused(
    tx: Transaction, hours: Lifetimes, user_id: int, refunds_of: Callable[[str], Refunds | None]
) -> list[Unused]:
    """What this person paid for and could not use, by payment; what was given costs nothing."""
    found: list[Unused] = []
    by_order: dict[str, list[Hour]] = {}
    for hour in await hours.settle(tx, user_id):
        by_order.setdefault(hour.order_id, []).append(hour)
    for order_id, live in by_order.items():
        order = await orders.get(tx, order_id)
        if order is None or order.user_id != user_id:
            continue  # a gift: its money is somebody else's
        worth = sum([await _worth(tx, order, hour) for hour in live])
        hours_back = await _of(tx, order, worth, tuple(live), refunds_of)
        if hours_back:
            found.append(hours_back)
            for hour in live:
                found += await _credits(tx, hour, refunds_of)
    return found


async def send_back(
    tx: Transaction,
    hours: Lifetimes,
    user_id: int,
    standstill: Standstill,
    refunds_of: Callable[[str], Refunds | None],
    actor: str,
) -> list[Refund]:
    """Send back what a person could not use and end it; a second time finds nothing."""
    begun: list[Refund] = []
    for part in await unused(tx, hours, user_id, refunds_of):
        refunds, reason = refunds_of(part.payment.gateway), f"{REASON}{standstill.id}"
        asked = await payments.refunds_of(tx, part.payment.id)
        if refunds is None or any(refund.reason == reason for refund in asked):
            continue
        refund = await refunds.request(tx, part.payment.id, reason, actor, part.paise)
        for hour in part.hours:
            await _end(tx, hours, hour, refund.id)
        begun.append(refund)
    await hours.settle(tx, user_id)
    return begun


async def bring_back(hours: Lifetimes, tx: Transaction, refund_id: str) -> None:
    """Give back the hours of a refund that no bank took; again changes nothing."""
    returned = await rows.returned_by(tx, refund_id)
    await rows.forget_returned(tx, refund_id)
    now = hours.clock()
    for each in returned:
        hour = await hour_rows.get(tx, each.session_id)
        status = "unstarted" if each.status == "unstarted" else "waiting"
        keep_until = max(hour.keep_until, now + DAY_S)
        await hour_rows.change(tx, hour.id, status=status, keep_until=keep_until)
        await hours.settle(tx, hour.user_id)


async def _end(tx: Transaction, hours: Lifetimes, hour: Hour, refund_id: str) -> None:
    await hour_rows.change(
        tx, hour.id, status="lapsed", ends_at=None, seconds_left=min(hour.seconds_left, HOUR_S)
    )
    await rows.add_returned(tx, ReturnedHour(hour.id, refund_id, hour.status))
    if hour.status == "unstarted":
        await earn(tx, hour.order_id, hour.ordinal, hours.clock())


async def _worth(tx: Transaction, order: Order, hour: Hour) -> int:
    price = share(order.amount_paise, order.hours, hour.ordinal)
    if not await _is_used(tx, hour):
        return price
    return price * min(hour.seconds_left, HOUR_S) // HOUR_S


async def _is_used(tx: Transaction, hour: Hour) -> bool:
    accounts = {unit: ledger.hour_account(hour.id, unit) for unit in UNITS}
    held = await ledger.balances(tx, *accounts.values())
    return any(held[account].posted < hour.limit(unit) for unit, account in accounts.items())


async def _credits(
    tx: Transaction, hour: Hour, refunds_of: Callable[[str], Refunds | None]
) -> list[Unused]:
    """What more credits of an hour are unused: those bought last are the last to be used."""
    left = {u: await ledger.available(tx, ledger.hour_account(hour.id, u)) for u in UNITS}
    found: list[Unused] = []
    for topup in await topups.of_hour(tx, hour.id):
        order = await orders.get(tx, topup.order_id)
        if order is None or order.status != "paid":
            continue
        free = min(topup.count, left[topup.unit])
        left[topup.unit] -= free
        paise = order.amount_paise * free // topup.count
        part = await _of(tx, order, paise, (), refunds_of)
        found += [part] if part else []
    return found


async def _of(
    tx: Transaction,
    order: Order,
    paise: int,
    live: tuple[Hour, ...],
    refunds_of: Callable[[str], Refunds | None],
) -> Unused | None:
    """What of an order's payment can go back; Stars go back whole or not at all."""
    payment = await payments.fulfilling(tx, order.id)
    refunds = refunds_of(payment.gateway) if payment else None
    if payment is None or refunds is None or order.status != "paid":
        return None
    amount = min(paise, await refunds.left(tx, payment.id))
    if amount <= 0 or (order.currency != "INR" and amount < order.amount_paise):
        return None
    return Unused(payment, amount, live)
