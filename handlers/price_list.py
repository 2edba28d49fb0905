"""What is on sale, at the price of the day: for oneself or as a gift, with a coupon or without."""

import re
from dataclasses import dataclass, replace

from billing.coupons import CODE_MAX, Coupon, discount, spelt
from billing.errors import CouponRefusedError
from billing.plans import Plan
from chat.errors import NotUnderstoodError, StaleButtonError
from chat.model import Button, ButtonPress, FormAnswer, Incoming, Reply
from chat.text import Text, lines
from handlers import coupons
from handlers.services import Services
from handlers.texts import texts
from store import coupons as coupon_rows

HOURS_MAX = 12
_TERMS = re.compile(r"(?P<hours>[1-9]\d?)?(?P<gift>g)?(?::(?P<coupon>\w+))?")


class PaymentsOffError(NotUnderstoodError):
    """This bot sells nothing at the moment."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to buy, but for the plan."""

    hours: int = 1
    coupon: str = ""
    """As it was typed; empty for none."""
    is_gift: bool = False

    def spell(self, *plan: str) -> str:
        """The words of a button, which `read_wish` reads after the plan: `flash:3g:DIWALI`."""
        count = f"{self.hours}{'g' if self.is_gift else ''}"
        return ":".join(filter(None, (*plan, count, spelt(self.coupon)[:CODE_MAX])))


def read_wish(data: str, terms: str) -> Wish:
    """What a button says after its plan.

    Raises:
        StaleButtonError: It is nothing that a button of ours says.
    """
    found = _TERMS.fullmatch(terms)
    hours = int(found["hours"] or 1) if found else 0
    if found is None or not 1 <= hours <= HOURS_MAX:
        raise StaleButtonError(data)
    return Wish(hours, found["coupon"] or "", is_gift=bool(found["gift"]))


async def enter_coupon(services: Services, answer: FormAnswer, terms: str) -> Reply:
    """A coupon was typed into the form: show what it makes of the prices."""
    wish = replace(read_wish(answer.form, terms), coupon=answer.words)
    return await show_plans(services, answer, wish)


async def as_gift(services: Services, press: ButtonPress, terms: str) -> Reply:
    """The list shall be one of gifts."""
    shown = await show_plans(services, press, replace(read_wish(press.data, terms), is_gift=True))
    return replace(shown, edit=True)


async def show_plans(services: Services, incoming: Incoming, wish: Wish = Wish()) -> Reply:
    """Show what is on sale, for this person's eyes: nobody buys in front of others.

    Raises:
        UnknownCouponError: There is no such coupon.
        CouponRefusedError: It is over, had, or for none of the plans.
    """
    if services.payments is None or not services.plans.all:
        raise PaymentsOffError
    check_gateway(services)
    words, language = texts(incoming.user.language), incoming.user.language
    taken = await coupons.look_up(services, incoming, wish.coupon) if wish.coupon else None
    said: list[Text | str] = []
    if taken:
        said += [words.coupon_taken(taken.code, coupons.amount_off(taken)), ""]
    if wish.is_gift:
        said += [words.gift_plans(services.hours.settings.gift_days), ""]
    listed = [
        words.plan_line(plan.name, plan.price_paise, plan.images, plan.videos, plan.tokens)
        for plan in services.plans.all
    ]
    says = lines([*said, words.plans(listed, services.keep_days)])
    choices = _choices(services, language, wish, taken)
    return Reply(says, (*choices, *await _other_ways(services, language, wish)), private=True)


def plan_button(plan: Plan, language: str, wish: Wish, off: int = 0) -> Button:
    """The button that orders a plan, at what a coupon leaves of the price."""
    label = texts(language).choose_plan(plan.name, plan.price_paise * wish.hours - off)
    return Button(label, press=f"v1:plan:{wish.spell(plan.id)}")


def check_gateway(services: Services) -> None:
    """Offer nothing that could not be paid."""
    if services.gateway is not None:
        services.gateway.check()


def _choices(
    services: Services, language: str, wish: Wish, coupon: Coupon | None
) -> tuple[tuple[Button, ...], ...]:
    off = {
        plan.id: discount(coupon, plan.id, plan.price_paise * wish.hours) if coupon else 0
        for plan in services.plans.all
    }
    if coupon and not any(off.values()):
        raise CouponRefusedError(coupon.code, "other_plan")
    dear = replace(wish, coupon="")
    return tuple(
        (plan_button(plan, language, wish if off[plan.id] else dear, off[plan.id]),)
        for plan in services.plans.all
    )


async def _other_ways(
    services: Services, language: str, wish: Wish
) -> tuple[tuple[Button, ...], ...]:
    words, ways = texts(language), []
    async with services.database.read() as tx:
        if not wish.coupon and await coupon_rows.is_any_live(tx, services.clock()):
            ways.append(Button(words.have_coupon, press=f"v1:coupon:{wish.spell()}"))
    if not wish.is_gift:
        ways.append(Button(words.as_gift, press=f"v1:gift:{wish.spell()}"))
    return tuple((way,) for way in ways)
