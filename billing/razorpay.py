"""Razorpay's payment links, through its SDK.

The SDK blocks, has no time-outs and reduces every error to a sentence. So it runs in threads of its
own, over an HTTP session that sets time-outs and turns answers into typed errors before the SDK
sees them.
"""

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import razorpay
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from billing.errors import RejectedError, UnavailableError
from billing.gateway import (
    LinkRequest,
    ListedPayment,
    ObservedLink,
    ObservedPayment,
    ObservedRefund,
    Returned,
)
from billing.orders import HOURLY_MAX
from billing.razorpay_reports import Reports
from billing.razorpay_session import RazorpaySession
from billing.razorpay_wire import (
    all_pages,
    listed_payment,
    observed_link,
    observed_payment,
    observed_refund,
)

T = TypeVar("T")

THREADS = 4
PAGE = 100
LEAST_AHEAD_S = 16 * 60  # Razorpay wants 15 minutes, counted when the request arrives
SKEW_MIN_S = 30  # less than this is the network
NOTE_CHARACTERS = 250
CONFLICT = 409
SIGNATURE_CHARACTERS = 64
RETURNED = "razorpay_payment_link_"


class RazorpaySettings(BaseModel):
    """How to reach the merchant's account; secrets come from the environment alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    api_base_url: str = "https://api.razorpay.com"
    key_id: SecretStr = SecretStr("")
    key_secret: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    previous_webhook_secret: SecretStr = SecretStr("")
    """Still accepted: what happened before a rotation stays signed with the old secret."""
    link_minutes: int = Field(default=20, ge=16, le=24 * 60)
    business_name: str = "AI Access Hub"
    orders_hourly_max: int = Field(default=HOURLY_MAX, ge=1)
    """Links that one person may have made within an hour."""


class Razorpay(Reports):
    """The merchant's account; close it when done."""

    def __init__(self, settings: RazorpaySettings, clock: Callable[[], int]) -> None:
        self.link_s = settings.link_minutes * 60
        self._settings = settings
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="razorpay")
        self._slots = asyncio.Semaphore(THREADS)
        self._local = threading.local()
        self._sessions: list[RazorpaySession] = []
        self._skew = 0

    def close(self) -> None:
        """End the threads; a request that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions:
            session.close()

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        """Make a link that never takes less than the whole amount."""
        try:
            return await self._create_link(request)
        except RejectedError as error:
            # The first answer of all tells the gateway's clock, also when it says "too early".
            if "15 minutes" not in error.description:
                raise
            return await self._create_link(request)

    async def _create_link(self, request: LinkRequest) -> ObservedLink:
        now = self._clock()
        body: dict[str, object] = {
            "amount": request.amount_paise,
            "currency": request.currency,
            "accept_partial": False,
            "expire_by": max(request.expires_at, now + LEAST_AHEAD_S) + self._skew,
            "reference_id": request.reference_id,
            "description": request.description,
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "notes": {name: text[:NOTE_CHARACTERS] for name, text in request.notes.items()},
            "options": {"checkout": {"name": self._settings.business_name}},
        }
        if request.callback_url:
            body |= {"callback_url": request.callback_url, "callback_method": "get"}
        return self._link(await self._call(lambda client: client.payment_link.create(body)))

    async def find_link(self, reference_id: str) -> ObservedLink | None:
        """Look a link up by our own name for it.

        The list's filter is a hint: it may be ignored, or match a part of the reference.
        """
        skip = 0
        while links := await self._links(reference_id, skip):
            for link in links:
                if link.get("reference_id") == reference_id:
                    return self._link(link)
            skip += len(links)
        return None

    async def _links(self, reference_id: str, skip: int) -> list[Mapping[str, Any]]:
        query = {"reference_id": reference_id, "count": PAGE, "skip": skip}
        answer = await self._call(lambda client: client.payment_link.all(query))
        return list(answer.get("payment_links") or [])

    async def fetch_link(self, link_id: str) -> ObservedLink:
        """Read a link by its id."""
        return self._link(await self._call(lambda client: client.payment_link.fetch(link_id)))

    async def cancel_link(self, link_id: str) -> ObservedLink:
        """Close a link that nobody has paid."""
        return self._link(await self._call(lambda client: client.payment_link.cancel(link_id)))

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        """Read all payments of an order; unlike the list of all payments, this never lags."""
        answer = await self._call(lambda client: client.order.payments(order_id))
        return tuple(observed_payment(item) for item in answer.get("items") or [])

    async def payments_since(self, since: int) -> tuple[ListedPayment, ...]:
        """Read the list of all payments, newest first, page after page."""
        query = {"from": since + self._skew, "to": self._clock() + self._skew, "count": PAGE}
        rows = await all_pages(lambda skip: self._payments({**query, "skip": skip}), PAGE)
        return tuple({row.payment.id: row for row in rows}.values())

    async def _payments(self, query: Mapping[str, int]) -> list[ListedPayment]:
        answer = await self._call(lambda client: client.payment.all(dict(query)))
        return [listed_payment(item) for item in answer.get("items") or []]

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        """Take what a bank has set aside; only the whole amount can be taken."""
        currency = {"currency": "INR"}
        await self._call(
            lambda client: client.payment.capture(payment_id, amount_paise, dict(currency))
        )

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:
        """Send money back; the header and the same body make asking twice safe."""
        body = {"amount": amount_paise, "speed": "normal", "receipt": refund_id}
        try:
            return observed_refund(
                await self._call(
                    lambda client: client.payment.refund(
                        payment_id, body, headers={"X-Refund-Idempotency": refund_id}
                    )
                )
            )
        except RejectedError as error:
            if error.status == CONFLICT:  # the first request is still being worked on
                raise UnavailableError(error.description) from error
            done = await self._call(lambda client: client.payment.fetch_multiple_refund(payment_id))
            for item in done.get("items") or []:
                if item.get("receipt") == refund_id:
                    return observed_refund(item)
            raise

    async def fetch_refund(self, gateway_refund_id: str) -> ObservedRefund:
        """Read a refund by its id."""
        answer = await self._call(lambda client: client.refund.fetch(gateway_refund_id))
        return observed_refund(answer)

    def signed_webhook(self, raw: bytes, signature: str | None) -> bool:
        """Check the signature over the bytes as they came; parsing first would change them."""
        accepted = (self._settings.webhook_secret, self._settings.previous_webhook_secret)
        secrets = [secret.get_secret_value() for secret in accepted]
        return any(_signed(raw, signature, secret) for secret in secrets if secret)

    def signed_return(self, params: Mapping[str, str]) -> Returned | None:
        """Check the redirect; it proves neither amount nor time, so it is only a hint to look."""
        link_id = params.get(f"{RETURNED}id", "")
        reference_id = params.get(f"{RETURNED}reference_id", "")
        status = params.get(f"{RETURNED}status", "")
        payment_id = params.get("razorpay_payment_id", "")
        message = f"{link_id}|{reference_id}|{status}|{payment_id}"
        secret = self._settings.key_secret.get_secret_value()
        if not secret or not _signed(message.encode(), params.get("razorpay_signature"), secret):
            return None
        return Returned(link_id, reference_id, payment_id)

    async def _call(self, ask: Callable[[Any], T]) -> T:
        async with self._slots:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: ask(self._client()))

    def _client(self) -> object:
        if not hasattr(self._local, "client"):
            session = RazorpaySession(self._saw_date)
            self._sessions.append(session)
            self._local.client = razorpay.Client(
                session=session,
                auth=(
                    self._settings.key_id.get_secret_value(),
                    self._settings.key_secret.get_secret_value(),
                ),
                base_url=self._settings.api_base_url.rstrip("/"),
            )
        return cast("object", self._local.client)

    def _saw_date(self, server_now: int) -> None:
        skew = server_now - self._clock()
        self._skew = skew if abs(skew) >= SKEW_MIN_S else 0

    def _link(self, answer: Mapping[str, Any]) -> ObservedLink:
        return observed_link(answer, self._skew)


def _signed(message: bytes, signature: str | None, secret: str) -> bool:
    if not signature or len(signature) != SIGNATURE_CHARACTERS:
        return False
    expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("ascii", "replace"))
