"""Rows of orders, and of the attempts to have them paid."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa

from store.database import Transaction
from store.tables import attempts, orders

GatewayName = Literal["razorpay", "stars", "grant"]
OrderStatus = Literal[
    "opening", "open", "paid", "expired", "cancelled", "rejected", "review", "refunded"
]
AttemptState = Literal["sending", "unknown", "open", "rejected", "paid", "cancelled", "expired"]

OPEN = ("opening", "open")


@dataclass(frozen=True, slots=True)
class Order:
    """What was offered to a user: so many hours of a plan at this price."""

    id: str
    user_id: int
    plan_id: str
    hours: int
    amount_paise: int
    currency: str
    gateway: GatewayName
    status: OrderStatus
    created_at: int
    paid_at: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to have an order paid; its id is the gateway's `reference_id`."""

    id: str
    order_id: str
    state: AttemptState
    amount_paise: int
    created_at: int
    expires_at: int
    link_id: str | None = None
    gateway_order_id: str | None = None
    url: str | None = None
    next_poll_at: int | None = None
    polls: int = 0


_order = [orders.c[field.name] for field in fields(Order)]
_attempt = [attempts.c[field.name] for field in fields(Attempt)]


async def add(tx: Transaction, order: Order) -> None:
    """Add an order."""
    values = {field.name: getattr(order, field.name) for field in fields(Order)}
    await tx.execute(sa.insert(orders).values(values))


async def get(tx: Transaction, order_id: str) -> Order | None:
    """Read an order."""
    row = (await tx.execute(sa.select(*_order).where(orders.c.id == order_id))).one_or_none()
    return Order(*row) if row else None


async def open_of(tx: Transaction, user_id: int, plan_id: str) -> Order | None:
    """The order of this plan that a user can still pay."""
    found = await tx.execute(
        sa.select(*_order).where(
            orders.c.user_id == user_id, orders.c.plan_id == plan_id, orders.c.status.in_(OPEN)
        )
    )
    row = found.one_or_none()
    return Order(*row) if row else None


async def of_user(tx: Transaction, user_id: int, limit: int) -> list[Order]:
    """A user's newest orders."""
    found = await tx.execute(
        sa.select(*_order)
        .where(orders.c.user_id == user_id)
        .order_by(orders.c.created_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    return [Order(*row) for row in found]


async def opened_since(tx: Transaction, user_id: int, since: int, limit: int) -> list[int]:
    """When a user's orders after a moment were made, newest first; gifts do not count."""
    found = await tx.execute(
        sa.select(orders.c.created_at)
        .where(
            orders.c.user_id == user_id, orders.c.created_at > since, orders.c.gateway != "grant"
        )
        .order_by(orders.c.created_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    return list(found.scalars())


async def newest(tx: Transaction, statuses: Collection[OrderStatus], limit: int) -> list[Order]:
    """The newest orders, whoever's they are."""
    found = await tx.execute(
        sa.select(*_order)
        .where(orders.c.status.in_(statuses))
        .order_by(orders.c.created_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    return [Order(*row) for row in found]


async def set_status(
    tx: Transaction, order_id: str, status: OrderStatus, paid_at: int | None = None
) -> None:
    """Move an order on; a time of payment, once known, is kept."""
    await tx.execute(
        sa.update(orders)
        .where(orders.c.id == order_id)
        .values(status=status, paid_at=sa.func.coalesce(paid_at, orders.c.paid_at))
    )


async def add_attempt(tx: Transaction, attempt: Attempt) -> None:
    """Add an attempt."""
    values = {field.name: getattr(attempt, field.name) for field in fields(Attempt)}
    await tx.execute(sa.insert(attempts).values(values))


async def attempt(tx: Transaction, attempt_id: str) -> Attempt | None:
    """Read an attempt."""
    row = (await tx.execute(sa.select(*_attempt).where(attempts.c.id == attempt_id))).one_or_none()
    return Attempt(*row) if row else None


async def attempt_of(tx: Transaction, order_id: str) -> Attempt | None:
    """The newest attempt of an order."""
    found = await tx.execute(
        sa.select(*_attempt)
        .where(attempts.c.order_id == order_id)
        .order_by(attempts.c.created_at.desc(), attempts.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return Attempt(*row) if row else None


async def attempts_known_as(
    tx: Transaction,
    *,
    link_ids: Collection[str],
    references: Collection[str],
    gateway_order_ids: Collection[str],
) -> list[Attempt]:
    """The attempts that any of the gateway's names for them belong to."""
    found = await tx.execute(
        sa.select(*_attempt).where(
            sa.or_(
                attempts.c.link_id.in_(link_ids),
                attempts.c.id.in_(references),
                attempts.c.gateway_order_id.in_(gateway_order_ids),
            )
        )
    )
    return [Attempt(*row) for row in found]


async def change_attempt(
    tx: Transaction,
    attempt_id: str,
    **values: Any,  # noqa: ANN401 - columns
) -> None:
    """Change an attempt's columns."""
    await tx.execute(sa.update(attempts).where(attempts.c.id == attempt_id).values(**values))


async def due(tx: Transaction, now: int, limit: int, gateway: GatewayName) -> list[Attempt]:
    """The attempts about which their gateway should be asked now."""
    found = await tx.execute(
        sa.select(*_attempt)
        .join(orders, orders.c.id == attempts.c.order_id)
        .where(attempts.c.next_poll_at <= now, orders.c.gateway == gateway)
        .order_by(attempts.c.next_poll_at)
        .limit(limit)
    )
    return [Attempt(*row) for row in found]
