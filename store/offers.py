"""Rows of what somebody was told the price of: it waits for their word, however old the button."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import offers


@dataclass(frozen=True, slots=True)
class Offer:
    """What would become a job, and what it would cost; nothing is bound for it yet."""

    id: str
    user_id: int
    request: dict[str, Any]
    cost: int
    created_at: int


async def add(tx: Transaction, offer: Offer) -> None:
    """Keep an offer; the same id again changes nothing."""
    values = {field: getattr(offer, field) for field in Offer.__slots__}
    await tx.execute(insert(offers).values(values).on_conflict_do_nothing())


async def get(tx: Transaction, offer_id: str) -> Offer | None:
    """Read an offer, taken or not."""
    row = (await tx.execute(sa.select(offers).where(offers.c.id == offer_id))).one_or_none()
    return _offer(row) if row else None


async def settle(tx: Transaction, offer_id: str, now: int) -> bool:
    """Take note that it was taken or dropped; False when either happened before."""
    settled = await tx.execute(
        sa.update(offers)
        .where(offers.c.id == offer_id, offers.c.settled_at.is_(None))
        .values(settled_at=now)
    )
    return settled.rowcount == 1


async def open_since(tx: Transaction, before: int, most: int) -> list[Offer]:
    """The oldest offers from before a time that were neither taken nor dropped."""
    rows = await tx.execute(
        sa.select(offers)
        .where(offers.c.settled_at.is_(None), offers.c.created_at < before)
        .order_by(offers.c.created_at, offers.c.id)
        .limit(most)
    )
    return [_offer(row) for row in rows]


async def forget(tx: Transaction, offer_id: str) -> bool:
    """Delete an offer, unless it was taken or dropped meanwhile; then False."""
    gone = await tx.execute(
        sa.delete(offers).where(offers.c.id == offer_id, offers.c.settled_at.is_(None))
    )
    return gone.rowcount == 1


def _offer(row: sa.Row[Any]) -> Offer:
    return Offer(**{field: getattr(row, field) for field in Offer.__slots__})
