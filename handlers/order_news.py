"""What an order's card says besides: coupons, gifts, money that moved, disputes, other hours."""

from billing import standstills
from billing.lifetimes import running_of
from billing.orders import Order
from chat.text import Text
from handlers.services import Services
from handlers.texts.english import English
from store import coupons, disputes, gifts, payments, plans, topups
from store.database import Transaction
from store.orders import OPEN


async def order_news(
    services: Services, tx: Transaction, order: Order, words: English
) -> list[Text]:
    """Lines below what the order's status says."""
    return [
        *await _gift_news(tx, order, words),
        *await _coupon_news(tx, order, words),
        *await _other_hours(services, tx, order, words),
        *await _money_news(tx, order, words),
        *await _dispute_news(services, tx, order, words),
    ]


async def _coupon_news(tx: Transaction, order: Order, words: English) -> list[Text]:
    """What made the order cheaper, while that matters to anybody."""
    used = await coupons.use_of(tx, order.id)
    matters = order.status in ("opening", "open", "paid", "review")
    return (
        [words.coupon_in_order(used.code, used.paise_off, order.currency)]
        if used and matters
        else []
    )


async def _gift_news(tx: Transaction, order: Order, words: English) -> list[Text]:
    is_gift = order.status in OPEN and await gifts.of_order(tx, order.id)
    return [words.gift_ordered()] if is_gift else []


async def _money_news(tx: Transaction, order: Order, words: English) -> list[Text]:
    """What went back, is on its way, or is held, beyond what the order's status says."""
    news: list[Text] = []
    for payment in await payments.of_order(tx, order.id):
        refunds = await payments.refunds_of(tx, payment.id)
        under_way = [r for r in refunds if r.status in ("requested", "pending")]
        begun = sum(refund.amount_paise for refund in under_way if refund.status == "pending")
        gone = payment.refunded_paise - begun
        if gone > 0 and order.status != "refunded":
            news.append(words.part_refunded(gone, payment.currency))
        currency = payment.currency
        news += [words.refund_under_way(r.amount_paise, r.id, currency) for r in under_way]
        if any(r.reason.startswith(standstills.REASON) for r in refunds):
            news.append(words.refund_for_standstill())
        if refunds and refunds[-1].status == "failed":
            news.append(words.refund_failed(refunds[-1].amount_paise, refunds[-1].id, currency))
        elif payment.decision == "suspense" and order.status != "review" and not under_way:
            left = payment.amount_paise - payment.refunded_paise
            news += [words.money_held(left, payment.id, currency)] if left else []
    return news


async def _dispute_news(
    services: Services, tx: Transaction, order: Order, words: English
) -> list[Text]:
    """How the newest complaint about each payment stands, and what it means for the hours."""
    news: list[Text] = []
    for payment in await payments.of_order(tx, order.id):
        disputed = await disputes.of_payment(tx, payment.id)
        if not disputed:
            continue
        newest = disputed[-1]
        if newest.status in disputes.OVER:
            news.append(words.dispute_over(newest.status, newest.deducted_paise, payment.id))
        else:
            holds = services.hours.settings.hold_disputed
            news.append(words.dispute_open(newest.amount_paise, payment.id, holds=holds))
    return news


async def _other_hours(
    services: Services, tx: Transaction, order: Order, words: English
) -> list[Text]:
    """Before it is paid: what becomes of the hour that runs."""
    is_of_hours = await topups.of_order(tx, order.id) is None
    if order.status not in OPEN or not is_of_hours or await gifts.of_order(tx, order.id):
        return []
    running = running_of(await services.hours.live(tx, order.user_id))
    if running is None:
        return []
    name, rank = (await plans.get(tx, running.plan_id)).name, services.plans.rank
    if rank(order.plan_id) > rank(running.plan_id):
        return [words.order_takes_over(name, running.seconds_left)]
    return [words.order_comes_after(name)]
