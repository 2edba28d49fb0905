"""Rows of what Telegram said was paid in Stars."""

from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import star_charges


@dataclass(frozen=True, slots=True)
class StarCharge:
    """A charge; its `payload` is the id of the attempt that it pays."""

    charge_id: str
    """Telegram's own id, which makes it count once."""
    payment_id: str
    payload: str
    payer: str
    """The payer's id on Telegram: only to them can it go back."""
    amount: int
    currency: str
    paid_at: int
    seen_at: int
    refunded_at: int | None = None


_columns = [star_charges.c[field.name] for field in fields(StarCharge)]


async def add(tx: Transaction, charge: StarCharge) -> bool:
    """Keep a charge; False when it was told before."""
    added = await tx.execute(
        insert(star_charges).values(asdict(charge)).on_conflict_do_nothing(["charge_id"])
    )
    return bool(added.rowcount)


async def of_payload(tx: Transaction, payload: str) -> list[StarCharge]:
    """The charges for one attempt, the first in front."""
    found = await tx.execute(
        sa.select(*_columns)
        .where(star_charges.c.payload == payload)
        .order_by(star_charges.c.paid_at, star_charges.c.charge_id)
    )
    return [StarCharge(*row) for row in found]


async def of_payment(tx: Transaction, payment_id: str) -> StarCharge | None:
    """The charge behind a payment."""
    found = await tx.execute(sa.select(*_columns).where(star_charges.c.payment_id == payment_id))
    row = found.one_or_none()
    return StarCharge(*row) if row else None


async def paid_since(tx: Transaction, begun: int) -> list[StarCharge]:
    """The charges since a moment, whatever they are for."""
    found = await tx.execute(sa.select(*_columns).where(star_charges.c.paid_at >= begun))
    return [StarCharge(*row) for row in found]


async def set_refunded(tx: Transaction, payment_id: str, now: int) -> None:
    """Remember that a charge went back; the first time is kept."""
    await tx.execute(
        sa.update(star_charges)
        .where(star_charges.c.payment_id == payment_id, star_charges.c.refunded_at.is_(None))
        .values(refunded_at=now)
    )
