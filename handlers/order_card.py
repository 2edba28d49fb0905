"""The card of an order, drawn from what the database holds."""

from dataclasses import replace

from billing import standstills
from billing.orders import Order, OrderState
from billing.stars import NAME as STARS
from chat.model import Address, Button, Incoming, Reply
from chat.text import Text, lines
from handlers.gifts import shown
from handlers.paying import star_price
from handlers.people import digest_of
from handlers.services import Services
from handlers.session import next_step
from handlers.texts import texts
from handlers.texts.english import English
from handlers.wares import priced
from store import cards, coupons, payments, topups, users
from store import gifts as gift_rows
from store import orders as rows
from store.cards import Card
from store.database import Transaction


async def add_card(
    services: Services,
    tx: Transaction,
    incoming: Incoming,
    user_id: int,
    order_id: str,
    address: Address,
) -> None:
    """Show an order's card at a place; what comes twice is shown once."""
    card = Card(
        id=f"crd_{digest_of(incoming)}",
        user_id=user_id,
        kind="order",
        subject=order_id,
        address=address.to_json(),
    )
    await cards.add(tx, services.work, card, services.clock())


async def order_card(
    services: Services, tx: Transaction, order_id: str, platform: str = ""
) -> Reply:
    """What the card says now, on this platform."""
    state = await services.orders.get(tx, order_id)
    words = texts(await users.language_of(tx, state.order.user_id))
    reply = _in_stars(state, words, await priced(tx, state.order, words))
    reply = reply or await _by_status(services, tx, state, words, platform)
    news = [
        *await _gift_news(tx, state.order, words),
        *await _coupon_news(tx, state.order, words),
        *await _money_news(tx, state.order, words),
    ]
    if news:
        return replace(reply, text=lines([reply.text, "", *news]))
    return reply


async def _by_status(
    services: Services, tx: Transaction, state: OrderState, words: English, platform: str
) -> Reply:
    order = state.order
    what = await priced(tx, order, words)
    match order.status:
        case "open" if state.attempt is not None and state.attempt.url:
            says = words.order_open(what, state.attempt.expires_at)
            ways = _ways_to_pay(words, state, state.attempt.url)
            stars = star_price(services, platform, order.plan_id)
            if stars is not None and not await topups.of_order(tx, order.id):
                label = words.pay_in_stars(stars * order.hours)
                ways = (*ways, (Button(label, press=f"v1:stars:{order.id}"),))
            return Reply(says, ways)
        case "opening" if state.attempt is not None and state.attempt.state == "unknown":
            return Reply(words.order_slow(what))
        case "opening" | "open":
            return Reply(words.order_opening(what))
        case "paid":
            return await _paid(services, tx, state, words, what)
        case "review":
            return Reply(words.order_review(what))
        case status:
            return Reply(
                words.order_closed(status, what),
                ((Button(words.show_plans, press="v1:plans:"),),),
            )


def _in_stars(state: OrderState, words: English, what: str) -> Reply | None:
    """What is different about an order that is paid in Stars."""
    order, attempt = state.order, state.attempt
    if order.gateway != STARS:
        return None
    plans_button = ((Button(words.show_plans, press="v1:plans:"),),)
    match order.status:
        case "open" if attempt is not None and attempt.url:
            pay = Button(words.pay(order.amount_paise, order.currency), url=attempt.url)
            drop = Button(words.cancel_order, press=f"v1:drop:{order.id}")
            return Reply(words.order_open_stars(what, attempt.expires_at), ((pay,), (drop,)))
        case "opening":
            return Reply(words.order_opening(what))
        case "rejected":
            return Reply(words.order_rejected_stars(what), plans_button)
        case "refunded":
            return Reply(words.order_refunded_stars(what), plans_button)
        case _:
            return None


async def _paid(
    services: Services, tx: Transaction, state: OrderState, words: English, what: str
) -> Reply:
    order = state.order
    hour, buttons = await next_step(services, tx, order, order.user_id, words)
    if order.gateway == "grant":
        return Reply(words.order_given(what, hour), buttons)
    payment = await payments.fulfilling(tx, order.id)
    assert payment is not None, "somebody paid it"
    receipt = (Button(words.receipt, press=f"v1:receipt:{order.id}"),)
    if gift := await gift_rows.of_order(tx, order.id):
        says = lines([words.gift_paid(what, payment.id), "", *shown(services, gift, words)])
        return Reply(says, (*(buttons if gift.account == "" else ()), receipt))
    return Reply(words.order_paid(what, payment.id, hour), (*buttons, receipt))


async def _coupon_news(tx: Transaction, order: Order, words: English) -> list[Text]:
    """What made the order cheaper, while that matters to anybody."""
    used = await coupons.use_of(tx, order.id)
    matters = order.status in ("opening", "open", "paid", "review")
    return [words.coupon_in_order(used.code, used.paise_off)] if used and matters else []


async def _gift_news(tx: Transaction, order: Order, words: English) -> list[Text]:
    is_gift = order.status in rows.OPEN and await gift_rows.of_order(tx, order.id)
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


def _ways_to_pay(words: English, state: OrderState, url: str) -> tuple[tuple[Button, ...], ...]:
    order = state.order
    return (
        (Button(words.pay(order.amount_paise), url=url),),
        (
            Button(words.check_payment, press=f"v1:check:{order.id}"),
            Button(words.cancel_order, press=f"v1:drop:{order.id}"),
        ),
        (Button(words.show_qr, press=f"v1:qr:{order.id}"),),
    )
