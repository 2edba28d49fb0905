"""Rows of what was paid and given back, and of every webhook as it came."""

from dataclasses import asdict, dataclass, fields
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import payments, refunds, webhook_inbox

Decision = Literal["none", "fulfilled", "suspense"]
PaymentStatus = Literal["created", "failed", "authorized", "captured", "refunded"]
RefundStatus = Literal["requested", "pending", "processed", "failed"]
InboxState = Literal["new", "done", "ignored", "orphan", "poison"]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it was last seen, and what was decided about it."""

    id: str
    gateway: str
    attempt_id: str | None
    order_id: str | None
    amount_paise: int
    refunded_paise: int
    currency: str
    status: PaymentStatus
    method: str | None
    fee_paise: int | None
    tax_paise: int | None
    seen_via: str
    decision: Decision
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to be sent back; its id is the key under which the gateway does it once."""

    id: str
    payment_id: str
    amount_paise: int
    reason: str
    status: RefundStatus
    created_at: int
    updated_at: int
    gateway_refund_id: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that was kept."""

    id: int
    gateway: str
    event_id: str
    raw: bytes
    state: InboxState


_payment = [payments.c[field.name] for field in fields(Payment)]
_refund = [refunds.c[field.name] for field in fields(Refund)]
_LAST_SEEN = (
    "refunded_paise", "status", "method", "fee_paise", "tax_paise", "decision", "updated_at",
)  # fmt: skip


async def put(tx: Transaction, payment: Payment) -> None:
    """Add a payment or bring it up to date; whose it is and what it amounts to never change."""
    values = asdict(payment)
    await tx.execute(
        insert(payments)
        .values(values)
        .on_conflict_do_update(["id"], set_={name: values[name] for name in _LAST_SEEN})
    )


async def decide(tx: Transaction, payment_id: str, decision: Decision) -> None:
    """Say what a payment's money is for."""
    await tx.execute(
        sa.update(payments).where(payments.c.id == payment_id).values(decision=decision)
    )


async def get(tx: Transaction, payment_id: str) -> Payment | None:
    """Read a payment."""
    found = await tx.execute(sa.select(*_payment).where(payments.c.id == payment_id))
    row = found.one_or_none()
    return Payment(*row) if row else None


async def of_order(tx: Transaction, order_id: str) -> list[Payment]:
    """All payments seen for an order."""
    found = await tx.execute(
        sa.select(*_payment)
        .where(payments.c.order_id == order_id)
        .order_by(payments.c.created_at, payments.c.id)
    )
    return [Payment(*row) for row in found]


async def fulfilling(tx: Transaction, order_id: str) -> Payment | None:
    """The payment that an order's hours were given for."""
    found = await tx.execute(
        sa.select(*_payment).where(
            payments.c.order_id == order_id, payments.c.decision == "fulfilled"
        )
    )
    row = found.one_or_none()
    return Payment(*row) if row else None


async def in_suspense(tx: Transaction) -> list[Payment]:
    """The payments that wait for a person's decision."""
    found = await tx.execute(
        sa.select(*_payment)
        .where(
            payments.c.decision == "suspense",
            payments.c.refunded_paise < payments.c.amount_paise,
        )
        .order_by(payments.c.created_at, payments.c.id)
    )
    return [Payment(*row) for row in found]


async def add_refund(tx: Transaction, refund: Refund) -> bool:
    """Add a refund; False when there is one of this payment for this reason."""
    added = await tx.execute(
        insert(refunds)
        .values(asdict(refund))
        .on_conflict_do_nothing(index_elements=["payment_id", "reason"])
    )
    return bool(added.rowcount)


async def get_refund(tx: Transaction, refund_id: str) -> Refund:
    """Read a refund."""
    return Refund(*(await tx.execute(sa.select(*_refund).where(refunds.c.id == refund_id))).one())


async def refunds_of(tx: Transaction, payment_id: str) -> list[Refund]:
    """The refunds of a payment."""
    found = await tx.execute(
        sa.select(*_refund).where(refunds.c.payment_id == payment_id).order_by(refunds.c.created_at)
    )
    return [Refund(*row) for row in found]


async def failed_refunds(tx: Transaction) -> list[Refund]:
    """The refunds that never came to their end."""
    found = await tx.execute(
        sa.select(*_refund).where(refunds.c.status == "failed").order_by(refunds.c.created_at)
    )
    return [Refund(*row) for row in found]


async def set_refund(
    tx: Transaction, refund_id: str, status: RefundStatus, gateway_refund_id: str | None, now: int
) -> None:
    """Move a refund on."""
    await tx.execute(
        sa.update(refunds)
        .where(refunds.c.id == refund_id)
        .values(
            status=status,
            gateway_refund_id=sa.func.coalesce(gateway_refund_id, refunds.c.gateway_refund_id),
            updated_at=now,
        )
    )


async def keep_webhook(
    tx: Transaction, gateway: str, event_id: str, sha256: str, raw: bytes, now: int
) -> int | None:
    """Keep a webhook as it came; None when this event was kept before."""
    kept = await tx.execute(
        insert(webhook_inbox)
        .values(gateway=gateway, event_id=event_id, sha256=sha256, raw=raw, received_at=now)
        .on_conflict_do_nothing(index_elements=["gateway", "event_id"])
        .returning(webhook_inbox.c.id)
    )
    row = kept.one_or_none()
    return row.id if row else None


async def webhook(tx: Transaction, inbox_id: int) -> Webhook:
    """Read a webhook."""
    columns = [webhook_inbox.c[field.name] for field in fields(Webhook)]
    return Webhook(
        *(await tx.execute(sa.select(*columns).where(webhook_inbox.c.id == inbox_id))).one()
    )


async def set_webhook(tx: Transaction, inbox_id: int, state: InboxState, note: str = "") -> None:
    """Say what became of a webhook."""
    await tx.execute(
        sa.update(webhook_inbox)
        .where(webhook_inbox.c.id == inbox_id)
        .values(state=state, note=note)
    )
