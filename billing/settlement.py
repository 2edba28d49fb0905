"""Takes the reducer's actions: rows, books, hours and cards, all in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from billing import bounced, ledger
from billing.errors import NotHonourableError
from billing.gateway import ObservedLink, ObservedPayment
from billing.hours import Hours
from billing.ledger import BOOKS, CURRENCIES
from billing.polling import next_poll
from billing.receipts import Receipts
from billing.reducer import (
    Action,
    Fulfil,
    Learn,
    MoveAttempt,
    MoveOrder,
    Policy,
    Record,
    Suspend,
    TakeBack,
    TakeFee,
    apply,
)
from billing.refunds import Refunds
from store import cards, users
from store import orders as order_rows
from store import payments as rows
from store.database import Transaction
from store.orders import Attempt, Order
from store.payments import Payment
from store.work import Work

ACTOR = "billing"


class Settlement:
    """Makes the database agree with what the gateway shows."""

    def __init__(
        self,
        gateway: str,
        hours: Hours,
        work: Work,
        clock: Callable[[], int],
        policy: Policy,
        receipts: Receipts,
        refunds: Refunds,
    ) -> None:
        self._gateway = gateway
        self._currency = CURRENCIES[gateway]
        self._books = BOOKS[self._currency]
        self._hours = hours
        self._work = work
        self._clock = clock
        self._policy = policy
        self._receipts = receipts
        self._refunds = refunds

    async def settle(
        self,
        tx: Transaction,
        attempt: Attempt,
        link: ObservedLink,
        payments: tuple[ObservedPayment, ...],
        via: str,
    ) -> list[Action]:
        """Do what follows from an observation; the writer's turn is the lock."""
        order = await order_rows.get(tx, attempt.order_id)
        assert order is not None, "an attempt has an order"
        known = {payment.id: payment for payment in await rows.of_order(tx, order.id)}
        for seen in payments:
            if before := known.get(seen.id):
                known[seen.id] = await bounced.bring_back(tx, before, seen, self._clock())
        actions = apply(order, attempt, known, link, payments, self._policy)
        for action in actions:
            await self._do(tx, action, order, attempt, via)
        if actions:
            await cards.touch(tx, self._work, "order", order.id)
        return actions

    async def honourable(self, tx: Transaction, payment_id: str) -> Order:
        """The order that held money could buy after all.

        Raises:
            NotHonourableError: It is not just the price of an order that nobody else has paid.
        """
        payment = await rows.get(tx, payment_id)
        order = await order_rows.get(tx, payment.order_id or "") if payment else None
        if payment is None or order is None or payment.decision != "suspense":
            raise NotHonourableError(payment_id)
        fits = (payment.amount_paise, payment.currency) == (order.amount_paise, order.currency)
        is_whole = await self._refunds.left(tx, payment_id) == payment.amount_paise
        if not fits or not is_whole or await rows.fulfilling(tx, order.id):
            raise NotHonourableError(payment_id)
        return order

    async def honour(self, tx: Transaction, payment_id: str, actor: str) -> Order:
        """Let held money buy what was ordered, as if it had fitted.

        Raises:
            NotHonourableError: See `honourable`.
        """
        order, now = await self.honourable(tx, payment_id), self._clock()
        payment = await rows.get(tx, payment_id)
        assert payment is not None, "it is held"
        deferred = ledger.deferred_account(order.id)
        await ledger.open_account(tx, deferred, self._books.unit)
        key = f"honour:{payment_id}"
        suspense = self._books.suspense
        await ledger.move(tx, suspense, deferred, payment.amount_paise, key=key, now=now)
        await rows.decide(tx, payment_id, "fulfilled")
        await order_rows.set_status(tx, order.id, "paid", now)
        await self._hours.grant(tx, order)
        await self._receipts.issue(tx, order, payment)
        await users.audit(tx, now, actor, "honour", payment_id, order=order.id)
        await cards.touch(tx, self._work, "order", order.id)
        await cards.announce(tx, self._work, "order", order.id, f"crd_honoured_{payment_id}", now)
        return order

    async def _do(
        self, tx: Transaction, action: Action, order: Order, attempt: Attempt, via: str
    ) -> None:
        match action:
            case Learn():
                await order_rows.change_attempt(
                    tx, attempt.id, gateway_order_id=action.gateway_order_id
                )
            case Record():
                await self._record(tx, action.payment, order, attempt, via)
            case Fulfil():
                await self._fulfil(tx, action.payment, order)
            case Suspend():
                await self._suspend(tx, action, order)
            case TakeFee() | TakeBack():
                await self._book(tx, action)
            case MoveAttempt():
                moved = replace(attempt, state=action.state)
                await order_rows.change_attempt(
                    tx,
                    attempt.id,
                    state=moved.state,
                    next_poll_at=next_poll(moved, self._clock()),
                )
            case MoveOrder():
                await self._move_order(tx, action, order)
            case _:
                assert_never(action)

    async def _record(
        self, tx: Transaction, seen: ObservedPayment, order: Order, attempt: Attempt, via: str
    ) -> None:
        before = await rows.get(tx, seen.id)
        payment = Payment(
            id=seen.id,
            gateway=self._gateway,
            attempt_id=attempt.id,
            order_id=order.id,
            amount_paise=seen.amount_paise,
            refunded_paise=seen.refunded_paise,
            currency=seen.currency,
            status=seen.status,
            method=seen.method,
            fee_paise=seen.fee_paise,
            tax_paise=seen.tax_paise,
            seen_via=via,
            decision=before.decision if before else "none",
            created_at=seen.created_at,
            updated_at=self._clock(),
        )
        await rows.put(tx, payment)

    async def _fulfil(self, tx: Transaction, payment: ObservedPayment, order: Order) -> None:
        deferred = ledger.deferred_account(order.id)
        await ledger.open_account(tx, deferred, self._books.unit)
        await self._capture(tx, payment, deferred)
        await rows.decide(tx, payment.id, "fulfilled")
        await self._hours.grant(tx, order)
        recorded = await rows.get(tx, payment.id)
        assert recorded is not None, "it was recorded before"
        await self._receipts.issue(tx, order, recorded)

    async def _suspend(self, tx: Transaction, action: Suspend, order: Order) -> None:
        payment = action.payment
        if payment.currency == self._currency:
            await self._capture(tx, payment, self._books.suspense)
        await rows.decide(tx, payment.id, "suspense")
        await users.audit(
            tx,
            self._clock(),
            ACTOR,
            "suspense",
            payment.id,
            reason=action.reason,
            order=order.id,
            amount=payment.amount_paise,
            currency=payment.currency,
        )
        is_sent_back = action.reason in self._policy.refund_at_once
        if is_sent_back and await self._refunds.left(tx, payment.id):
            await self._refunds.request(tx, payment.id, f"automatic: {action.reason}", ACTOR)
        else:
            card_id = f"crd_held_{payment.id}"
            await cards.announce(tx, self._work, "order", order.id, card_id, self._clock())

    async def _capture(self, tx: Transaction, payment: ObservedPayment, account: str) -> None:
        await ledger.move(
            tx,
            self._books.clearing,
            account,
            payment.amount_paise,
            key=f"capture:{payment.id}",
            now=self._clock(),
        )

    async def _book(self, tx: Transaction, action: TakeFee | TakeBack) -> None:
        payment = await rows.get(tx, action.payment.id)
        assert payment is not None, "it was recorded before"
        if isinstance(action, TakeFee):
            source, key = self._books.fees, f"fee:{payment.id}"
        else:
            held = payment.decision == "suspense"
            source = self._books.suspense if held else self._books.refunded
            key = f"refund:{payment.id}:{payment.refunded_paise}"
            if times := await bounced.times(tx, payment.id):
                key = f"{key}:{times}"
        clearing = self._books.clearing
        await ledger.move(tx, source, clearing, action.paise, key=key, now=self._clock())

    async def _move_order(self, tx: Transaction, action: MoveOrder, order: Order) -> None:
        paid_at = self._clock() if action.status == "paid" else None
        await order_rows.set_status(tx, order.id, action.status, paid_at)
        if action.status == "refunded":
            await self._hours.revoke(tx, order)
        elif order.status == "refunded":
            await self._hours.restore(tx, order)
