"""Rows of what the gateway paid out, and what is missing in them."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import payments, refunds, settled_days, settled_lines


@dataclass(frozen=True, slots=True)
class SettledLine:
    """A line of a settlement report that is about a payment of ours."""

    id: str
    kind: str
    payment_id: str
    settlement_id: str
    credit_paise: int
    debit_paise: int
    settled_at: int


async def add(tx: Transaction, line: SettledLine) -> None:
    """Keep a line; one that was read before stays as it was."""
    await tx.execute(insert(settled_lines).values(asdict(line)).on_conflict_do_nothing())


async def debited(tx: Transaction, payment_id: str, kind: str, *, but: str) -> int:
    """How much of a payment was taken out of settlements in this way, by other lines than one."""
    total = sa.select(sa.func.coalesce(sa.func.sum(settled_lines.c.debit_paise), 0))
    found = await tx.execute(
        total.where(
            settled_lines.c.payment_id == payment_id,
            settled_lines.c.kind == kind,
            settled_lines.c.id != but,
        )
    )
    return int(found.scalar_one())


async def read_day(tx: Transaction, day: str, now: int) -> None:
    """Remember that the report of a day was read to its end."""
    await tx.execute(
        insert(settled_days)
        .values(day=day, read_at=now)
        .on_conflict_do_update(["day"], set_={"read_at": now})
    )


async def days_read(tx: Transaction) -> list[str]:
    """The days whose reports were read, in their order."""
    found = await tx.execute(sa.select(settled_days.c.day).order_by(settled_days.c.day))
    return list(found.scalars())


async def payments_without(
    tx: Transaction, gateway: str, currency: str, since: int, until: int
) -> list[str]:
    """Payments taken between these moments that no report has named."""
    line = sa.select(settled_lines.c.id).where(settled_lines.c.id == payments.c.id)
    found = await tx.execute(
        sa.select(payments.c.id)
        .where(
            payments.c.gateway == gateway,
            payments.c.currency == currency,
            payments.c.status.in_(("captured", "refunded")),
            payments.c.created_at.between(since, until),
            ~line.exists(),
        )
        .order_by(payments.c.created_at, payments.c.id)
    )
    return list(found.scalars())


async def refunds_without(tx: Transaction, gateway: str, since: int, until: int) -> list[str]:
    """Refunds done between these moments that no report has named, by the gateway's ids."""
    line = sa.select(settled_lines.c.id).where(settled_lines.c.id == refunds.c.gateway_refund_id)
    found = await tx.execute(
        sa.select(refunds.c.gateway_refund_id)
        .join(payments, payments.c.id == refunds.c.payment_id)
        .where(
            payments.c.gateway == gateway,
            refunds.c.status == "processed",
            refunds.c.gateway_refund_id.is_not(None),
            refunds.c.updated_at.between(since, until),
            ~line.exists(),
        )
        .order_by(refunds.c.created_at, refunds.c.id)
    )
    return list(found.scalars())
