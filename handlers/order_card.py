"""The card of an order, drawn from what the database holds."""

from dataclasses import replace

from billing.coupons import Coupon, discount
from billing.orders import Order, OrderState
from billing.stars import NAME as STARS
from chat.model import Address, Button, Incoming, Reply
from chat.text import lines
from handlers.gifts import shown
from handlers.order_news import order_news
from handlers.paying import star_price
from handlers.people import digest_of
from handlers.services import Services
from handlers.session import next_step
from handlers.texts import texts
from handlers.texts.english import English
from handlers.wares import priced
from store import cards, coupons, payments, topups, users
from store import gifts as gift_rows
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
    if news := await order_news(services, tx, state.order, words):
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
            stars = await price_in_stars(services, tx, order, platform)
            if stars is not None:
                label = words.pay_in_stars(stars)
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


async def price_in_stars(
    services: Services, tx: Transaction, order: Order, platform: str
) -> int | None:
    """What the same order costs in Stars, if it is sold for them there."""
    price = star_price(services, platform, order.plan_id)
    if price is None or await topups.of_order(tx, order.id):
        return None
    whole = price * order.hours
    coupon = await star_coupon(tx, order)
    return whole - discount(coupon, order.plan_id, whole, "XTR") if coupon else whole


async def star_coupon(tx: Transaction, order: Order) -> Coupon | None:
    """The coupon of an order, if it makes prices in Stars cheaper too."""
    used = await coupons.use_of(tx, order.id)
    coupon = await coupons.get(tx, used.code) if used else None
    return coupon if coupon and coupon.percent else None


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
