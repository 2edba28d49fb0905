"""Disputes: a payer asked their bank for the money back, and the bank decides.

Meanwhile the payment is not sent back (`billing.refunds`), and its buyer, who is told, waits. What
a lost dispute took is booked, and hours of the order that have not begun are taken back.
"""

import logging
from dataclasses import replace
from functools import partial

from billing import ledger
from billing.errors import GatewayError
from billing.gateway import Gateway
from billing.hours_settings import DAY_S
from billing.lifetimes import Lifetimes
from billing.offers import kind_of
from store import cards, orders, payments, users
from store import disputes as rows
from store.database import Database, Transaction
from store.disputes import Dispute
from store.orders import GatewayName
from store.payments import InboxState
from store.work import Work

log = logging.getLogger(__name__)
HEAR_DISPUTES = "hear_disputes"
TOLD = ("open", *rows.OVER)
"""The turns that the buyer reads of in a message of its own."""


class DisputeSweep:
    """Asks a gateway for its disputes once a day: an event of one may have been lost."""

    def __init__(
        self, name: GatewayName, database: Database, gateway: Gateway, work: Work, hours: Lifetimes
    ) -> None:
        self._kind = kind_of(HEAR_DISPUTES, name)
        self._database = database
        self._gateway = gateway
        self._work = work
        self._hours = hours
        self._begun: int | None = None

    async def begin_due(self) -> None:
        """Queue the look, at the start and once a day."""
        today = self._hours.clock() // DAY_S
        if today != self._begun:
            self._begun = today
            key = f"{self._kind}:{self._hours.clock()}"
            await self._database.write(
                lambda tx: self._work.submit(tx, self._kind, str(today), key=key)
            )

    async def sweep(self, _day: str) -> None:
        """Hear of every dispute that stands otherwise than in the books; again changes nothing."""
        try:
            listed = await self._gateway.disputes()
        except GatewayError as error:
            log.warning("cannot ask for disputes: %s: %s", type(error).__name__, error)
            return
        for seen in listed:
            await self._database.write(partial(self._compare, seen))

    async def _compare(self, seen: Dispute, tx: Transaction) -> None:
        known = await rows.find(tx, seen.id)
        now = replace(seen, updated_at=known.updated_at if known else self._hours.clock())
        if known is None or (known != now and known.status not in rows.OVER):
            await heard(tx, self._hours, self._work, replace(now, updated_at=self._hours.clock()))


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
