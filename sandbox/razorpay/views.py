"""How entities look on the wire. Keys and their order are those of recorded traffic."""

from collections.abc import Mapping

from sandbox.razorpay.entities import (
    Dispute,
    Failure,
    Instrument,
    Link,
    Notes,
    Order,
    Payment,
    PaymentStatus,
    QrCode,
    Refund,
)
from sandbox.razorpay.wire import Json, JsonObject

_NO_FAILURE = dict.fromkeys(
    ("error_code", "error_description", "error_source", "error_step", "error_reason")
)


def link_view(link: Link, short_url: str, payments: Json) -> JsonObject:
    """The entity as the REST service answers it: without an `entity` key."""
    return link_event_view(link, short_url) | {
        "allow_full_payment": False,
        "payment_plan": None,
        "payments": payments,
        "reminders": [],
    }


def link_event_view(link: Link, short_url: str) -> dict[str, Json]:
    """The entity as `payment_link.*` events carry it; `order_id` appears with the first attempt."""
    view: dict[str, Json] = {
        "accept_partial": link.accept_partial,
        "amount": link.amount,
        "amount_paid": link.amount_paid,
        "cancelled_at": link.cancelled_at,
        "created_at": link.created_at,
        "currency": link.currency,
        "customer": dict(link.customer),
        "description": link.description,
        "expire_by": link.expire_by,
        "expired_at": link.expired_at,
        "first_min_partial_amount": link.first_min_partial_amount,
        "id": link.id,
        "notes": dict(link.notes) or None,
        "notify": {"email": False, "sms": False, "whatsapp": False} | dict(link.notify),
        "reference_id": link.reference_id,
        "reminder_enable": link.reminder_enable,
        "reminders": {},
        "short_url": short_url,
        "status": link.status.value,
        # The real sweep does not touch it: an expired link still shows its last edit.
        "updated_at": link.updated_at,
        "upi_link": False,
        "user_id": "",
        "whatsapp_link": False,
    }
    if link.callback_url:
        view |= {"callback_url": link.callback_url, "callback_method": "get"}
    if link.order_id:
        view["order_id"] = link.order_id
    return view


def link_payment_view(link: Link, payment: Payment) -> JsonObject:
    """One row of a link's `payments`, when the knob makes the service fill it as documented."""
    return {
        "amount": payment.amount,
        "created_at": payment.created_at,
        "method": payment.instrument.method,
        "payment_id": payment.id,
        "plink_id": link.id,
        "status": payment.status.value,
        "updated_at": payment.created_at,
    }


def order_view(order: Order) -> JsonObject:
    """An order, with the two keys the live service adds to the documented ones."""
    return {
        "id": order.id,
        "entity": "order",
        "amount": order.amount,
        "amount_paid": order.amount_paid,
        "amount_due": max(0, order.amount - order.amount_paid),
        "currency": order.currency,
        "receipt": order.receipt,
        "offer_id": None,
        "status": order.status.value,
        "attempts": order.attempts,
        "notes": _php_notes(order.notes),
        "created_at": order.created_at,
        "description": None,
        "checkout": None,
    }


def payment_view(payment: Payment) -> dict[str, Json]:
    """A payment as REST answers it."""
    return {
        "id": payment.id,
        "entity": "payment",
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status.value,
        "order_id": payment.order_id,
        "invoice_id": None,
        "international": payment.currency != "INR",
        "method": payment.instrument.method,
        "amount_refunded": payment.amount_refunded,
        "refund_status": payment.refund_status,
        "captured": payment.captured,
        "description": payment.description,
        **_instrument_view(payment.instrument),
        "wallet": None,
        "vpa": payment.instrument.vpa,
        "email": "void@razorpay.com",
        "contact": "+919000090000",
        "notes": _php_notes(payment.notes),
        "fee": payment.fee,
        "tax": payment.tax,
        **_failure_view(payment.failure),
        "acquirer_data": dict(payment.acquirer_data),
        "created_at": payment.created_at,
        **_payer_view(payment),
    }


