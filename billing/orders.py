"""Orders: what a user was offered, from the tap on a plan to the hours in hand."""

from dataclasses import dataclass

from billing import coupons
from billing.coupons import CouponClaim, Discount
from billing.errors import CouponRefusedError, NotSoldForStarsError, TooManyOrdersError
from billing.gifts import new_reference
from billing.hours_settings import HOUR_S
from billing.ledger import CURRENCIES
from billing.offers import (
    CHECK_PAYMENT,
    CLOSE_LINK,
    HOURLY_MAX,
    OPEN_LINK,
    Offers,
    OrderState,
    kind_of,
)
from billing.plans import Plan
from store import coupons as coupon_rows
from store import gifts, topups, users
from store import orders as rows
from store.database import Transaction
from store.gifts import Gift
from store.ids import new_id
from store.orders import Attempt, GatewayName, Order

__all__ = [
    "CHECK_PAYMENT",
    "CLOSE_LINK",
    "HOURLY_MAX",
    "OPEN_LINK",
    "Attempt",
    "OpenedOrder",
    "Order",
    "OrderState",
    "Orders",
]

LINK_S = 20 * 60
"""How long a user may take to pay."""
SAFETY_NET_S = 60
"""A link that was not opened by then is asked for again, whatever happened to the first try."""
REUSE_S = 10 * 60
"""A link with this much time left is shown again instead of a new one."""


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """An order that can be paid, and whether it was made just now."""

    order: Order
    attempt: Attempt
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Terms:
    hours: int
    gateway: GatewayName
    claim: CouponClaim | None
    is_gift: bool


