"""/buy: the plans, an order, its payment link."""

from dataclasses import replace

from billing.plans import Plan
from chat.commands import Command, Option, Options
from chat.model import Address, ButtonPress, CommandCall, Incoming, Reply
from handlers import coupons, states
from handlers.codes import decide_on_code
from handlers.order_card import add_card
from handlers.paying import RAZORPAY, gateway_for
from handlers.people import speaker
from handlers.price_list import (
    HOURS_MAX,
    Wish,
    read_wish,
    show_plans,
)
from handlers.services import Services
from handlers.texts import texts
from store import users
from store.database import Transaction
from store.orders import GatewayName


def declaration(plans: tuple[Plan, ...]) -> Command:
    """The command for the plans on sale."""
    plan = Option(
        "plan",
        {"en": "Which plan", "hi": "कौन-सा प्लान"},
        choices=tuple(plan.id for plan in plans),
        names={"hi": "प्लान"},
    )
    hours = Option(
        "hours",
        {"en": "How many hours", "hi": "कितने घंटे"},
        kind="integer",
        minimum=1,
        maximum=HOURS_MAX,
        names={"hi": "घंटे"},
    )
    coupon = Option(
        "coupon",
        {"en": "A coupon's code", "hi": "कूपन का कोड"},
        length_max=coupons.TYPED_MAX,
        names={"hi": "कूपन"},
    )
    gift = Option(
        "gift",
        {"en": "For somebody else: you get a code", "hi": "किसी और के लिए: आपको कोड मिलेगा"},
        kind="flag",
        names={"hi": "तोहफ़ा"},
    )
    about = {"en": "Plans and prices, buy an hour", "hi": "प्लान और दाम, घंटा ख़रीदें"}
    options = (plan, hours, coupon, gift)
    return Command("buy", about, options, is_private=True, names={"hi": "ख़रीदें"})


async def buy(services: Services, call: CommandCall, options: Options) -> Reply | None:
    """Answer /buy: with a plan, open an order; without one, show the plans."""
    plan_id = options.get("plan")
    wish = Wish(
        int(options.get("hours", 1)),
        str(options.get("coupon", "")),
        is_gift=bool(options.get("gift", False)),
    )
    if plan_id is None or not call.address.private:
        return await show_plans(services, call, wish)
    return await open_order(services, call, str(plan_id), wish)


async def choose_plan(services: Services, press: ButtonPress, choice: str) -> Reply | None:
    """A plan was tapped, `flash` or `flash:3g:DIWALI`: its order takes the place of the list."""
    plan_id, _, terms = choice.partition(":")
    wish = read_wish(press.data, terms)
    if not press.address.private:
        return await show_plans(services, press, wish)
    return await open_order(services, press, plan_id, wish)


async def choose_state(services: Services, press: ButtonPress, choice: str) -> Reply | None:
    """The State was chosen that the order waited for: `29:flash:3`, or none waits: `29:`."""
    code, _, waiting = choice.partition(":")
    kept = await states.remember(services, press, code)
    return await choose_plan(services, press, waiting) if waiting else kept


async def open_order(
    services: Services,
    incoming: Incoming,
    plan_id: str,
    wish: Wish,
    gateway: GatewayName | None = None,
) -> Reply | None:
    """Open an order and show its card; without a gateway, by the one that is offered first."""
    services.plans.get(plan_id)
    gateway, is_named = gateway or gateway_for(services, incoming), gateway is not None
    now, write = services.clock(), services.database.write
    claim = coupons.claimed(incoming, wish.coupon) if wish.coupon else None

    async def decide(tx: Transaction) -> bool:
        user = await speaker(tx, incoming, now)
        await services.hours.check_hold(tx, user.id)
        needs_state = services.business.gstin and gateway == RAZORPAY
        if needs_state and not await users.state_of(tx, user.id):
            return False
        opened = await services.orders.open(
            tx, user.id, plan_id, wish.hours, gateway, claim, is_gift=wish.is_gift
        )
        place = place_of(incoming, is_new=is_named)
        await add_card(services, tx, incoming, user.id, opened.order.id, place)
        return True

    if await (decide_on_code(services, incoming, decide) if claim else write(decide)):
        return None
    is_press = isinstance(incoming, ButtonPress)
    return states.ask(incoming.user.language, wish.spell(plan_id), edit=is_press)


def place_of(incoming: Incoming, *, is_new: bool) -> Address:
    """An order's card takes the place of the list that was pressed; else it is a new message."""
    if isinstance(incoming, ButtonPress) and not is_new:
        return incoming.address
    return replace(incoming.address, message=None)


async def check_now(services: Services, press: ButtonPress, order_id: str) -> Reply:
    """Ask the gateway now. That somebody says "I've paid" proves nothing; its answer counts."""

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, press, services.clock())
        await services.orders.check_now(tx, order_id, user.id)

    await services.database.write(decide)
    return Reply(texts(press.user.language).checking(), toast=True)


async def cancel(services: Services, press: ButtonPress, order_id: str) -> Reply:
    """Close the link; the gateway has the last word, for it may have been paid meanwhile."""

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, press, services.clock())
        await services.orders.cancel(tx, order_id, user.id)

    await services.database.write(decide)
    return Reply(texts(press.user.language).cancelling(), toast=True)
