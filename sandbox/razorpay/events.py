"""Webhook events: which there are, what each carries, in which of the two spellings."""

from dataclasses import dataclass

from sandbox.razorpay.entities import Dispute, Link, Order, Payment, QrCode, Refund
from sandbox.razorpay.keys import ACCOUNT_ID
from sandbox.razorpay.views import (
    dispute_view,
    link_event_view,
    order_view,
    payment_event_view,
    qr_view,
    refund_view,
)
from sandbox.razorpay.wire import Json, JsonObject, go_json, php_json


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has an id; a snapshot of that moment, never refreshed."""

    name: str
    payload: JsonObject
    created_at: int


@dataclass(frozen=True, slots=True)
class Event:
    """What is delivered: the id travels in a header, the body is what is signed."""

    id: str
    name: str
    body: bytes


def payment_event(name: str, payment: Payment, at: int) -> Draft:
    """`payment.authorized`, `payment.captured`, `payment.failed`."""
    return Draft(f"payment.{name}", {"payment": _entity(payment_event_view(payment))}, at)


def order_paid(order: Order, payment: Payment, at: int) -> Draft:
    """`order.paid`."""
    payload = {
        "payment": _entity(payment_event_view(payment)),
        "order": _entity(order_view(order)),
    }
    return Draft("order.paid", payload, at)


def link_event(link: Link, short_url: str) -> Draft:
    """`payment_link.cancelled` and `.expired`; the time is the link's creation, as in reality."""
    payload = {"payment_link": _entity(link_event_view(link, short_url))}
    return Draft(f"payment_link.{link.status.value}", payload, link.created_at)


def link_paid(
    link: Link, order: Order, payment: Payment, short_url: str, *, order_prefix: bool
) -> Draft:
    """`payment_link.paid` and `.partially_paid`; the time is the link's creation, as in reality."""
    order_id = order.id if order_prefix else order.id.removeprefix("order_")
    payload = {
        "payment_link": _entity(link_event_view(link, short_url)),
        "order": _entity({**order_view(order), "id": order_id}),
        "payment": _entity({**payment_event_view(payment), "card": payment.instrument.card}),
    }
    return Draft(f"payment_link.{link.status.value}", payload, link.created_at)


def qr_event(
    name: str, qr: QrCode, image_url: str, at: int, payment: Payment | None = None
) -> Draft:
    """`qr_code.created` and `.closed`; `.credited` also carries the payment."""
    closed = {"closed_at": qr.closed_at, "close_reason": qr.close_reason}  # null while it is open
    entity = _entity({**qr_view(qr, image_url), **closed})
    paid = {} if payment is None else {"payment": _entity(payment_event_view(payment))}
    return Draft(f"qr_code.{name}", {**paid, "qr_code": entity}, at)


def refund_event(name: str, refund: Refund, payment: Payment, at: int) -> Draft:
    """`refund.created`, `refund.processed`, `refund.failed`."""
    payload = {
        "refund": _entity(refund_view(refund)),
        "payment": _entity(payment_event_view(payment)),
    }
    return Draft(f"refund.{name}", payload, at)


def dispute_event(name: str, dispute: Dispute, payment: Payment, at: int) -> Draft:
    """`payment.dispute.created`, `.won`, `.lost` and so on."""
    payload = {
        "payment": _entity(payment_event_view(payment)),
        "dispute": _entity(dispute_view(dispute)),
    }
    return Draft(f"payment.dispute.{name}", payload, at)


def body_of(draft: Draft, *, unknown_fields: bool) -> bytes:
    """Serialise a draft: Go's spelling for links, PHP's for everything else."""
    envelope: JsonObject = {
        "entity": "event",
        "account_id": ACCOUNT_ID,
        "event": draft.name,
        "contains": list(draft.payload),
        "payload": draft.payload,
        "created_at": draft.created_at,
    }
    if unknown_fields:
        envelope = _with_unknown_fields(envelope)
    return go_json(envelope) if draft.name.startswith("payment_link.") else php_json(envelope)


def _entity(view: JsonObject) -> JsonObject:
    return {"entity": view}


def _with_unknown_fields(value: JsonObject) -> JsonObject:
    grown: dict[str, Json] = {
        key: _with_unknown_fields(inner) if isinstance(inner, dict) and key != "notes" else inner
        for key, inner in value.items()
    }
    return grown | {"new_field": {"nested": [1, "two", None]}}
