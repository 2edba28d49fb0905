"""By what people can pay, where they are."""

from billing.errors import GatewayRestingError, NotSoldForStarsError
from billing.plans import Plan
from billing.stars import NAME as STARS
from chat.errors import NotUnderstoodError
from chat.model import Incoming
from handlers.services import Services
from store.orders import GatewayName

RAZORPAY: GatewayName = "razorpay"


class PaymentsOffError(NotUnderstoodError):
    """This bot sells nothing at the moment, or not here."""


def gateway_for(services: Services, incoming: Incoming) -> GatewayName:
    """The way to pay that this person is offered first.

    Raises:
        PaymentsOffError: There is none.
        GatewayRestingError: It could not be paid now.
    """
    till = services.stars
    if till is not None and till.platform != incoming.user.platform:
        till = None
    if till is not None and (till.only or services.payments is None):
        return STARS
    if services.payments is None:
        raise PaymentsOffError
    try:
        if services.gateway is not None:
            services.gateway.check()
    except GatewayRestingError:
        if till is not None and services.orders.star_prices:
            return STARS
        raise
    return RAZORPAY


def star_price(services: Services, platform: str, plan_id: str) -> int | None:
    """What an hour costs in Stars, if it is sold for them there."""
    if services.stars is None or services.stars.platform != platform:
        return None
    return services.orders.star_prices.get(plan_id)


def on_sale(services: Services, gateway: GatewayName) -> list[tuple[Plan, int]]:
    """The plans that a gateway sells, with the price of an hour in its currency."""
    listed: list[tuple[Plan, int]] = []
    for plan in services.plans.all:
        try:
            listed.append((plan, services.orders.price(plan, gateway)))
        except NotSoldForStarsError:
            continue
    return listed
