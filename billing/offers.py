"""Orders as they stand: read, asked about and taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from billing.errors import UnknownOrderError
from billing.hours import Hours
from billing.plans import Plans
from store import cards
from store import orders as rows
from store.database import Transaction
from store.orders import Attempt, GatewayName, Order
from store.work import Work

OPEN_LINK = "open_link"
CLOSE_LINK = "close_link"
CHECK_PAYMENT = "check_payment"
RAZORPAY: GatewayName = "razorpay"
HOURLY_MAX = 20
"""Orders that one person may open within an hour."""


def kind_of(work: str, gateway: str) -> str:
    """The kind of work as one gateway's part of the shop declares it."""
    return work if gateway == RAZORPAY else f"{gateway}_{work}"


@dataclass(frozen=True, slots=True)
class OrderState:
    """What a card shows; `attempt` holds the link. A granted order has none."""

    order: Order
    attempt: Attempt | None


class Offers:
    """Every user's orders; how they are opened is in `billing.orders`."""

    def __init__(
        self,
        plans: Plans,
        hours: Hours,
        work: Work,
        clock: Callable[[], int],
        hourly_max: int = HOURLY_MAX,
        star_prices: Mapping[str, int] | None = None,
    ) -> None:
        self.star_prices = star_prices or {}
        """Whole Stars for an hour, by plan; a plan without is not sold for them."""
        self._hourly_max = hourly_max
        self._plans = plans
        self._hours = hours
        self._work = work
        self._clock = clock

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
                kind = kind_of(CLOSE_LINK, state.order.gateway)
                await self._work.submit(tx, kind, state.attempt.id)
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
            kind = kind_of(CHECK_PAYMENT, state.order.gateway)
            await self._work.submit(tx, kind, state.attempt.id, key=key)
        return state