class Orders(Offers):
    """Opens and grants orders; what is paid on them is settled in `billing.payments`."""

    async def open(
        self,
        tx: Transaction,
        user_id: int,
        plan_id: str,
        hours: int,
        gateway: GatewayName,
        claim: CouponClaim | None = None,
        *,
        is_gift: bool = False,
    ) -> OpenedOrder:
        """Offer hours of a plan, or the offer that is already open.

        A user has at most one open order of a plan; one on other terms, or about to expire, is
        cancelled; so is one of any plan that binds the coupon.

        Raises:
            UnknownPlanError: The plan is not on sale.
            NotSoldForStarsError: It has no price in Stars.
            TooManyOrdersError: This user opened too many within an hour.
            UnknownCouponError: There is no such coupon.
            CouponRefusedError: It is over, had, or for other plans.
        """
        plan = self._plans.get(plan_id)
        now = self._clock()
        terms = _Terms(hours, gateway, claim, is_gift)
        if known := await self._reusable(tx, user_id, plan_id, terms):
            return known
        price = self.price(plan, gateway) * hours
        bound = await self._coupon(tx, terms, user_id, plan_id, price)
        order = Order(
            id=new_id("ord", now),
            user_id=user_id,
            plan_id=plan_id,
            hours=hours,
            amount_paise=price - bound.paise if bound else price,
            currency=CURRENCIES[gateway],
            gateway=gateway,
            status="opening",
            created_at=now,
        )
        opened = await self.launch(tx, order)
        if bound:
            await coupons.bind(tx, order, bound)
        if is_gift:
            await gifts.add(tx, Gift(order.id, new_reference(), now))
        return opened

    async def launch(self, tx: Transaction, order: Order) -> OpenedOrder:
        """Store a new order and have it made payable.

        Raises:
            TooManyOrdersError: This user opened too many within an hour.
        """
        await self._check_pace(tx, order.user_id, order.created_at)
        await rows.add(tx, order)
        return OpenedOrder(order, await self._attempt(tx, order), is_new=True)

    def price(self, plan: Plan, gateway: GatewayName) -> int:
        """What an hour costs, in the gateway's currency.

        Raises:
            NotSoldForStarsError: It has no price in Stars.
        """
        if gateway != "stars":
            return plan.price_paise
        if plan.id not in self.star_prices:
            raise NotSoldForStarsError(plan.id)
        return self.star_prices[plan.id]

    async def _attempt(self, tx: Transaction, order: Order) -> Attempt:
        """A new attempt to have an order paid; its link is asked for in the same commit."""
        now = self._clock()
        attempt = Attempt(
            id=new_id("att", now),
            order_id=order.id,
            state="sending",
            amount_paise=order.amount_paise,
            created_at=now,
            expires_at=now + LINK_S,
            next_poll_at=now + SAFETY_NET_S,
        )
        await rows.add_attempt(tx, attempt)
        await self._work.submit(tx, kind_of(OPEN_LINK, order.gateway), attempt.id)
        return attempt

    async def _reusable(
        self, tx: Transaction, user_id: int, plan_id: str, terms: _Terms
    ) -> OpenedOrder | None:
        """The open order of a plan, if it is on these terms; else it is cancelled."""
        known = await rows.open_of(tx, user_id, plan_id)
        if known is None:
            return None
        is_gift = await gifts.of_order(tx, known.id) is not None
        is_hours = await topups.of_order(tx, known.id) is None
        same = (known.hours, known.gateway, is_gift) == (terms.hours, terms.gateway, terms.is_gift)
        same = same and is_hours and await coupons.is_same(tx, known.id, terms.claim)
        return await self.reuse(tx, known, same=same)

    async def reuse(self, tx: Transaction, known: Order, *, same: bool) -> OpenedOrder | None:
        """Offer an open order again if it is the same and there is time to pay; else cancel it."""
        attempt = await rows.attempt_of(tx, known.id)
        if attempt and same and attempt.expires_at - self._clock() >= REUSE_S:
            return OpenedOrder(known, attempt, is_new=False)
        await self.cancel(tx, known.id, known.user_id)
        return None

    async def _coupon(
        self, tx: Transaction, terms: _Terms, user_id: int, plan_id: str, price: int
    ) -> Discount | None:
        """What a coupon takes off, free of what this user ordered with it and did not pay."""
        claim = terms.claim
        if claim is None:
            return None
        coupon = await coupons.check(tx, claim, user_id, self._clock())
        currency = CURRENCIES[terms.gateway]
        if not coupons.fits(coupon, currency):
            raise CouponRefusedError(coupon.code, "stars")
        off = coupons.discount(coupon, plan_id, price, currency)
        if not off:
            raise CouponRefusedError(coupon.code, "other_plan")
        for order_id in await coupon_rows.open_orders(tx, coupon.code, user_id):
            await self.cancel(tx, order_id, user_id)
        return Discount(coupon.code, claim.account, off)

    async def _check_pace(self, tx: Transaction, user_id: int, now: int) -> None:
        opened = await rows.opened_since(tx, user_id, now - HOUR_S, self._hourly_max)
        if len(opened) == self._hourly_max:
            raise TooManyOrdersError(opened[-1] + HOUR_S - now)

    async def grant(
        self, tx: Transaction, user_id: int, plan_id: str, hours: int, actor: str, reason: str
    ) -> Order:
        """Give hours for nothing.

        Raises:
            UnknownPlanError: The plan is not on sale.
        """
        plan = self._plans.get(plan_id)
        now = self._clock()
        order = Order(
            id=new_id("ord", now),
            user_id=user_id,
            plan_id=plan.id,
            hours=hours,
            amount_paise=0,
            currency="INR",
            gateway="grant",
            status="paid",
            created_at=now,
            paid_at=now,
        )
        before = len(await self._hours.settle(tx, user_id))
        await rows.add(tx, order)
        await self._hours.grant(tx, order)
        await users.audit(
            tx,
            now,
            actor,
            "grant",
            order.id,
            user=user_id,
            plan=plan.id,
            reason=reason,
            hours=hours,
            before=before,
            after=before + hours,
        )
        return order
