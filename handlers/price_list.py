"""What is on sale, at the price of the day: for oneself or as a gift, with a coupon or without."""

import re
from dataclasses import dataclass, replace

from billing.coupons import CODE_MAX, Coupon, discount, fits, spelt
from billing.errors import CouponRefusedError
from billing.ledger import CURRENCIES
from billing.plans import Plan
from chat.errors import StaleButtonError
from chat.model import Button, ButtonPress, FormAnswer, Incoming, Reply
from chat.text import Text, lines
from handlers import coupons
from handlers.paying import PaymentsOffError, gateway_for, on_sale
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from store import coupons as coupon_rows

HOURS_MAX = 12
_TERMS = re.compile(r"(?P<hours>[1-9]\d?)?(?P<gift>g)?(?::(?P<coupon>\w+))?")


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
    gateway = gateway_for(services, incoming)
    listed = on_sale(services, gateway)
    if not listed:
        raise PaymentsOffError
    words, currency = texts(incoming.user.language), CURRENCIES[gateway]
    taken = await coupons.look_up(services, incoming, wish.coupon) if wish.coupon else None
    if taken and not fits(taken, currency):
        raise CouponRefusedError(taken.code, "stars")
    said: list[Text | str] = []
    if taken:
        said += [words.coupon_taken(taken.code, coupons.amount_off(taken)), ""]
    if wish.is_gift:
        said += [words.gift_plans(services.hours.settings.gift_days), ""]
    lines_of_plans = [
        words.plan_line(plan.name, price, plan.images, plan.videos, plan.tokens, currency)
        for plan, price in listed
    ]
    says = lines([*said, words.plans(lines_of_plans, services.keep_days)])
    off = _discounts(listed, wish, taken, currency)
    choices = tuple(
        (_plan_button(words, plan, price, currency, wish, off[plan.id]),) for plan, price in listed
    )
    ways = await _other_ways(services, words, wish, takes_coupons=not wish.coupon)
    return Reply(says, (*choices, *ways), private=True)


def _discounts(
    listed: list[tuple[Plan, int]], wish: Wish, coupon: Coupon | None, currency: str
) -> dict[str, int]:
    if coupon is None:
        return {plan.id: 0 for plan, _ in listed}
    off = {
        plan.id: discount(coupon, plan.id, price * wish.hours, currency) for plan, price in listed
    }
    if not any(off.values()):
        raise CouponRefusedError(coupon.code, "other_plan")
    return off


def _plan_button(
    words: English, plan: Plan, price: int, currency: str, wish: Wish, off: int
) -> Button:
    """The button that orders a plan, at what a coupon leaves of the price."""
    label = words.choose_plan(plan.name, price * wish.hours - off, currency)
    said = wish if off else replace(wish, coupon="")
    return Button(label, press=f"v1:plan:{said.spell(plan.id)}")


async def _other_ways(
    services: Services, words: English, wish: Wish, *, takes_coupons: bool
) -> tuple[tuple[Button, ...], ...]:
    ways = []
    async with services.database.read() as tx:
        if takes_coupons and await coupon_rows.is_any_live(tx, services.clock()):
            ways.append(Button(words.have_coupon, press=f"v1:coupon:{wish.spell()}"))
    if not wish.is_gift:
        ways.append(Button(words.as_gift, press=f"v1:gift:{wish.spell()}"))
    return tuple((way,) for way in ways)
