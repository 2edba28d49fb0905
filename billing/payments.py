"""Payments: every way to learn of money ends in one look at the gateway.

A webhook, a redirect, a poll and the user's own word are only reasons to look. `check` asks what is
true and settles it in one transaction, whoever asked and however often.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from billing import disputes, standstills
from billing.business import BusinessSettings
from billing.disputes import HEAR_DISPUTES, DisputeSweep
from billing.errors import GatewayError, RateLimitedError, RejectedError
from billing.gateway import Gateway
from billing.hours import Hours
from billing.ledger import CURRENCIES
from billing.links import TRYING, Links
from billing.offers import CHECK_PAYMENT, CLOSE_LINK, OPEN_LINK, RAZORPAY, kind_of
from billing.polling import next_poll
from billing.receipts import Receipts
from billing.reducer import Policy
from billing.refunds import SEND_REFUND, Refunds
from billing.settlement import Settlement
from billing.settlements import READ_SETTLED, Settlements
from billing.sweeps import SWEEP, Sweeps
from billing.webhooks import Event, MalformedEventError, dispute_of, parse
from store import orders as order_rows
from store import payments as rows
from store.database import Database, Transaction
from store.orders import Attempt, GatewayName
from store.payments import InboxState
from store.work import Kind, Queue, Work

log = logging.getLogger(__name__)

SETTLE_EVENT = "settle_event"
QUEUE = Queue("payments", at_once=8)
TRIES = 4
POLLS_A_TURN = 20
LOOK_AGAIN_S = 3
"""The gateway's answers may lag behind its events."""
TRY_AGAIN_S = 15
SAFETY_NET_S = 60

Outcome = Literal["stored", "duplicate", "refused"]


