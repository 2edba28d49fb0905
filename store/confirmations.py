"""Rows of what an admin asked for and has still to confirm, however old the button."""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import confirmations

Action = Literal["grant", "refund", "honour", "coupon", "stop_coupon"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An action that waits for its admin's word; once done or dropped, it stays so."""

    id: str
    admin: str
    """Who asked, and alone may confirm: `telegram:123`."""
    action: Action
    subject: str
    detail: dict[str, Any]
    asked_at: int


async def add(tx: Transaction, asked: Confirmation) -> None:
    """Keep what is to be confirmed; the same id again changes nothing."""
    values = {field: getattr(asked, field) for field in Confirmation.__slots__}
    await tx.execute(insert(confirmations).values(values).on_conflict_do_nothing())


async def get(tx: Transaction, confirmation_id: str) -> Confirmation | None:
    """Read what is to be confirmed, or was."""
    found = await tx.execute(sa.select(confirmations).where(confirmations.c.id == confirmation_id))
    row = found.one_or_none()
    return Confirmation(**{f: getattr(row, f) for f in Confirmation.__slots__}) if row else None


async def settle(tx: Transaction, confirmation_id: str, now: int) -> bool:
    """Take note of the admin's word; False when it was given before."""
    settled = await tx.execute(
        sa.update(confirmations)
        .where(confirmations.c.id == confirmation_id, confirmations.c.settled_at.is_(None))
        .values(settled_at=now)
    )
    return settled.rowcount == 1
