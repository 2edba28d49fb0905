"""A payment gateway in memory, that fails on order: before it acts, or after."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from billing.errors import DuplicateReferenceError, GatewayError, RejectedError
from billing.gateway import (
    LinkRequest,
    LinkStatus,
    ListedPayment,
    ObservedLink,
    ObservedPayment,
    ObservedRefund,
    PaymentStatus,
    RefundStatus,
    Returned,
)
from tests.doubles.clock import FakeClock
from tests.doubles.payouts import Payouts


class FakeGateway(Payouts):
    link_s = 20 * 60

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.links: dict[str, ObservedLink] = {}
        self.payments: dict[str, ObservedPayment] = {}
        self.refunds: dict[str, ObservedRefund] = {}
        self.refunded: dict[str, tuple[str, int]] = {}
        """What each refund took of which payment."""
        self.refunding: RefundStatus = "processed"
        self.requests: list[LinkRequest] = []
        self.calls: list[str] = []
        self.fail_before: list[GatewayError] = []
        """The next calls fail with these, and do nothing."""
        self.fail_after: list[GatewayError] = []
        """The next calls that do something fail with these, after doing it."""
        self._links, self._payments = count(1), count(1)

    def link_of(self, attempt_id: str) -> ObservedLink:
        return next(link for link in self.links.values() if link.reference_id == attempt_id)

    def set_link(self, link: ObservedLink, status: LinkStatus) -> None:
        self.links[link.id] = replace(self.links[link.id], status=status)

    def pay(
        self,
        link: ObservedLink,
        *,
        status: PaymentStatus = "captured",
        amount: int | None = None,
        currency: str = "INR",
        fee: int | None = None,
        payment_id: str = "",
        refunded: int = 0,
    ) -> ObservedPayment:
        number = next(self._payments)
        order_id = f"order_{link.id}"
        payment = ObservedPayment(
            id=payment_id or f"pay_{number}",
            order_id=order_id,
            amount_paise=link.amount_paise if amount is None else amount,
            currency=currency,
            status=status,
            refunded_paise=refunded,
            method="upi",
            fee_paise=fee,
            tax_paise=None,
            created_at=self.clock(),
        )
        self.payments[payment.id] = payment
        seen = replace(self.links[link.id], order_id=order_id)
        if status == "captured" and seen.status == "created":
            seen = replace(seen, status="paid")
        self.links[link.id] = seen
        return payment

    def bank_says_yes(self, payment_id: str) -> None:
        """What was tried or set aside is money now, as it is when a bank is late."""
        paid = replace(self.payments[payment_id], status="captured")
        self.payments[payment_id] = paid
        link = next(link for link in self.links.values() if f"order_{link.id}" == paid.order_id)
        if link.status == "created":
            self.set_link(link, "paid")

    def expire_due(self) -> None:
        """Links whose time is over are closed."""
        for link in list(self.links.values()):
            if link.status == "created" and (link.expires_at or 0) <= self.clock():
                self.set_link(link, "expired")

    def give_back(self, payment_id: str, paise: int) -> None:
        """Somebody sends money back at the gateway's dashboard."""
        paid = self.payments[payment_id]
        gone = min(paid.amount_paise, paid.refunded_paise + paise)
        status: PaymentStatus = "refunded" if gone == paid.amount_paise else paid.status
        self.payments[payment_id] = replace(paid, status=status, refunded_paise=gone)

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        self._begin("create_link")
        self.requests.append(request)
        if any(link.reference_id == request.reference_id for link in self.links.values()):
            raise DuplicateReferenceError(400, "BAD_REQUEST_ERROR", "already exists")
        link = ObservedLink(
            id=f"plink_{next(self._links)}",
            reference_id=request.reference_id,
            status="created",
            amount_paise=request.amount_paise,
            currency=request.currency,
            url=f"https://rzp.example/{request.reference_id}",
            expires_at=request.expires_at,
            order_id=None,
        )
        self.links[link.id] = link
        self._end()
        return link

    async def find_link(self, reference_id: str) -> ObservedLink | None:
        self._begin("find_link")
        found = (link for link in self.links.values() if link.reference_id == reference_id)
        return next(found, None)

    async def fetch_link(self, link_id: str) -> ObservedLink:
        self._begin("fetch_link")
        return self.links[link_id]

    async def cancel_link(self, link_id: str) -> ObservedLink:
        self._begin("cancel_link")
        link = self.links[link_id]
        if link.status != "created":
            raise RejectedError(400, "BAD_REQUEST_ERROR", f"cannot cancel a {link.status} link")
        self.set_link(link, "cancelled")
        self._end()
        return self.links[link_id]

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        self._begin("order_payments")
        return tuple(p for p in self.payments.values() if p.order_id == order_id)

    async def payments_since(self, since: int) -> tuple[ListedPayment, ...]:
        self._begin("payments_since")
        references = {f"order_{link.id}": link.reference_id for link in self.links.values()}
        return tuple(
            ListedPayment(payment, references.get(payment.order_id or ""))
            for payment in self.payments.values()
            if payment.created_at > since
        )

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        self._begin("capture")
        payment = self.payments[payment_id]
        if payment.status != "authorized" or payment.amount_paise != amount_paise:
            raise RejectedError(400, "BAD_REQUEST_ERROR", "already been captured")
        self.bank_says_yes(payment_id)
        self._end()

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:
        self._begin("refund")
        if refund_id not in self.refunds:
            paid = self.payments[payment_id]
            gone = paid.refunded_paise + amount_paise
            if gone > paid.amount_paise:
                raise RejectedError(400, "BAD_REQUEST_ERROR", "greater than amount captured")
            status: PaymentStatus = "refunded" if gone == paid.amount_paise else paid.status
            self.payments[payment_id] = replace(paid, status=status, refunded_paise=gone)
            self.refunded[refund_id] = payment_id, amount_paise
            self.refunds[refund_id] = ObservedRefund(f"rfnd_{len(self.refunds)}", self.refunding)
        self._end()
        return self.refunds[refund_id]

    async def fetch_refund(self, gateway_refund_id: str) -> ObservedRefund:
        self._begin("fetch_refund")
        return next(r for r in self.refunds.values() if r.id == gateway_refund_id)

    def settle_refund(self, refund_id: str, status: RefundStatus) -> None:
        """A bank ends a pending refund; one that fails leaves the money with us."""
        self.refunds[refund_id] = replace(self.refunds[refund_id], status=status)
        payment_id, paise = self.refunded[refund_id]
        if status == "failed":
            paid = self.payments[payment_id]
            left = paid.refunded_paise - paise
            self.payments[payment_id] = replace(paid, status="captured", refunded_paise=left)

    def signed_webhook(self, raw: bytes, signature: str | None) -> bool:
        return bool(raw) and signature == "good"

    def signed_return(self, params: Mapping[str, str]) -> Returned | None:
        if params.get("signature") != "good":
            return None
        return Returned(params["link"], params["reference"], params["payment"])

    def _begin(self, call: str) -> None:
        self.calls.append(call)
        if self.fail_before:
            raise self.fail_before.pop(0)

    def _end(self) -> None:
        if self.fail_after:
            raise self.fail_after.pop(0)
