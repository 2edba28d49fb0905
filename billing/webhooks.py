"""What a webhook is about. It is only a reason to look; what is true is asked of the gateway."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.razorpay_wire import dispute_from, note_of, order_id_of
from store.disputes import Dispute

ABOUT = ("payment_link.", "payment.", "order.", "refund.")
DISPUTE = "payment.dispute."


class MalformedEventError(ValueError):
    """Signed, and yet no event."""


@dataclass(frozen=True, slots=True)
class Event:
    """The gateway's names for what an event is about."""

    name: str
    link_ids: frozenset[str]
    references: frozenset[str]
    order_ids: frozenset[str]
    payment_ids: frozenset[str]
    noted: frozenset[str]
    """What the notes claim; ids beat notes."""
    entities: Mapping[str, Mapping[str, Any]]

    @property
    def is_ours_to_read(self) -> bool:
        """Whether events of this kind are about payments at all."""
        return self.name.startswith(ABOUT)


def parse(raw: bytes) -> Event:
    """Read a webhook whose signature was found good.

    Raises:
        MalformedEventError: It is not an event.
    """
    try:
        body = json.loads(raw)
        name = str(body["event"])
        payload = body.get("payload") or {}
        entities = {
            kind: part["entity"]
            for kind, part in payload.items()
            if isinstance(part, dict) and isinstance(part.get("entity"), dict)
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedEventError(repr(error)) from error
    link = entities.get("payment_link", {})
    order = entities.get("order", {})
    payment = entities.get("payment", {})
    refund = entities.get("refund", {})
    dispute = entities.get("dispute", {})
    return Event(
        name=name,
        link_ids=_strings(link.get("id")),
        references=_strings(link.get("reference_id"), order.get("receipt")),
        order_ids=_strings(
            order_id_of(link), order_id_of(payment), order_id_of({"order_id": order.get("id")})
        ),
        payment_ids=_strings(
            payment.get("id"), refund.get("payment_id"), dispute.get("payment_id")
        ),
        noted=_strings(*(note_of(entity) for entity in (link, order, payment))),
        entities=entities,
    )


def dispute_of(event: Event, now: int) -> Dispute | None:
    """The dispute that an event tells of."""
    found = event.entities.get("dispute")
    if not event.name.startswith(DISPUTE) or found is None:
        return None
    try:
        return dispute_from(found, now)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEventError(repr(error)) from error


def _strings(*values: object) -> frozenset[str]:
    return frozenset(str(value) for value in values if value)
