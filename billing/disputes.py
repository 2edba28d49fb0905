"""Disputes: a payer asked their bank for the money back, and the bank decides.

Meanwhile the payment is not sent back (`billing.refunds`), and its buyer, who is told, waits. What
a lost dispute took is booked, and hours of the order that have not begun are taken back.
"""

from billing import ledger
from billing.lifetimes import Lifetimes
from store import cards, orders, payments, users
from store import disputes as rows
from store.database import Transaction
from store.disputes import Dispute
from store.payments import InboxState
from store.work import Work

TOLD = ("open", *rows.OVER)
"""The turns that the buyer reads of in a message of its own."""


async def heard(tx: Transaction, hours: Lifetimes, work: Work, dispute: Dispute) -> InboxState:
    """Write down what an event tells of a dispute and tell the buyer of it, once for each turn.

    Again, or too late, it changes nothing.
    """
    payment = await payments.get(tx, dispute.payment_id)
    if payment is None:
        return "orphan"
    if not await rows.put(tx, dispute):
        return "done"
    now = hours.clock()
    await users.audit(tx, now, "billing", "dispute", dispute.payment_id, status=dispute.status)
    if dispute.status == "lost":
        await _lose(tx, hours, dispute, payment.order_id, now)
    if payment.order_id:
        await cards.touch(tx, work, "order", payment.order_id)
        if dispute.status in TOLD:
            card_id = f"crd_{dispute.id}_{dispute.status}"
            await cards.announce(tx, work, "order", payment.order_id, card_id, now)
    return "done"


async def _lose(
    tx: Transaction, hours: Lifetimes, dispute: Dispute, order_id: str | None, now: int
) -> None:
    if dispute.deducted_paise:
        await ledger.move(
            tx,
            ledger.CHARGEBACKS,
            ledger.CLEARING,
            dispute.deducted_paise,
            key=f"lost:{dispute.id}",
            now=now,
        )
    order = await orders.get(tx, order_id) if order_id else None
    if order:
        await hours.revoke(tx, order)
