"""Compares our payments with the gateway's list of them, whatever was or was not heard of each.

Open links are looked at one by one (`billing.polling`); this finds what that cannot: money on an
order whose link does not name it, money that waits to be captured, money of an order that the
books do not know, as after a restored backup, and payments that the gateway does not know. What it
can settle is settled by the same look that all else ends in; the rest is reported, once.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from billing.errors import GatewayError, RejectedError
from billing.gateway import Gateway, ListedPayment, ObservedPayment
from billing.hours_settings import DAY_S, HOUR_S
from billing.links import TRYING
from billing.offers import kind_of
from billing.reducer import RANK, TAKEN
from store import orders as order_rows
from store import payments as rows
from store import reconciling
from store.database import Database, Transaction
from store.orders import Attempt, GatewayName
from store.payments import Payment
from store.work import Work

log = logging.getLogger(__name__)

SWEEP = "sweep_payments"
EVERY_S = 300
WINDOW_S = HOUR_S
LONG_WINDOW_S = 5 * DAY_S
"""Once a day, and at the start: banks confirm payments up to three days late."""
CAPTURE_AFTER_S = 600
"""The gateway captures by itself at once, where it is set to."""
LAG_S = 1800
"""The gateway's list is behind by some minutes."""
SILENCE_S = 600

Finding = Literal["unknown_order", "unsettled", "other_amount", "missing", "silence"]


class Sweeps:
    """Goes through the gateway's payments of a while, again and again."""

    def __init__(
        self,
        name: GatewayName,
        database: Database,
        gateway: Gateway,
        work: Work,
        clock: Callable[[], int],
        look: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._name = name
        self._database = database
        self._gateway = gateway
        self._work = work
        self._clock = clock
        self._look = look
        self._begun: int | None = None

    async def begin_due(self) -> None:
        """Queue a sweep every few minutes, a long one at the start and once a day."""
        now = self._clock()
        turn = now // EVERY_S
        if turn == self._begun:
            return
        is_long = self._begun is None or turn * EVERY_S // DAY_S > self._begun * EVERY_S // DAY_S
        self._begun = turn
        since = str(now - (LONG_WINDOW_S if is_long else WINDOW_S))
        key = f"{SWEEP}:{self._name}:{now}"
        kind = kind_of(SWEEP, self._name)
        await self._database.write(lambda tx: self._work.submit(tx, kind, since, key=key))

    async def sweep(self, since: str) -> None:
        """Compare all payments begun after a moment; doing it again changes nothing."""
        try:
            listed = await self._gateway.payments_since(int(since))
            for each in listed:
                await self._compare(each)
        except GatewayError as error:
            log.warning("cannot compare payments: %s: %s", type(error).__name__, error)
            return
        known = {each.payment.id for each in listed}
        await self._database.write(lambda tx: self._look_back(tx, int(since), known))

    async def _compare(self, listed: ListedPayment) -> None:
        seen = listed.payment
        async with self._database.read() as tx:
            known = await rows.get(tx, seen.id)
            attempt = await _attempt_of(tx, listed, known)
        if attempt is None:
            # Without our note it is the business of somebody else on this account.
            if listed.attempt_id and seen.status in TAKEN:
                await self._report("unknown_order", seen.id)
            return
        if seen.status == "authorized" and await self._is_wanted(attempt, seen):
            await self._capture(seen)
        elif _agree(known, seen):
            return
        await self._learn(attempt, seen)
        await self._look(attempt.id, "sweep")
        async with self._database.read() as tx:
            known = await rows.get(tx, seen.id)
        if known is None or _is_behind(known, seen):
            await self._report("unsettled", seen.id)
        elif (known.amount_paise, known.currency) != (seen.amount_paise, seen.currency):
            await self._report("other_amount", seen.id)

    async def _is_wanted(self, attempt: Attempt, seen: ObservedPayment) -> bool:
        """Whether money that a bank has set aside should be taken."""
        async with self._database.read() as tx:
            order = await order_rows.get(tx, attempt.order_id)
        if order is None or order.status not in order_rows.OPEN:
            return False
        fits = (seen.amount_paise, seen.currency) == (attempt.amount_paise, order.currency)
        return fits and self._clock() - seen.created_at >= CAPTURE_AFTER_S

    async def _capture(self, seen: ObservedPayment) -> None:
        try:
            await self._gateway.capture(seen.id, seen.amount_paise)
        except RejectedError as error:  # somebody was faster; the look shows who
            log.info("payment %s was not captured: %s", seen.id, error.description)

    async def _learn(self, attempt: Attempt, seen: ObservedPayment) -> None:
        """What a look needs: the link, where it was given up, and the order behind it."""
        known: dict[str, object] = {}
        if attempt.link_id is None and attempt.state not in TRYING:
            link = await self._gateway.find_link(attempt.id)
            known |= {"link_id": link.id, "url": link.url} if link else {}
        if attempt.gateway_order_id is None and seen.order_id:
            known["gateway_order_id"] = seen.order_id
        if known:
            await self._database.write(
                lambda tx: order_rows.change_attempt(tx, attempt.id, **known)
            )

    async def _look_back(self, tx: Transaction, since: int, listed: set[str]) -> None:
        """What we have that the gateway has not, and whether its webhooks still come."""
        now = self._clock()
        ours = await reconciling.taken_between(tx, self._name, since + 1, now - LAG_S)
        for payment_id in ours:
            if payment_id not in listed:
                await reconciling.report(tx, now, "missing", payment_id)
        last = await reconciling.last_webhook(tx, self._name)
        if last is not None and await reconciling.taken_between(
            tx, self._name, max(last + 1, now - WINDOW_S), now - SILENCE_S
        ):
            await reconciling.report(tx, now, "silence", str(last))

    async def _report(self, what: Finding, subject: str) -> None:
        log.error("payments do not agree with the gateway's: %s: %s", what, subject)
        now = self._clock()
        await self._database.write(lambda tx: reconciling.report(tx, now, what, subject))


async def _attempt_of(
    tx: Transaction, listed: ListedPayment, known: Payment | None
) -> Attempt | None:
    """Whose payment it is: ids beat notes."""
    if known and known.attempt_id:
        return await order_rows.attempt(tx, known.attempt_id)
    order_id = listed.payment.order_id
    found = await order_rows.attempts_known_as(
        tx, link_ids=(), references=(), gateway_order_ids=[order_id] if order_id else []
    )
    if found:
        return found[0]
    noted = await order_rows.attempt(tx, listed.attempt_id or "")
    return noted if noted and noted.gateway_order_id in (None, order_id) else None


def _agree(known: Payment | None, seen: ObservedPayment) -> bool:
    if known is None:
        return seen.status not in TAKEN
    return (known.status, known.refunded_paise, known.amount_paise, known.currency) == (
        seen.status,
        seen.refunded_paise,
        seen.amount_paise,
        seen.currency,
    )


def _is_behind(known: Payment, seen: ObservedPayment) -> bool:
    return RANK[known.status] < RANK[seen.status] or known.refunded_paise < seen.refunded_paise