def payment_event_view(payment: Payment) -> JsonObject:
    """A payment inside an event: REST's keys and, once it is money, three more."""
    view = payment_view(payment)
    if payment.qr_code_id:
        return view
    if payment.instrument.vpa:
        view["upi"] = {"vpa": payment.instrument.vpa, "flow": "collect"}
    if payment.status in {PaymentStatus.CAPTURED, PaymentStatus.REFUNDED}:
        view |= {"base_amount": payment.amount, "amount_transferred": 0, "fee_bearer": "platform"}
    return view


def qr_view(qr: QrCode, image_url: str) -> JsonObject:
    """A QR code; what it was closed for is told once it is closed."""
    closed: dict[str, Json] = (
        {} if qr.is_active else {"closed_at": qr.closed_at, "close_reason": qr.close_reason}
    )
    return {
        "id": qr.id,
        "entity": "qr_code",
        "created_at": qr.created_at,
        "name": qr.name,
        "usage": qr.usage,
        "type": "upi_qr",
        "image_url": image_url,
        "payment_amount": qr.payment_amount,
        "status": "active" if qr.is_active else "closed",
        "description": qr.description,
        "fixed_amount": qr.payment_amount is not None,
        "payments_amount_received": qr.amount_received,
        "payments_count_received": qr.payments_received,
        "notes": _php_notes(qr.notes),
        "customer_id": qr.customer_id,
        "close_by": qr.close_by,
        **closed,
    }


def refund_view(refund: Refund) -> JsonObject:
    """A refund; the two `speed` keys are there only if a speed was asked for."""
    speed: dict[str, Json] = (
        {"speed_processed": "normal", "speed_requested": refund.speed} if refund.speed else {}
    )
    return {
        "id": refund.id,
        "entity": "refund",
        "amount": refund.amount,
        "currency": refund.currency,
        "payment_id": refund.payment_id,
        "notes": _php_notes(refund.notes),
        "receipt": refund.receipt,
        "acquirer_data": {"arn": None},
        "created_at": refund.created_at,
        "batch_id": None,
        "status": refund.status.value,
        **speed,
    }


def dispute_view(dispute: Dispute) -> JsonObject:
    """A dispute without evidence."""
    return {
        "id": dispute.id,
        "entity": "dispute",
        "payment_id": dispute.payment_id,
        "amount": dispute.amount,
        "currency": dispute.currency,
        "amount_deducted": dispute.amount_deducted,
        "reason_code": dispute.reason_code,
        "respond_by": dispute.respond_by,
        "status": dispute.status,
        "phase": dispute.phase,
        "created_at": dispute.created_at,
    }


def collection(items: list[JsonObject]) -> JsonObject:
    """The envelope of every list but that of payment links."""
    return {"entity": "collection", "count": len(items), "items": items}


def _php_notes(notes: Notes) -> Json:
    return dict(notes) or []  # an empty PHP array is a JSON list


def _instrument_view(instrument: Instrument) -> Mapping[str, Json]:
    card: dict[str, Json] = {"card_id": None}
    if instrument.card:
        card = {"card_id": instrument.card["id"], "card": instrument.card}
    return {**card, "bank": instrument.bank}


def _payer_view(payment: Payment) -> Mapping[str, Json]:
    # Samples of payments by QR code name the customer and have no `upi`.
    if payment.qr_code_id:
        return {"customer_id": payment.customer_id}
    return {"upi": {"vpa": payment.instrument.vpa}} if payment.instrument.vpa else {}


def _failure_view(failure: Failure | None) -> Mapping[str, Json]:
    if failure is None:
        return _NO_FAILURE
    return {
        "error_code": failure.code,
        "error_description": failure.description,
        "error_source": failure.source,
        "error_step": failure.step,
        "error_reason": failure.reason,
    }
