"""Paying in the platform's own money: offered under an order, allowed, and written down."""

from billing.errors import NotPayableError, NotSoldForStarsError
from billing.stars import NAME
from chat.errors import StaleButtonError
from chat.model import ButtonPress, Charged, Checkout, Reply
from handlers.buy import open_order
from handlers.order_card import price_in_stars, star_coupon
from handlers.people import speaker
from handlers.price_list import Wish
from handlers.services import Services
from handlers.texts import texts
from store import gifts, users
from store.database import Transaction
from store.orders import OPEN

DONE = ("paid", "review", "refunded")


async def pay_in_stars(services: Services, press: ButtonPress, order_id: str) -> Reply | None:
    """Open the same order anew, to be paid in Stars; the link of the former one is closed.

    Raises:
        NotPayableError: It was paid before.
        NotSoldForStarsError: Its plan has no price in Stars, or not here.
    """

    async def decide(tx: Transaction) -> tuple[str, Wish]:
        user = await speaker(tx, press, services.clock())
        order = (await services.orders.own(tx, order_id, user.id)).order
        if order.status in DONE:
            raise NotPayableError(order_id)
        if await price_in_stars(services, tx, order, press.user.platform) is None:
            raise NotSoldForStarsError(order.plan_id)
        if order.status in OPEN:
            await services.orders.cancel(tx, order_id, user.id)
        is_gift = await gifts.of_order(tx, order_id) is not None
        coupon = await star_coupon(tx, order)
        return order.plan_id, Wish(order.hours, coupon.code if coupon else "", is_gift=is_gift)

    plan_id, wish = await services.database.write(decide)
    return await open_order(services, press, plan_id, wish, NAME)


async def may_pay(services: Services, checkout: Checkout) -> Reply | None:
    """Let a person pay their open order; words say why not. Nothing is charged by this."""
    till = services.stars
    if till is None:
        raise StaleButtonError(checkout.payload)
    async with services.database.read() as tx:
        user = await users.find(tx, checkout.user.platform, checkout.user.id)
        allowed = await till.gateway.may_be_paid(
            tx, checkout.payload, user.id if user else None, checkout.amount, checkout.currency
        )
    return None if allowed else Reply(texts(checkout.user.language).stars_refused(), toast=True)


async def charged(services: Services, paid: Charged) -> None:
    """Write a charge down before anything else; its order's card says the rest."""
    till = services.stars
    if till is None:
        raise StaleButtonError(paid.charge.payload)
    await services.database.write(lambda tx: till.gateway.take(tx, paid.charge))
