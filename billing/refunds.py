"""Money sent back: decided here once, done by the gateway once, whatever breaks between.

The books follow what the gateway shows of the payment, so a refund made in its dashboard counts
just as well as one that was asked for here.
"""

import logging
from collections.abc import Callable

from billing.errors import GatewayError, NotRefundableError, RejectedError
from billing.gateway import Gateway
from billing.orders import CHECK_PAYMENT
from store import payments as rows
from store import users
from store.database import Database, Transaction
from store.ids import new_id
from store.payments import Refund
from store.work import Work

log = logging.getLogger(__name__)

SEND_REFUND = "send_refund"
TRY_AGAIN_S = 60
LOOK_AGAIN_S = 3600
"""Banks take days; this is only how soon we notice."""


class Refunds:
    """Sends payments back; each at most once for one reason, and never more than was paid."""

    def __init__(
        self, database: Database, gateway: Gateway, work: Work, clock: Callable[[], int]
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._work = work
        self._clock = clock

    async def request(
        self,
        tx: Transaction,
        payment_id: str,
        reason: str,
        actor: str,
        amount_paise: int | None = None,
    ) -> Refund:
        """Decide to send a payment back, or a part of it; again for one reason changes nothing.

        Raises:
            NotRefundableError: There is no such money, or a bank is already taking it back.
        """
        asked = await rows.refunds_of(tx, payment_id)
        if known := next((refund for refund in asked if refund.reason == reason), None):
            return known
        left = await self.left(tx, payment_id)
        amount = left if amount_paise is None else amount_paise
        if not 0 < amount <= left:
            raise NotRefundableError(payment_id)
        now = self._clock()
        refund = Refund(
            id=new_id("rfd", now),
            payment_id=payment_id,
            amount_paise=amount,
            reason=reason,
            status="requested",
            created_at=now,
            updated_at=now,
        )
        await rows.add_refund(tx, refund)
        await users.audit(
            tx,
            now,
            actor,
            "refund",
            payment_id,
            refund=refund.id,
            amount=amount,
            reason=reason,
            before=left,
            after=left - amount,
        )
        await self._work.submit(tx, SEND_REFUND, refund.id)
        return refund

    async def left(self, tx: Transaction, payment_id: str) -> int:
        """How many paise of a payment can still be sent back."""
        payment = await rows.get(tx, payment_id)
        if payment is None or payment.status not in ("captured", "refunded"):
            return 0
        disputes = await rows.disputes_of(tx, payment_id)
        if any(dispute.status not in ("won", "closed") for dispute in disputes):
            return 0  # the bank takes the money back by itself; it must not go back twice
        asked = await rows.refunds_of(tx, payment_id)
        asked_for = sum(refund.amount_paise for refund in asked if refund.status == "requested")
        sent = sum(r.amount_paise for r in asked if r.status in ("pending", "processed"))
        return payment.amount_paise - asked_for - max(sent, payment.refunded_paise)

    async def send(self, refund_id: str) -> None:
        """Have the gateway do a refund; asked again under the same id, it tells how far it is."""
        async with self._database.read() as tx:
            refund = await rows.get_refund(tx, refund_id)
        if refund.status in ("processed", "failed"):
            return
        try:
            seen = await self._gateway.refund(refund.payment_id, refund.amount_paise, refund.id)
        except RejectedError as error:
            log.error("refund %s was rejected: %s", refund_id, error)  # noqa: TRY400 - no bug
            await self._database.write(
                lambda tx: rows.set_refund(tx, refund_id, "failed", None, self._clock())
            )
            return
        except GatewayError as error:
            log.warning("refund %s: %s: %s", refund_id, type(error).__name__, error)
            await self._database.write(lambda tx: self._again(tx, refund_id, TRY_AGAIN_S))
            return

        async def decide(tx: Transaction) -> None:
            now = self._clock()
            await rows.set_refund(tx, refund_id, seen.status, seen.id, now)
            if seen.status == "pending":
                await self._again(tx, refund_id, LOOK_AGAIN_S)
            payment = await rows.get(tx, refund.payment_id)
            if payment and payment.attempt_id:
                key = f"{CHECK_PAYMENT}:{payment.attempt_id}:{refund_id}:{now}"
                await self._work.submit(tx, CHECK_PAYMENT, payment.attempt_id, key=key)

        await self._database.write(decide)

    async def _again(self, tx: Transaction, refund_id: str, delay_s: int) -> None:
        key = f"{SEND_REFUND}:{refund_id}:{self._clock()}"
        await self._work.submit(tx, SEND_REFUND, refund_id, key=key, delay_s=delay_s)
