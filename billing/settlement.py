"""Takes the reducer's actions: rows, books, hours and cards, all in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from billing import ledger
from billing.gateway import ObservedLink, ObservedPayment
from billing.hours import Hours
from billing.ledger import CLEARING, FEES, REFUNDED, SUSPENSE
from billing.polling import next_poll
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
        self, gateway: str, hours: Hours, work: Work, clock: Callable[[], int], policy: Policy
    ) -> None:
        self._gateway = gateway
        self._hours = hours
        self._work = work
        self._clock = clock
        self._policy = policy

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
        actions = apply(order, attempt, known, link, payments, self._policy)
        for action in actions:
            await self._do(tx, action, order, attempt, via)
        if actions:
            await cards.touch(tx, self._work, "order", order.id)
        return actions

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
        await ledger.open_account(tx, deferred, ledger.PAISE)
        await self._capture(tx, payment, deferred)
        await rows.decide(tx, payment.id, "fulfilled")
        await self._hours.grant(tx, order)

    async def _suspend(self, tx: Transaction, action: Suspend, order: Order) -> None:
        payment = action.payment
        if payment.currency == "INR":
            await self._capture(tx, payment, SUSPENSE)
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

    async def _capture(self, tx: Transaction, payment: ObservedPayment, account: str) -> None:
        await ledger.move(
            tx,
            CLEARING,
            account,
            payment.amount_paise,
            key=f"capture:{payment.id}",
            now=self._clock(),
        )

    async def _book(self, tx: Transaction, action: TakeFee | TakeBack) -> None:
        payment = await rows.get(tx, action.payment.id)
        assert payment is not None, "it was recorded before"
        if isinstance(action, TakeFee):
            source, key = FEES, f"fee:{payment.id}"
        else:
            source = SUSPENSE if payment.decision == "suspense" else REFUNDED
            key = f"refund:{payment.id}:{payment.refunded_paise}"
        await ledger.move(tx, source, CLEARING, action.paise, key=key, now=self._clock())

    async def _move_order(self, tx: Transaction, action: MoveOrder, order: Order) -> None:
        paid_at = self._clock() if action.status == "paid" else None
        await order_rows.set_status(tx, order.id, action.status, paid_at)
        if action.status == "refunded":
            await self._hours.revoke(tx, order)
