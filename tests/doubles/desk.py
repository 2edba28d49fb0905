"""A user with hours, and the few things they do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from billing.hours import Hour, Hours, Reservation, Unit, Wallet
from billing.orders import Orders
from store.database import Database, Transaction

T = TypeVar("T")


@dataclass
class Desk:
    database: Database
    orders: Orders
    hours: Hours
    user: int

    async def do(self, decision: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self.database.write(decision)

    async def buy(self, plan: str, hours: int = 1) -> str:
        order = await self.do(
            lambda tx: self.orders.grant(tx, self.user, plan, hours, "admin", "test")
        )
        return order.id

    async def reserve(self, amount: int = 1, key: str = "job", unit: Unit = "image") -> Reservation:
        return await self.do(lambda tx: self.hours.reserve(tx, self.user, unit, amount, key))

    async def post(self, key: str, amount: int | None = None) -> bool:
        return await self.do(lambda tx: self.hours.post(tx, key, amount))

    async def void(self, key: str) -> bool:
        return await self.do(lambda tx: self.hours.void(tx, key))

    async def wallet(self) -> Wallet:
        return await self.do(lambda tx: self.hours.wallet(tx, self.user))

    async def left(self, unit: Unit = "image") -> int:
        return (await self.wallet()).usage[unit].left

    async def start(self, hour_id: str | None = None) -> Hour:
        return await self.do(lambda tx: self.hours.start(tx, self.user, hour_id))

    async def lengthen(self, hour: Hour, waited: int) -> int:
        return await self.do(lambda tx: self.hours.lengthen(tx, hour.id, waited))
