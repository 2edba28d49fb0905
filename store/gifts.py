"""Rows of orders that are for somebody else."""

from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa

from store.database import Transaction
from store.orders import Order
from store.tables import gifts, orders


@dataclass(frozen=True, slots=True)
class Gift:
    """An order whose hours belong to whoever enters its code first."""

    order_id: str
    reference: str
    """The part of the code by which it is found."""
    created_at: int
    expires_at: int | None = None
    """When it comes back to its giver; unknown until it is paid."""
    claimed_by: int | None = None
    claimed_at: int | None = None
    account: str | None = None
    """The account that claimed it; empty when it came back to its giver by itself."""


_gift = [gifts.c[field.name] for field in fields(Gift)]


async def add(tx: Transaction, gift: Gift) -> None:
    """Make an order a gift."""
    await tx.execute(sa.insert(gifts).values(asdict(gift)))


async def of_order(tx: Transaction, order_id: str) -> Gift | None:
    """The gift that an order is."""
    return await _one(tx, gifts.c.order_id == order_id)


async def find(tx: Transaction, reference: str) -> Gift | None:
    """The gift of this reference."""
    return await _one(tx, gifts.c.reference == reference)


async def owner_of(tx: Transaction, order: Order) -> int | None:
    """Whose the hours of an order are; None while they wait to be claimed."""
    gift = await of_order(tx, order.id)
    return gift.claimed_by if gift else order.user_id


async def set_expiry(tx: Transaction, order_id: str, expires_at: int) -> None:
    """Say how long a gift can be claimed; the first word counts."""
    await tx.execute(
        sa.update(gifts)
        .where(gifts.c.order_id == order_id, gifts.c.expires_at.is_(None))
        .values(expires_at=expires_at)
    )


async def claim(tx: Transaction, order_id: str, user_id: int, account: str, now: int) -> bool:
    """Give a gift to somebody; False when it was claimed before."""
    claimed = await tx.execute(
        sa.update(gifts)
        .where(gifts.c.order_id == order_id, gifts.c.claimed_at.is_(None))
        .values(claimed_by=user_id, claimed_at=now, account=account)
    )
    return bool(claimed.rowcount)


async def waiting_of(tx: Transaction, user_id: int, limit: int) -> list[Gift]:
    """What a user paid for others and nobody has claimed, the newest first."""
    return await _paid(tx, orders.c.user_id == user_id, limit=limit)


async def expired(tx: Transaction, now: int, limit: int) -> list[Gift]:
    """What nobody has claimed in time."""
    return await _paid(tx, gifts.c.expires_at <= now, limit=limit)


async def _paid(tx: Transaction, which: sa.ColumnElement[bool], *, limit: int) -> list[Gift]:
    found = await tx.execute(
        sa.select(*_gift)
        .join(orders, orders.c.id == gifts.c.order_id)
        .where(which, gifts.c.claimed_at.is_(None), orders.c.status == "paid")
        .order_by(gifts.c.created_at.desc(), gifts.c.order_id)
        .limit(limit)
    )
    return [Gift(*row) for row in found]


async def _one(tx: Transaction, which: sa.ColumnElement[bool]) -> Gift | None:
    row = (await tx.execute(sa.select(*_gift).where(which))).one_or_none()
    return Gift(*row) if row else None
