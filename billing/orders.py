"""Orders: what a user was offered, from the tap on a plan to the hours in hand."""

from collections.abc import Callable
from dataclasses import dataclass

from billing.errors import TooManyOrdersError, UnknownOrderError
from billing.hours import Hours
from billing.plans import Plans
from store import cards, users
from store import orders as rows
from store.database import Transaction
from store.ids import new_id
from store.orders import Attempt, GatewayName, Order
from store.work import Work

__all__ = ["Attempt", "OpenedOrder", "Order", "OrderState", "Orders"]

OPEN_LINK = "open_link"
CLOSE_LINK = "close_link"
CHECK_PAYMENT = "check_payment"

LINK_S = 20 * 60
"""How long a user may take to pay."""
SAFETY_NET_S = 60
"""A link that was not opened by then is asked for again, whatever happened to the first try."""
HOUR_S = 3600
HOURLY_MAX = 20
REUSE_S = 10 * 60
"""A link with this much time left is shown again instead of a new one."""


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """An order that can be paid, and whether it was made just now."""

    order: Order
    attempt: Attempt
    is_new: bool


@dataclass(frozen=True, slots=True)
class OrderState:
    """What a card shows; `attempt` holds the link. A granted order has none."""

    order: Order
    attempt: Attempt | None


class Orders:
    """Opens, cancels and grants orders; what is paid on them is settled in `billing.payments`."""

    def __init__(
        self,
        plans: Plans,
        hours: Hours,
        work: Work,
        clock: Callable[[], int],
        hourly_max: int = HOURLY_MAX,
    ) -> None:
        self._hourly_max = hourly_max
        self._plans = plans
        self._hours = hours
        self._work = work
        self._clock = clock

    async def open(
        self, tx: Transaction, user_id: int, plan_id: str, hours: int, gateway: GatewayName
    ) -> OpenedOrder:
        """Offer hours of a plan, or the offer that is already open.

        A user has at most one open order of a plan; one for another number of hours, or about to
        expire, is cancelled.

        Raises:
            UnknownPlanError: The plan is not on sale.
            TooManyOrdersError: This user opened too many within an hour.
        """
        plan = self._plans.get(plan_id)
        now = self._clock()
        known = await rows.open_of(tx, user_id, plan_id)
        if known:
            attempt = await rows.attempt_of(tx, known.id)
            same = (known.hours, known.gateway) == (hours, gateway)
            if attempt and same and attempt.expires_at - now >= REUSE_S:
                return OpenedOrder(known, attempt, is_new=False)
            await self.cancel(tx, known.id, user_id)
        await self._check_pace(tx, user_id, now)
        order = Order(
            id=new_id("ord", now),
            user_id=user_id,
            plan_id=plan_id,
            hours=hours,
            amount_paise=plan.price_paise * hours,
            currency="INR",
            gateway=gateway,
            status="opening",
            created_at=now,
        )
        await rows.add(tx, order)
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
        await self._work.submit(tx, OPEN_LINK, attempt.id)
        return OpenedOrder(order, attempt, is_new=True)

    async def _check_pace(self, tx: Transaction, user_id: int, now: int) -> None:
        opened = await rows.opened_since(tx, user_id, now - HOUR_S, self._hourly_max)
        if len(opened) == self._hourly_max:
            raise TooManyOrdersError(opened[-1] + HOUR_S - now)

    async def get(self, tx: Transaction, order_id: str) -> OrderState:
        """What became of an order.

        Raises:
            UnknownOrderError: There is none of this id.
        """
        order = await rows.get(tx, order_id)
        if order is None:
            raise UnknownOrderError(order_id)
        return OrderState(order, await rows.attempt_of(tx, order_id))

    async def own(self, tx: Transaction, order_id: str, user_id: int) -> OrderState:
        """What became of a user's order.

        Raises:
            UnknownOrderError: It is not theirs.
        """
        state = await self.get(tx, order_id)
        if state.order.user_id != user_id:
            raise UnknownOrderError(order_id)
        return state

    async def of_user(self, tx: Transaction, user_id: int, limit: int = 10) -> list[Order]:
        """A user's newest orders."""
        return await rows.of_user(tx, user_id, limit)

    async def cancel(self, tx: Transaction, order_id: str, user_id: int) -> OrderState:
        """Take an order back and have its link closed.

        The gateway has the last word: if it was paid meanwhile, the order becomes paid after all.
        An order that is not open stays as it is.

        Raises:
            UnknownOrderError: It is not this user's.
        """
        state = await self.own(tx, order_id, user_id)
        if state.order.status in rows.OPEN:
            await rows.set_status(tx, order_id, "cancelled")
            if state.attempt:
                await self._work.submit(tx, CLOSE_LINK, state.attempt.id)
            await cards.touch(tx, self._work, "order", order_id)
        return await self.get(tx, order_id)

    async def check_now(self, tx: Transaction, order_id: str, user_id: int) -> OrderState:
        """Ask the gateway at once, because the user says that they paid.

        Raises:
            UnknownOrderError: It is not this user's.
        """
        state = await self.own(tx, order_id, user_id)
        if state.attempt and state.attempt.link_id and state.order.status != "paid":
            key = f"{CHECK_PAYMENT}:{state.attempt.id}:asked:{self._clock()}"
            await self._work.submit(tx, CHECK_PAYMENT, state.attempt.id, key=key)
        return state

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
