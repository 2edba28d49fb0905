"""Rows of receipts."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa

from store.database import Transaction
from store.tables import orders, payments, receipts


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was paid by whom to whom, as it was when the money came; it never changes."""

    series: str
    number: int
    order_id: str
    payment_id: str
    seller: dict[str, Any]
    buyer: str
    state: str
    """Where the buyer lives; empty where no tax is shown."""
    currency: str
    total: int
    taxable: int
    cgst: int
    sgst: int
    igst: int
    issued_at: int

    @property
    def serial(self) -> str:
        """The receipt's number as people write it, at most 16 characters."""
        return f"{self.series}/{self.number:06d}"


_columns = [receipts.c[field.name] for field in fields(Receipt)]


async def add(tx: Transaction, receipt: Receipt) -> None:
    """Keep a receipt; the database refuses a number that is not the next."""
    await tx.execute(sa.insert(receipts).values(asdict(receipt)))


async def next_number(tx: Transaction, series: str) -> int:
    """The number that the next receipt of a series has; the writer's turn is the lock."""
    found = await tx.execute(
        sa.select(sa.func.coalesce(sa.func.max(receipts.c.number), 0) + 1).where(
            receipts.c.series == series
        )
    )
    return int(found.scalar_one())


async def of_order(tx: Transaction, order_id: str) -> Receipt | None:
    """The receipt of an order."""
    found = await tx.execute(sa.select(*_columns).where(receipts.c.order_id == order_id))
    row = found.one_or_none()
    return Receipt(*row) if row else None


async def newest_paid(tx: Transaction, user_id: int) -> str | None:
    """The order that a user paid last."""
    found = await tx.execute(
        sa.select(orders.c.id)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(orders.c.user_id == user_id, payments.c.decision == "fulfilled")
        .order_by(orders.c.paid_at.desc(), orders.c.id.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()
