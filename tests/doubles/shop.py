"""A user at the counter, and everything behind it."""

import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from billing.gateway import Gateway
from billing.hours import Hours
from billing.ledger import CLEARING, SUSPENSE, balances
from billing.orders import OpenedOrder, Orders, OrderState
from billing.payments import Payments
from store import hours as hour_rows
from store.database import Database
from tests.doubles.clock import FakeClock
from tests.doubles.work import RecordingWork

G = TypeVar("G", bound=Gateway)


@dataclass
class Shop(Generic[G]):
    database: Database
    orders: Orders
    hours: Hours
    payments: Payments
    gateway: G
    work: RecordingWork
    clock: FakeClock
    user: int

    async def order(self, plan: str = "flash", hours: int = 1) -> OpenedOrder:
        return await self.database.write(
            lambda tx: self.orders.open(tx, self.user, plan, hours, "razorpay")
        )

    async def opened(self, plan: str = "flash", hours: int = 1) -> OpenedOrder:
        opened = await self.order(plan, hours)
        await self.work.run()
        return opened

    async def state(self, opened: OpenedOrder) -> OrderState:
        return await self.database.write(lambda tx: self.orders.get(tx, opened.order.id))

    async def status(self, opened: OpenedOrder) -> str:
        return (await self.state(opened)).order.status

    async def hours_of(self, opened: OpenedOrder) -> int:
        async with self.database.read() as tx:
            return len(await hour_rows.of_order(tx, opened.order.id))

    async def cancel(self, opened: OpenedOrder) -> None:
        await self.database.write(lambda tx: self.orders.cancel(tx, opened.order.id, self.user))

    async def poll_after(self, seconds: int) -> None:
        self.clock.pass_(seconds)
        await self.payments.poll_due()
        await self.work.run()

    async def books(self) -> dict[str, int]:
        async with self.database.read() as tx:
            held = await balances(tx, CLEARING, SUSPENSE)
        return {account: balance.posted for account, balance in held.items()}

    async def webhook(self, event: dict[str, object], event_id: str) -> str:
        headers = {"X-Razorpay-Signature": "good", "X-Razorpay-Event-Id": event_id}
        return await self.payments.receive(json.dumps(event).encode(), headers)
