"""Money sent back: decided here once, done by the gateway once, whatever breaks between.

The books follow what the gateway shows of the payment, so a refund made in its dashboard counts
just as well as one that was asked for here. A refund is followed until a bank has taken it or not,
and its order's person is told at each turn.
"""

import logging
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, Field

from billing.errors import GatewayError, NotRefundableError, RejectedError
from billing.gateway import Gateway, ObservedRefund
from billing.offers import CHECK_PAYMENT, RAZORPAY, kind_of
from billing.reducer import Reason
from store import cards, disputes, users
from store import payments as rows
from store.database import Database, Transaction
from store.ids import new_id
from store.payments import Payment, Refund
from store.work import Work

log = logging.getLogger(__name__)

SEND_REFUND = "send_refund"
TRY_AGAIN_S = 60
LOOK_AGAIN_S = 3600
"""Banks take days; this is only how soon we notice."""
OVER = ("processed", "failed")


class RefundSettings(BaseModel):
    """The `[refunds]` table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automatic: tuple[Reason, ...] = ("paid_twice", "late")
    """Why money that fits nothing is sent back at once; for other reasons it waits for an admin."""
    standstill_h: int = Field(default=24, ge=0)
    """Hours without a picture after which what could not be used goes back; 0: only if asked."""


class Refunds:
    """Sends payments back; each at most once for one reason, and never more than was paid."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        work: Work,
        clock: Callable[[], int],
        name: str = RAZORPAY,
        failed: Callable[[Transaction, str], Awaitable[None]] | None = None,
    ) -> None:
        """Args: `failed` is told, by its id, of a refund that no bank takes, in its transaction."""
        self._failed = failed
        self._send_refund = kind_of(SEND_REFUND, name)
        self._check_payment = kind_of(CHECK_PAYMENT, name)
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
        await self._work.submit(tx, self._send_refund, refund.id)
        await self._tell(tx, refund, "requested")
        return refund

    async def left(self, tx: Transaction, payment_id: str) -> int:
        """How many paise of a payment can still be sent back."""
        payment = await rows.get(tx, payment_id)
        if payment is None or payment.status not in ("captured", "refunded"):
            return 0
        disputed = await disputes.of_payment(tx, payment_id)
        if any(dispute.status not in ("won", "closed") for dispute in disputed):
            return 0  # the bank takes the money back by itself; it must not go back twice
        asked = await rows.refunds_of(tx, payment_id)
        asked_for = sum(refund.amount_paise for refund in asked if refund.status == "requested")
        sent = sum(r.amount_paise for r in asked if r.status in ("pending", "processed"))
        return payment.amount_paise - asked_for - max(sent, payment.refunded_paise)

    async def send(self, refund_id: str) -> None:
        """Have the gateway do a refund; asked again under the same id, it tells how far it is."""
        async with self._database.read() as tx:
            refund = await rows.get_refund(tx, refund_id)
        if refund.status in OVER:
            return
        try:
            seen = await self._ask(refund)
        except RejectedError as error:
            log.error("refund %s was rejected: %s", refund_id, error)  # noqa: TRY400 - no bug
            await self._database.write(lambda tx: self._settle(tx, refund_id, None))
        except GatewayError as error:
            log.warning("refund %s: %s: %s", refund_id, type(error).__name__, error)
            await self._database.write(lambda tx: self._again(tx, refund_id, TRY_AGAIN_S))
        else:
            await self._database.write(lambda tx: self._settle(tx, refund_id, seen))

    async def look(self, tx: Transaction, payment_id: str) -> None:
        """See how far the refunds of a payment are, because something was heard of one."""
        for refund in await rows.refunds_of(tx, payment_id):
            if refund.status not in OVER:
                key = f"{SEND_REFUND}:{refund.id}:{self._clock()}:heard"
                await self._work.submit(tx, self._send_refund, refund.id, key=key)

    async def _ask(self, refund: Refund) -> ObservedRefund:
        if refund.gateway_refund_id:
            return await self._gateway.fetch_refund(refund.gateway_refund_id)
        return await self._gateway.refund(refund.payment_id, refund.amount_paise, refund.id)

    async def _settle(self, tx: Transaction, refund_id: str, seen: ObservedRefund | None) -> None:
        """Write down how far a refund is; None is one that the gateway will not do."""
        now, before = self._clock(), await rows.get_refund(tx, refund_id)
        if before.status in OVER:
            return  # somebody looked at the same time
        status = seen.status if seen else "failed"
        await rows.set_refund(tx, refund_id, status, seen.id if seen else None, now)
        if status == "pending":
            await self._again(tx, refund_id, LOOK_AGAIN_S)
        elif status == "failed" and self._failed:
            await self._failed(tx, refund_id)
        payment = await rows.get(tx, before.payment_id)
        if seen and payment and payment.attempt_id:
            key = f"{CHECK_PAYMENT}:{payment.attempt_id}:{refund_id}:{status}:{now}"
            await self._work.submit(tx, self._check_payment, payment.attempt_id, key=key)
        # Somebody who saw it requested a moment ago need not hear at once that it is done.
        if status == "failed" or before.status == "pending" != status:
            await self._tell(tx, before, status)
        elif payment:
            await self._redraw(tx, payment)

    async def _again(self, tx: Transaction, refund_id: str, delay_s: int) -> None:
        key = f"{SEND_REFUND}:{refund_id}:{self._clock()}"
        await self._work.submit(tx, self._send_refund, refund_id, key=key, delay_s=delay_s)

    async def _tell(self, tx: Transaction, refund: Refund, status: str) -> None:
        payment = await rows.get(tx, refund.payment_id)
        if payment and payment.order_id:
            card_id = f"crd_{refund.id}_{status}"
            await self._redraw(tx, payment)
            await cards.announce(tx, self._work, "order", payment.order_id, card_id, self._clock())

    async def _redraw(self, tx: Transaction, payment: Payment) -> None:
        if payment.order_id:
            await cards.touch(tx, self._work, "order", payment.order_id)