class Payments:
    """All that concerns money from a gateway."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        hours: Hours,
        work: Work,
        clock: Callable[[], int],
        *,
        callback_url: str | None,
        policy: Policy = Policy(),  # noqa: B008 - frozen
        business: BusinessSettings = BusinessSettings(),  # noqa: B008 - frozen
        name: GatewayName = RAZORPAY,
    ) -> None:
        self.name: GatewayName = name
        self.currency = CURRENCIES[name]
        self._database = database
        self._gateway = gateway
        self._hours = hours
        self._work = work
        self._clock = clock
        self._links = Links(database, gateway, work, clock, callback_url, name)
        bring_back = partial(standstills.bring_back, hours)
        self.refunds = Refunds(database, gateway, work, clock, name, bring_back)
        self.sweeps = Sweeps(name, database, gateway, work, clock, self.look)
        self.dispute_sweep = DisputeSweep(name, database, gateway, work, hours)
        self.settlements = Settlements(name, database, gateway, work, clock, self.look)
        receipts = Receipts(business, clock)
        self.settlement = Settlement(name, hours, work, clock, policy, receipts, self.refunds)

    def kinds(self) -> tuple[Kind, ...]:
        """The work that payments are made of."""
        return tuple(
            Kind(kind_of(work, self.name), QUEUE, do, TRIES)
            for work, do in (
                (OPEN_LINK, self._links.open),
                (CLOSE_LINK, self._links.close),
                (CHECK_PAYMENT, self.look),
                (SEND_REFUND, self.refunds.send),
                (SETTLE_EVENT, self.settle_event),
                (SWEEP, self.sweeps.sweep),
                (READ_SETTLED, self.settlements.read),
                (HEAR_DISPUTES, self.dispute_sweep.sweep),
            )
        )

    async def look(self, attempt_id: str, via: str = "poll") -> None:
        """Check an attempt now or, when the gateway cannot say, a little later."""
        try:
            await self.check(attempt_id, via)
        except GatewayError as error:
            log.warning("cannot look at %s: %s: %s", attempt_id, type(error).__name__, error)
            wait = error.retry_after if isinstance(error, RateLimitedError) else 0
            at = self._clock() + max(TRY_AGAIN_S, int(wait) + 1)
            await self._database.write(
                lambda tx: order_rows.change_attempt(tx, attempt_id, next_poll_at=at)
            )

    async def check(self, attempt_id: str, via: str = "poll") -> None:
        """Ask the gateway about an attempt and settle what it says.

        Raises:
            GatewayError: It could not say; nothing was changed.
        """
        async with self._database.read() as tx:
            attempt = await order_rows.attempt(tx, attempt_id)
        if attempt is None or attempt.link_id is None:
            return
        try:
            link = await self._gateway.fetch_link(attempt.link_id)
        except RejectedError as error:
            log.error("the gateway does not know link %s: %s", attempt.link_id, error)  # noqa: TRY400
            return
        if (link.id, link.reference_id) != (attempt.link_id, attempt.id):
            log.error("asked for link %s, was shown %s", attempt.link_id, link.id)
            return
        seen = replace(link, order_id=link.order_id or attempt.gateway_order_id)
        payments = await self._gateway.order_payments(seen.order_id) if seen.order_id else ()

        async def decide(tx: Transaction) -> None:
            current = await order_rows.attempt(tx, attempt_id)
            assert current is not None, "attempts are never deleted"
            await self.settlement.settle(tx, current, seen, payments, via)

        await self._database.write(decide)

    async def receive(self, raw: bytes, headers: Mapping[str, str]) -> Outcome:
        """Keep a webhook, as bytes, before anything reads it; what it means is worked out later.

        Raises:
            StoreUnavailableError: It was not kept; the gateway should send it again.
        """
        if not self._gateway.signed_webhook(raw, headers.get("X-Razorpay-Signature")):
            log.warning("a webhook of %d bytes with a bad signature was refused", len(raw))
            return "refused"
        sha256 = hashlib.sha256(raw).hexdigest()
        event_id = headers.get("X-Razorpay-Event-Id") or f"sha:{sha256}"

        async def decide(tx: Transaction) -> Outcome:
            inbox_id = await rows.keep_webhook(tx, RAZORPAY, event_id, sha256, raw, self._clock())
            if inbox_id is None:
                return "duplicate"
            await self._work.submit(tx, SETTLE_EVENT, str(inbox_id))
            return "stored"

        return await self._database.write(decide)

    async def settle_event(self, inbox_id: str) -> None:
        """Look at what a kept webhook is about."""
        async with self._database.read() as tx:
            webhook = await rows.webhook(tx, int(inbox_id))
        if webhook.state != "new":
            return
        try:
            event = parse(webhook.raw)
            state = await self._look(event)
        except MalformedEventError as error:
            log.error("webhook %s is signed and unreadable: %s", inbox_id, error)  # noqa: TRY400
            name, state = "", "poison"
        else:
            name = event.name
        await self._database.write(lambda tx: rows.set_webhook(tx, webhook.id, state, name))

    async def _look(self, event: Event) -> InboxState:
        if dispute := dispute_of(event, self._clock()):
            return await self._database.write(
                lambda tx: disputes.heard(tx, self._hours, self._work, dispute)
            )
        if not event.is_ours_to_read:
            return "ignored"
        async with self._database.read() as tx:
            attempts = await self._attempts_of(tx, event)
        if event.name.startswith("refund."):
            for payment_id in sorted(event.payment_ids):
                await self._database.write(partial(self.refunds.look, payment_id=payment_id))
        for attempt in attempts:
            await self.look(attempt.id, "webhook")
            await self._database.write(partial(self._expect, attempt=attempt, event=event))
        return "done" if attempts else "orphan"

    async def _attempts_of(self, tx: Transaction, event: Event) -> list[Attempt]:
        found = await order_rows.attempts_known_as(
            tx,
            link_ids=event.link_ids,
            references=event.references,
            gateway_order_ids=event.order_ids,
        )
        if found:
            return found
        known = [await rows.get(tx, payment_id) for payment_id in event.payment_ids]
        ids = {payment.attempt_id for payment in known if payment and payment.attempt_id}
        attempts = [await order_rows.attempt(tx, attempt_id) for attempt_id in ids or event.noted]
        return [attempt for attempt in attempts if attempt]

    async def _expect(self, tx: Transaction, attempt: Attempt, event: Event) -> None:
        """Look again soon when the event tells of a payment that the gateway does not show yet."""
        seen = [await rows.get(tx, payment_id) for payment_id in event.payment_ids]
        if not all(seen):
            at = self._clock() + LOOK_AGAIN_S
            await order_rows.change_attempt(tx, attempt.id, next_poll_at=at)

    async def returned(self, params: Mapping[str, str]) -> str | None:
        """Take note that a payer's browser came back; return the order, if it is one of ours."""
        seen = self._gateway.signed_return(params)
        if seen is None:
            return None

        async def decide(tx: Transaction) -> str | None:
            attempt = await order_rows.attempt(tx, seen.reference_id)
            if attempt is None:
                return None
            key = f"{CHECK_PAYMENT}:{attempt.id}:returned:{seen.payment_id}"
            await self._work.submit(tx, CHECK_PAYMENT, attempt.id, key=key)
            return attempt.order_id

        return await self._database.write(decide)

    async def poll_due(self) -> None:
        """Queue a look at every attempt whose time has come; call it every second or so."""
        async with self._database.read() as tx:
            waiting = await order_rows.due(tx, self._clock(), 1, self.name)
        if waiting:
            await self._database.write(self._poll)

    async def _poll(self, tx: Transaction) -> None:
        now = self._clock()
        for attempt in await order_rows.due(tx, now, POLLS_A_TURN, self.name):
            trying = attempt.state in TRYING
            kind = OPEN_LINK if trying else CHECK_PAYMENT
            key = f"{kind}:{attempt.id}:{attempt.polls + 1}"
            await self._work.submit(tx, kind_of(kind, self.name), attempt.id, key=key)
            await order_rows.change_attempt(
                tx,
                attempt.id,
                polls=attempt.polls + 1,
                next_poll_at=now + SAFETY_NET_S if trying else next_poll(attempt, now),
            )
