"""Coupons: what is taken off an order's price, how often, and by whom.

A use is bound to an order in the transaction that opens it, and counts as long as that order can be
paid or was: nothing has to be given back when an order expires. The price that a person was shown
holds, also for money that comes late, even if somebody else has had the last use meanwhile.
"""

import re
from dataclasses import dataclass

from billing.errors import CouponRefusedError, UnknownCouponError
from store import coupons as rows
from store.coupons import Coupon, CouponUse
from store.database import Transaction
from store.orders import Order

__all__ = ["Coupon", "CouponClaim", "Discount", "bind", "check", "discount", "is_same", "spelt"]

PAYABLE = {"INR": 100, "XTR": 1}
"""What a coupon leaves to be paid at the least: gateways take no less than a rupee, or a Star."""
CODE_MAX = 20
"""Characters; with it a button still has room for a plan, hours and a State."""
CODE = re.compile(f"[A-Z0-9]{{3,{CODE_MAX}}}")


@dataclass(frozen=True, slots=True)
class CouponClaim:
    """A coupon as it was entered, and by which account: `telegram:123`."""

    code: str
    account: str


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off one order."""

    code: str
    account: str
    paise: int


def spelt(typed: str) -> str:
    """A code as it is kept, however it was typed: `diwali-26` is DIWALI26."""
    return re.sub("[^A-Z0-9]", "", typed.upper())


def discount(coupon: Coupon, plan_id: str, price: int, currency: str = "INR") -> int:
    """How much comes off a price, in its currency; 0 where the coupon is for other plans.

    A percentage is rounded down, so that what is left to pay is rounded up. A coupon of rupees
    takes nothing off Stars.
    """
    if (coupon.plans and plan_id not in coupon.plans) or not fits(coupon, currency):
        return 0
    off = price * coupon.percent // 100 if coupon.percent else coupon.paise_off or 0
    return max(0, min(off, price - PAYABLE[currency]))


def fits(coupon: Coupon, currency: str) -> bool:
    """Whether a coupon makes prices in this currency cheaper."""
    return currency == "INR" or coupon.percent is not None


async def check(tx: Transaction, claim: CouponClaim, user_id: int, now: int) -> Coupon:
    """The coupon, if this person can use it now; their own unpaid orders do not stand in the way.

    Raises:
        UnknownCouponError: There is none of this code.
        CouponRefusedError: Its time is over, or its uses are had.
    """
    code = spelt(claim.code)
    coupon = await rows.get(tx, code)
    if coupon is None:
        raise UnknownCouponError(claim.code)
    if coupon.stopped_at is not None or (coupon.ends_at is not None and coupon.ends_at <= now):
        raise CouponRefusedError(code, "over")
    if await rows.uses_by(tx, code, user_id, claim.account) >= coupon.uses_each:
        raise CouponRefusedError(code, "had")
    if coupon.uses_max is not None and await rows.uses(tx, code, user_id) >= coupon.uses_max:
        raise CouponRefusedError(code, "used_up")
    return coupon


async def bind(tx: Transaction, order: Order, taken: Discount) -> None:
    """Bind a use to an order that was made cheaper by it."""
    use = CouponUse(
        order.id, taken.code, order.user_id, taken.account, taken.paise, order.created_at
    )
    await rows.use(tx, use)


async def is_same(tx: Transaction, order_id: str, claim: CouponClaim | None) -> bool:
    """Whether an order has this coupon; who names none takes an order as it is."""
    if claim is None:
        return True
    use = await rows.use_of(tx, order_id)
    return use is not None and use.code == spelt(claim.code)
