"""Opens and closes payment links, whatever breaks on the way.

The reference is stored before the gateway is asked, and asked with again until there is an answer:
a link that was made and not heard of is found by it. So no order ever has two live links.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from billing.errors import (
    AuthFailedError,
    DuplicateReferenceError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnknownOutcomeError,
)
from billing.gateway import Gateway, LinkRequest, ObservedLink
from billing.offers import CHECK_PAYMENT, CLOSE_LINK, RAZORPAY, kind_of
from billing.polling import next_poll, next_try
from billing.razorpay_wire import NOTE
from store import cards, plans, topups
from store import orders as rows
from store.database import Database, Transaction
from store.orders import Attempt, AttemptState, Order
from store.work import Work

log = logging.getLogger(__name__)

TRYING = ("sending", "unknown")
CLOSE_AGAIN_S = 30


@dataclass(frozen=True, slots=True)
class _Subject:
    attempt: Attempt
    order: Order
    description: str


class Links:
    """The links of all attempts."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        work: Work,
        clock: Callable[[], int],
        callback_url: str | None,
        name: str = RAZORPAY,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._work = work
        self._clock = clock
        self._callback_url = callback_url
        self._close_link = kind_of(CLOSE_LINK, name)
        self._check_payment = kind_of(CHECK_PAYMENT, name)

    async def open(self, attempt_id: str) -> None:
        """Get an attempt its link; doing it again changes nothing."""
        subject = await self._read(attempt_id)
        if subject.attempt.state not in TRYING:
            return
        if subject.order.status == "opening":
            await self._ask(subject)
        else:
            await self.close(attempt_id)

    async def _ask(self, subject: _Subject) -> None:
        attempt = subject.attempt
        try:
            link = await self._create(subject)
        except RateLimitedError as error:
            if error.permanent:
                await self._reject(subject, error)
            else:
                await self._try_later(subject, attempt.state, int(error.retry_after) + 1)
        except (RejectedError, AuthFailedError) as error:
            await self._reject(subject, error)
        except UnavailableError:
            await self._try_later(subject, attempt.state, 0)
        except UnknownOutcomeError:
            await self._try_later(subject, "unknown", 0)
        else:
            await self._adopt(attempt.id, link)

    async def close(self, attempt_id: str) -> None:
        """Have an attempt's link closed, then look what became of it: it may have been paid."""
        attempt = (await self._read(attempt_id)).attempt
        if attempt.state not in (*TRYING, "open"):
            return
        try:
            await self._close(attempt)
        except GatewayError as error:
            log.warning("cannot close %s: %s: %s", attempt_id, type(error).__name__, error)
            key = f"{CLOSE_LINK}:{attempt_id}:{self._clock()}"
            await self._database.write(
                lambda tx: self._work.submit(
                    tx, self._close_link, attempt_id, key=key, delay_s=CLOSE_AGAIN_S
                )
            )

    async def _close(self, attempt: Attempt) -> None:
        attempt_id, link_id = attempt.id, attempt.link_id
        if link_id is None:
            link = await self._gateway.find_link(attempt_id)
            if link is None:
                await self._database.write(lambda tx: self._never_opened(tx, attempt_id))
                return
            await self._adopt(attempt_id, link)
            link_id = link.id
        try:
            await self._gateway.cancel_link(link_id)
        except RejectedError as error:
            log.info("link %s was not cancelled: %s", link_id, error.description)
        key = f"{CHECK_PAYMENT}:{attempt_id}:closed"
        await self._database.write(
            lambda tx: self._work.submit(tx, self._check_payment, attempt_id, key=key)
        )

    async def _create(self, subject: _Subject) -> ObservedLink:
        attempt, order = subject.attempt, subject.order
        request = LinkRequest(
            reference_id=attempt.id,
            amount_paise=attempt.amount_paise,
            currency=order.currency,
            description=subject.description,
            expires_at=self._clock() + self._gateway.link_s,
            notes={NOTE: attempt.id, "order_id": order.id, "plan": order.plan_id},
            callback_url=self._callback_url,
        )
        try:
            link = await self._gateway.create_link(request)
        except DuplicateReferenceError:
            found = await self._gateway.find_link(attempt.id)
            if found is None:
                raise UnknownOutcomeError("it exists and cannot be found") from None
            link = found
        if (link.reference_id, link.amount_paise) != (attempt.id, attempt.amount_paise):
            raise UnknownOutcomeError(f"{link.id} is not what was asked for")
        return link

    async def _adopt(self, attempt_id: str, link: ObservedLink) -> None:
        async def decide(tx: Transaction) -> None:
            attempt = await rows.attempt(tx, attempt_id)
            if attempt is None or attempt.link_id:
                return
            now = self._clock()
            opened = Attempt(attempt.id, attempt.order_id, "open", attempt.amount_paise, now, now)
            await rows.change_attempt(
                tx,
                attempt_id,
                state="open",
                link_id=link.id,
                url=link.url,
                expires_at=link.expires_at or attempt.expires_at,
                next_poll_at=next_poll(opened, now) if link.status == "created" else now,
                polls=0,
            )
            order = await rows.get(tx, attempt.order_id)
            assert order is not None, "an attempt has an order"
            if order.status == "opening":
                await rows.set_status(tx, order.id, "open")
            else:
                key = f"{CLOSE_LINK}:{attempt_id}:unwanted"
                await self._work.submit(tx, self._close_link, attempt_id, key=key)
            await cards.touch(tx, self._work, "order", order.id)

        await self._database.write(decide)

    async def _try_later(self, subject: _Subject, state: AttemptState, delay_s: int) -> None:
        attempt, now = subject.attempt, self._clock()
        if now >= attempt.created_at + self._gateway.link_s:
            await self._reject(subject, TimeoutError("no answer for as long as a link lives"))
            return
        next_at = max(now + delay_s, next_try(attempt.polls, now))

        async def decide(tx: Transaction) -> None:
            await rows.change_attempt(
                tx, attempt.id, state=state, polls=attempt.polls + 1, next_poll_at=next_at
            )
            await cards.touch(tx, self._work, "order", attempt.order_id)

        await self._database.write(decide)

    async def _reject(self, subject: _Subject, error: Exception) -> None:
        log.error("no link for %s: %s: %s", subject.attempt.id, type(error).__name__, error)

        async def decide(tx: Transaction) -> None:
            await rows.change_attempt(tx, subject.attempt.id, state="rejected", next_poll_at=None)
            if subject.order.status == "opening":
                await rows.set_status(tx, subject.order.id, "rejected")
            await cards.touch(tx, self._work, "order", subject.order.id)

        await self._database.write(decide)

    async def _never_opened(self, tx: Transaction, attempt_id: str) -> None:
        attempt = await rows.attempt(tx, attempt_id)
        if attempt and attempt.link_id is None:
            await rows.change_attempt(tx, attempt_id, state="cancelled", next_poll_at=None)

    async def _read(self, attempt_id: str) -> _Subject:
        async with self._database.read() as tx:
            attempt = await rows.attempt(tx, attempt_id)
            assert attempt is not None, "work names attempts that exist"
            order = await rows.get(tx, attempt.order_id)
            assert order is not None, "an attempt has an order"
            return _Subject(attempt, order, await _description(tx, order))


async def _description(tx: Transaction, order: Order) -> str:
    """What payers read on the gateway's page."""
    if topup := await topups.of_order(tx, order.id):
        one, many = ("picture", "pictures") if topup.unit == "image" else ("video", "videos")
        return f"{topup.count} more {one if topup.count == 1 else many}"
    hours = "1 hour" if order.hours == 1 else f"{order.hours} hours"
    return f"{hours} of {(await plans.get(tx, order.plan_id)).name}"
