"""A coupon in a customer's hand: asked for by a form, its prices shown before anybody pays."""

from billing.coupons import Coupon, CouponClaim, check
from chat.model import ButtonPress, Form, Incoming, Reply
from handlers.codes import decide_on_code
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.numbers import rupees
from store.database import Transaction

VERB = "coupon"
TYPED_MAX = 40
"""Characters that somebody may type, spaces and dashes among them."""


async def ask(_services: Services, press: ButtonPress, terms: str) -> Reply:
    """Ask for a code; the answer shows the plans at their prices with it."""
    words = texts(press.user.language)
    form = Form(f"v1:{VERB}:{terms}", words.have_coupon, words.coupon_code, "", TYPED_MAX)
    return Reply(words.coupon_ask(), form=form)


async def look_up(services: Services, incoming: Incoming, typed: str) -> Coupon:
    """The coupon that this person typed and can use.

    Raises:
        UnknownCouponError: There is none of this code.
        CouponRefusedError: Its time is over, or its uses are had.
    """
    now = services.clock()

    async def decide(tx: Transaction) -> Coupon:
        user = await speaker(tx, incoming, now)
        return await check(tx, claimed(incoming, typed), user.id, now)

    return await decide_on_code(services, incoming, decide)


def claimed(incoming: Incoming, typed: str) -> CouponClaim:
    """A coupon in the words of who entered it."""
    return CouponClaim(typed, incoming.user.tag)


def amount_off(coupon: Coupon) -> str:
    """What a coupon is worth, the same in every language: `20%`, `₹50`."""
    return f"{coupon.percent}%" if coupon.percent else rupees(coupon.paise_off or 0)
