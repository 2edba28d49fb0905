"""What Razorpay keeps: links, QR codes, orders, payments and so on; immutable, replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from enum import StrEnum
from typing import TypeAlias

from sandbox.razorpay.wire import JsonObject

Notes: TypeAlias = Mapping[str, str]

INDIA = timezone(timedelta(hours=5, minutes=30))  # of its days, whatever the server's zone


class LinkStatus(StrEnum):
    """A payment link's life; the last three are final."""

    CREATED = "created"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class OrderStatus(StrEnum):
    """An order's life; it stays paid after a refund."""

    CREATED = "created"
    ATTEMPTED = "attempted"
    PAID = "paid"


class PaymentStatus(StrEnum):
    """A payment's life; `failed` is not final, a late authorisation may follow."""

    CREATED = "created"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """A refund's life."""

    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Link:
    """A standard payment link. Zero means "not set" for its times (epoch seconds)."""

    id: str
    slug: str
    amount: int
    created_at: int
    currency: str = "INR"
    description: str = ""
    reference_id: str = ""
    customer: Notes = field(default_factory=dict)
    expire_by: int = 0
    notes: Notes = field(default_factory=dict)
    notify: Mapping[str, bool] = field(default_factory=dict)
    callback_url: str = ""
    accept_partial: bool = False
    first_min_partial_amount: int = 0
    reminder_enable: bool = False
    options: JsonObject = field(default_factory=dict)
    status: LinkStatus = LinkStatus.CREATED
    amount_paid: int = 0
    order_id: str | None = None
    updated_at: int = 0
    cancelled_at: int = 0
    expired_at: int = 0

    @property
    def is_open(self) -> bool:
        """Whether money is still asked for."""
        return self.status in {LinkStatus.CREATED, LinkStatus.PARTIALLY_PAID}


@dataclass(frozen=True, slots=True)
class QrCode:
    """A UPI QR code. Without `payment_amount` the payer chooses; times are epoch seconds."""

    id: str
    slug: str
    usage: str
    created_at: int
    name: str | None = None
    description: str | None = None
    payment_amount: int | None = None
    customer_id: str | None = None
    notes: Notes = field(default_factory=dict)
    close_by: int | None = None
    closed_at: int | None = None
    close_reason: str | None = None
    amount_received: int = 0
    payments_received: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it may be paid; one that expired is closed without a reason."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Order:
    """What payments are attempted against; a link gets its one on the first attempt."""

    id: str
    amount: int
    created_at: int
    currency: str = "INR"
    receipt: str | None = None
    notes: Notes = field(default_factory=dict)
    status: OrderStatus = OrderStatus.CREATED
    amount_paid: int = 0
    attempts: int = 0
    link_id: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a payment failed, in Razorpay's four words and one sentence."""

    reason: str
    description: str
    code: str = "BAD_REQUEST_ERROR"
    source: str = "customer"
    step: str = "payment_authentication"


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the customer paid with: exactly one of vpa, card and bank."""

    method: str
    vpa: str | None = None
    bank: str | None = None
    card: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay. `fee` includes `tax`; both are unknown until the capture."""

    id: str
    amount: int
    created_at: int
    instrument: Instrument
    order_id: str | None
    currency: str = "INR"
    description: str | None = None
    notes: Notes = field(default_factory=dict)
    status: PaymentStatus = PaymentStatus.CREATED
    captured: bool = False
    amount_refunded: int = 0
    fee: int | None = None
    tax: int | None = None
    failure: Failure | None = None
    acquirer_data: Mapping[str, str | None] = field(default_factory=dict)
    authorized_at: int = 0
    qr_code_id: str | None = None
    customer_id: str | None = None

    @property
    def refund_status(self) -> str | None:
        """`None`, `partial` or `full`."""
        if not self.amount_refunded:
            return None
        return "full" if self.amount_refunded >= self.amount else "partial"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back; `speed` is set only when the caller asked for one."""

    id: str
    payment_id: str
    amount: int
    created_at: int
    currency: str = "INR"
    notes: Notes = field(default_factory=dict)
    receipt: str | None = None
    speed: str | None = None
    status: RefundStatus = RefundStatus.PROCESSED


@dataclass(frozen=True, slots=True)
class Dispute:
    """A chargeback and its kin; `amount_deducted` stays 0 unless lost."""

    id: str
    payment_id: str
    amount: int
    created_at: int
    respond_by: int
    currency: str = "INR"
    reason_code: str = "services_not_provided"
    phase: str = "chargeback"
    status: str = "open"
    amount_deducted: int = 0
    decided_at: int | None = None
