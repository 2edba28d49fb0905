"""What Razorpay's JSON means to us. Shapes vary between its services and over the years."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast, get_args

from billing.errors import UnknownOutcomeError
from billing.gateway import (
    LinkStatus,
    ListedPayment,
    ObservedLink,
    ObservedPayment,
    ObservedRefund,
    PaymentStatus,
    RefundStatus,
)
from store.disputes import Dispute

NOTE = "attempt_id"
"""The note on a link, copied by the gateway to its order and payments, that names our attempt."""


T = TypeVar("T")


async def all_pages(page: Callable[[int], Awaitable[Sequence[T]]], size: int) -> list[T]:
    """Read a list to its end, given what reads a page of it behind so many rows.

    What comes meanwhile moves the rest on: nothing is missed, some is seen twice.
    """
    seen: list[T] = []
    skip = 0
    while True:
        found = await page(skip)
        seen += found
        skip += size
        if len(found) < size:
            return seen


def observed_link(answer: Mapping[str, Any], skew: int) -> ObservedLink:
    """Read a payment link; `skew` is how far the gateway's clock is ahead of ours."""
    try:
        return ObservedLink(
            id=str(answer["id"]),
            reference_id=str(answer.get("reference_id") or ""),
            status=cast("LinkStatus", _known(answer["status"], get_args(LinkStatus))),
            amount_paise=int(answer["amount"]),
            currency=str(answer["currency"]),
            url=str(answer["short_url"]),
            expires_at=int(answer["expire_by"]) - skew if answer.get("expire_by") else None,
            order_id=order_id_of(answer),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnknownOutcomeError(f"not a payment link: {error!r}") from error


def observed_payment(answer: Mapping[str, Any]) -> ObservedPayment:
    """Read a payment."""
    try:
        return ObservedPayment(
            id=str(answer["id"]),
            order_id=order_id_of(answer),
            amount_paise=int(answer["amount"]),
            currency=str(answer["currency"]),
            status=cast("PaymentStatus", _known(answer["status"], get_args(PaymentStatus))),
            refunded_paise=int(answer.get("amount_refunded") or 0),
            method=answer.get("method"),
            fee_paise=_optional(answer.get("fee")),
            tax_paise=_optional(answer.get("tax")),
            created_at=int(answer["created_at"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnknownOutcomeError(f"not a payment: {error!r}") from error


def listed_payment(answer: Mapping[str, Any]) -> ListedPayment:
    """Read a payment with the note that its link was given."""
    return ListedPayment(observed_payment(answer), note_of(answer))


def note_of(answer: Mapping[str, Any]) -> str | None:
    """The attempt that an entity's notes name."""
    notes = answer.get("notes")  # an object, null, or an empty list
    noted = notes.get(NOTE) if isinstance(notes, dict) else None
    return str(noted) if noted else None


def observed_refund(answer: Mapping[str, Any]) -> ObservedRefund:
    """Read a refund."""
    try:
        status = cast("RefundStatus", _known(answer["status"], get_args(RefundStatus)))
        return ObservedRefund(id=str(answer["id"]), status=status)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnknownOutcomeError(f"not a refund: {error!r}") from error


def dispute_from(answer: Mapping[str, Any], now: int) -> Dispute:
    """Read a dispute.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    return Dispute(
        id=str(answer["id"]),
        payment_id=str(answer["payment_id"]),
        phase=str(answer["phase"]),
        status=str(answer["status"]),
        amount_paise=int(answer["amount"]),
        deducted_paise=int(answer.get("amount_deducted") or 0),
        respond_by=int(answer["respond_by"]) if answer.get("respond_by") else None,
        created_at=int(answer.get("created_at") or now),
        updated_at=now,
    )


def order_id_of(answer: Mapping[str, Any]) -> str | None:
    """The order an entity belongs to, with the prefix that some samples leave out."""
    order_id = answer.get("order_id")
    if not order_id:
        return None
    return str(order_id) if str(order_id).startswith("order_") else f"order_{order_id}"


def _known(word: object, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(word)
    return str(word)


def _optional(number: object) -> int | None:
    return None if number is None else int(str(number))
