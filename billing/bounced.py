"""Refunds that a bank did not take: the money is with us again, and the books must say so.

The gateway counts a refund as gone when it is begun, and takes it out again when it fails. Answers
overtake each other, so a payment's figure that falls is believed only when a failed refund explains
it; the next look puts right what an old answer got wrong.
"""

from dataclasses import replace

from billing import ledger
from billing.gateway import ObservedPayment
from billing.ledger import BOOKS, CURRENCIES
from store import payments as rows
from store.database import Transaction
from store.payments import Payment


async def bring_back(tx: Transaction, known: Payment, seen: ObservedPayment, now: int) -> Payment:
    """A payment as it is known, after the refunds that came back were taken out of it."""
    fallen = known.refunded_paise - seen.refunded_paise
    if fallen <= 0:
        return known
    failed = [
        refund.amount_paise
        for refund in await rows.refunds_of(tx, known.id)
        if refund.status == "failed" and refund.gateway_refund_id
    ]
    back = next((paise for paise in sorted(failed, reverse=True) if paise <= fallen), 0)
    if not back:
        return known
    books = BOOKS[CURRENCIES[known.gateway]]
    source = books.suspense if known.decision == "suspense" else books.refunded
    key = f"{_key(known.id)}:{await times(tx, known.id)}"
    if known.currency == CURRENCIES[known.gateway]:
        await ledger.move(tx, books.clearing, source, back, key=key, now=now)
    left = known.refunded_paise - back
    status = "captured" if known.status == "refunded" else known.status
    brought = replace(known, refunded_paise=left, status=status, updated_at=now)
    await rows.put(tx, brought)
    return brought


async def times(tx: Transaction, payment_id: str) -> int:
    """How often money of a payment came back from a refund."""
    return await ledger.times(tx, _key(payment_id))


def _key(payment_id: str) -> str:
    return f"bounced:{payment_id}"
