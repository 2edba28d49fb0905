"""More credits for the hour that runs: ordered and paid like an hour, and there at once.

Credits that are paid when their hour is over can be used as long as any that came back after it.
A refund of the whole price takes back those that are unspent (`billing.topping.take_back`).
"""

from collections.abc import Callable

from billing.errors import NoHourError, NotToppedUpError
from billing.hours import Hours
from billing.lifetimes import running_of
from billing.offers import RAZORPAY
from billing.orders import OpenedOrder, Orders
from store import orders as order_rows
from store import topups as rows
from store.database import Transaction
from store.hours import Hour
from store.ids import new_id
from store.orders import Order
from store.topups import ToppedUnit, TopUp

__all__ = ["COUNT_MAX", "UNITS", "TopUp", "TopUps", "ToppedUnit"]

COUNT_MAX = 20
UNITS: tuple[ToppedUnit, ...] = ("image", "video")


class TopUps:
    """Opens orders of more credits."""

    def __init__(self, orders: Orders, hours: Hours, clock: Callable[[], int]) -> None:
        self._orders = orders
        self._hours = hours
        self._clock = clock

    @property
    def units(self) -> tuple[ToppedUnit, ...]:
        """What is sold by itself."""
        return tuple(unit for unit in UNITS if self._hours.settings.topup_price(unit))

    def price(self, unit: ToppedUnit, count: int) -> int:
        """What so many more credits cost, in paise.

        Raises:
            NotToppedUpError: They are not sold by themselves.
        """
        price = self._hours.settings.topup_price(unit)
        if not price:
            raise NotToppedUpError(unit)
        return price * count

    async def open(
        self, tx: Transaction, user_id: int, unit: ToppedUnit, count: int
    ) -> OpenedOrder:
        """Offer more credits for the hour that runs, or the offer that is already open.

        It takes the place of any other open order of the hour's plan.

        Raises:
            NoHourError: No hour runs.
            NotToppedUpError: They are not sold by themselves.
            TooManyOrdersError: This user opened too many within an hour.
        """
        hour = running_of(await self._hours.settle(tx, user_id))
        if hour is None:
            raise NoHourError
        price = self.price(unit, count)
        if known := await self._reusable(tx, hour, unit, count):
            return known
        now = self._clock()
        order = Order(
            id=new_id("ord", now),
            user_id=user_id,
            plan_id=hour.plan_id,
            hours=1,
            amount_paise=price,
            currency="INR",
            gateway=RAZORPAY,
            status="opening",
            created_at=now,
        )
        opened = await self._orders.launch(tx, order)
        await rows.add(tx, TopUp(order.id, hour.id, unit, count))
        return opened

    async def _reusable(
        self, tx: Transaction, hour: Hour, unit: ToppedUnit, count: int
    ) -> OpenedOrder | None:
        known = await order_rows.open_of(tx, hour.user_id, hour.plan_id)
        if known is None:
            return None
        same = await rows.of_order(tx, known.id) == TopUp(known.id, hour.id, unit, count)
        return await self._orders.reuse(tx, known, same=same)
