"""/buy: the plans, an order, its payment link."""

from dataclasses import replace
from typing import Literal

from billing.coupons import CODE_MAX, Coupon, discount, spelt
from billing.errors import CouponRefusedError
from billing.plans import Plan
from chat.commands import Command, Option, Options
from chat.errors import NotUnderstoodError, StaleButtonError
from chat.model import Address, Button, ButtonPress, CommandCall, FormAnswer, Incoming, Reply
from chat.text import lines
from handlers import coupons, states
from handlers.codes import decide_on_code
from handlers.people import digest_of, speaker
from handlers.services import Services
from handlers.texts import texts
from store import cards, users
from store import coupons as coupon_rows
from store.cards import Card
from store.database import Transaction

GATEWAY: Literal["razorpay"] = "razorpay"
HOURS_MAX = 12


class PaymentsOffError(NotUnderstoodError):
    """This bot sells nothing at the moment."""


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
    about = {"en": "Plans and prices, buy an hour", "hi": "प्लान और दाम, घंटा ख़रीदें"}
    return Command("buy", about, (plan, hours, coupon), is_private=True, names={"hi": "ख़रीदें"})


async def buy(services: Services, call: CommandCall, options: Options) -> Reply | None:
    """Answer /buy: with a plan, open an order; without one, show the plans."""
    plan_id, hours = options.get("plan"), int(options.get("hours", 1))
    coupon = str(options.get("coupon", ""))
    if plan_id is None or not call.address.private:
        return await show_plans(services, call, hours, coupon)
    return await _open_order(services, call, str(plan_id), hours, coupon)


async def enter_coupon(services: Services, answer: FormAnswer, hours: str) -> Reply:
    """A coupon was typed into the form: show what it makes of the prices."""
    return await show_plans(services, answer, _hours(answer.form, hours), answer.words)


async def show_plans(
    services: Services, incoming: Incoming, hours: int = 1, coupon: str = ""
) -> Reply:
    """Show what is on sale, for this person's eyes: nobody buys in front of others.

    Raises:
        UnknownCouponError: There is no such coupon.
        CouponRefusedError: It is over, had, or for none of the plans.
    """
    words = texts(incoming.user.language)
    if services.payments is None or not services.plans.all:
        raise PaymentsOffError
    _check_gateway(services)
    listed = [
        words.plan_line(plan.name, plan.price_paise, plan.images, plan.videos, plan.tokens)
        for plan in services.plans.all
    ]
    language = incoming.user.language
    says = words.plans(listed, services.keep_days)
    if coupon:
        taken = await coupons.look_up(services, incoming, coupon)
        choices = _choices(services, language, hours, taken)
        says = lines([words.coupon_taken(taken.code, coupons.amount_off(taken)), "", says])
        return Reply(says, choices, private=True)
    choices = _choices(services, language, hours, None)
    async with services.database.read() as tx:
        if await coupon_rows.is_any_live(tx, services.clock()):
            have_one = Button(words.have_coupon, press=f"v1:coupon:{hours}")
            choices = (*choices, (have_one,))
    return Reply(says, choices, private=True)


def _choices(
    services: Services, language: str, hours: int, coupon: Coupon | None
) -> tuple[tuple[Button, ...], ...]:
    prices = [plan.price_paise * hours for plan in services.plans.all]
    off = [
        discount(coupon, plan.id, paise) if coupon else 0
        for plan, paise in zip(services.plans.all, prices, strict=True)
    ]
    if coupon and not any(off):
        raise CouponRefusedError(coupon.code, "other_plan")
    return tuple(
        (plan_button(plan, language, hours, less, coupon.code if coupon and less else ""),)
        for plan, less in zip(services.plans.all, off, strict=True)
    )


def plan_button(plan: Plan, language: str, hours: int, off: int = 0, coupon: str = "") -> Button:
    """The button that orders hours of a plan, at what a coupon leaves of the price."""
    label = texts(language).choose_plan(plan.name, plan.price_paise * hours - off)
    return Button(label, press=f"v1:plan:{_choice(plan.id, hours, coupon)}")


async def choose_plan(services: Services, press: ButtonPress, choice: str) -> Reply | None:
    """A plan was tapped, `flash`, `flash:3` or `flash:3:DIWALI`: its order replaces the list."""
    plan_id, _, rest = choice.partition(":")
    count, _, coupon = rest.partition(":")
    hours = _hours(press.data, count)
    if not press.address.private:
        return await show_plans(services, press, hours, coupon)
    return await _open_order(services, press, plan_id, hours, coupon)


async def choose_state(services: Services, press: ButtonPress, choice: str) -> Reply | None:
    """The State was chosen that the order waited for: `29:flash:3`, or none waits: `29:`."""
    code, _, waiting = choice.partition(":")
    kept = await states.remember(services, press, code)
    return await choose_plan(services, press, waiting) if waiting else kept


def _choice(plan_id: str, hours: int, coupon: str) -> str:
    """What `choose_plan` reads."""
    return ":".join(filter(None, (plan_id, str(hours), coupon)))


def _hours(data: str, count: str) -> int:
    hours = int(count) if count.isdecimal() else 1
    if not 1 <= hours <= HOURS_MAX:
        raise StaleButtonError(data)
    return hours


async def _open_order(
    services: Services, incoming: Incoming, plan_id: str, hours: int, coupon: str
) -> Reply | None:
    if services.payments is None:
        raise PaymentsOffError
    services.plans.get(plan_id)
    _check_gateway(services)
    now, write = services.clock(), services.database.write
    claim = coupons.claimed(incoming, coupon) if coupon else None

    async def decide(tx: Transaction) -> bool:
        user = await speaker(tx, incoming, now)
        if services.business.gstin and not await users.state_of(tx, user.id):
            return False
        opened = await services.orders.open(tx, user.id, plan_id, hours, GATEWAY, claim)
        card = Card(
            id=f"crd_{digest_of(incoming)}",
            user_id=user.id,
            kind="order",
            subject=opened.order.id,
            address=_in_its_place(incoming).to_json(),
        )
        await cards.add(tx, services.work, card, now)
        return True

    if await (decide_on_code(services, incoming, decide) if coupon else write(decide)):
        return None
    is_press = isinstance(incoming, ButtonPress)
    waiting = _choice(plan_id, hours, spelt(coupon)[:CODE_MAX])
    return states.ask(incoming.user.language, waiting, edit=is_press)


def _check_gateway(services: Services) -> None:
    """Offer nothing that could not be paid."""
    if services.gateway is not None:
        services.gateway.check()


def _in_its_place(incoming: Incoming) -> Address:
    """An order's card takes the place of the list that was pressed, or stands below the command."""
    if isinstance(incoming, ButtonPress):
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
