"""The seam to a payment gateway: what is asked of it, and what it is seen to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from billing.errors import RejectedError
from store.disputes import Dispute

LinkStatus = Literal["created", "partially_paid", "paid", "cancelled", "expired"]
RefundStatus = Literal["pending", "processed", "failed"]
PaymentStatus = Literal["created", "failed", "authorized", "captured", "refunded"]


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A link to be made; times are ours, the gateway's clock is its wrapper's business."""

    reference_id: str
    """Unique for ever: the same reference never makes a second link."""
    amount_paise: int
    currency: str
    description: str
    expires_at: int
    notes: Mapping[str, str]
    callback_url: str | None


@dataclass(frozen=True, slots=True)
class ObservedLink:
    """A payment link as the gateway shows it."""

    id: str
    reference_id: str
    status: LinkStatus
    amount_paise: int
    currency: str
    url: str
    expires_at: int | None
    order_id: str | None
    """The gateway's own order behind the link; unknown until somebody tries to pay."""


@dataclass(frozen=True, slots=True)
class ObservedPayment:
    """A payment as the gateway shows it."""

    id: str
    order_id: str | None
    amount_paise: int
    currency: str
    status: PaymentStatus
    refunded_paise: int
    method: str | None
    fee_paise: int | None
    """What the gateway keeps, its tax included; unknown until the money is captured."""
    tax_paise: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment as the list of all shows it; the list may be minutes behind."""

    payment: ObservedPayment
    attempt_id: str | None
    """What its notes say, which were ours on the link."""


@dataclass(frozen=True, slots=True)
class ObservedRefund:
    """A refund as the gateway shows it."""

    id: str
    status: RefundStatus


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a settlement report: what a payout was made of."""

    id: str
    """Of the payment, the refund or the adjustment."""
    kind: str
    """`payment`, `refund`, `adjustment`, `transfer`, and what else the gateway may think of."""
    settlement_id: str
    payment_id: str | None
    order_id: str | None
    attempt_id: str | None
    """What its notes, or its order, say that it was for."""
    dispute_id: str | None
    credit_paise: int
    debit_paise: int
    currency: str
    settled_at: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What a payer's browser brought back, once its signature was found good."""

    link_id: str
    reference_id: str
    payment_id: str


class NoReports:
    """What gateways have in common that do not say what they pay out."""

    async def settled_on(self, day: date) -> tuple[ReportLine, ...]:
        """Nothing is told of any day."""
        del day
        return ()

    async def disputes(self) -> tuple[Dispute, ...]:
        """Nothing is disputed there."""
        return ()

    async def paid_out(self, settlement_id: str) -> int:
        """Refuse.

        Raises:
            RejectedError: always.
        """
        raise RejectedError(404, "NOT_FOUND", f"no settlement {settlement_id}")


class Gateway(Protocol):
    """A way to be paid by link. Every call may raise a GatewayError."""

    link_s: int
    """How long a link can be paid."""

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        """Make a link.

        Raises:
            DuplicateReferenceError: There is a link of this reference already.
        """
        ...

    async def find_link(self, reference_id: str) -> ObservedLink | None:
        """The link of exactly this reference."""
        ...

    async def fetch_link(self, link_id: str) -> ObservedLink:
        """The link as it is now."""
        ...

    async def cancel_link(self, link_id: str) -> ObservedLink:
        """Close a link; one that is paid, expired or cancelled is refused."""
        ...

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        """Every payment tried on the gateway's order."""
        ...

    async def payments_since(self, since: int) -> tuple[ListedPayment, ...]:
        """Every payment begun after a moment, whoever sold what for it."""
        ...

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        """Take money that a bank has set aside.

        Raises:
            RejectedError: It was taken before, or is not to be had any more.
        """
        ...

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:
        """Send money back, once per `refund_id`; asked again, tell how far it is."""
        ...

    async def fetch_refund(self, gateway_refund_id: str) -> ObservedRefund:
        """The refund as it is now."""
        ...

    async def settled_on(self, day: date) -> tuple[ReportLine, ...]:
        """What was paid out to us on a day of the gateway's, whoever sold what for it."""
        ...

    async def paid_out(self, settlement_id: str) -> int:
        """What a payout brought to the bank."""
        ...

    async def disputes(self) -> tuple[Dispute, ...]:
        """Every dispute of a payment on this account, as it stands."""
        ...

    def signed_webhook(self, raw: bytes, signature: str | None) -> bool:
        """Whether these bytes were signed by the gateway."""
        ...

    def signed_return(self, params: Mapping[str, str]) -> Returned | None:
        """What the redirect says, if the gateway signed it."""
        ...
