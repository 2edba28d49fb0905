"""What the payment links service accepts, and the words in which it refuses."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from sandbox.razorpay.errors import link_refused
from sandbox.razorpay.wire import Json, JsonObject

Default = TypeVar("Default")

_FIELDS = {
    "accept_partial",
    "amount",
    "callback_method",
    "callback_url",
    "currency",
    "customer",
    "description",
    "expire_by",
    "first_min_partial_amount",
    "notes",
    "notify",
    "options",
    "reference_id",
    "reminder_enable",
    "upi_link",
}
_EDITABLE = {"accept_partial", "expire_by", "notes", "reference_id", "reminder_enable"}
_LINK_ID = re.compile(r"plink_[A-Za-z0-9]{14}")
_MAX_NOTES = 15
_MAX_NOTE = 255
_MIN_AMOUNT = 100
_MIN_LIFE = 15 * 60
_MAX_LIFE = 183 * 86_400
_WRONG = "wrong input fields sent."


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A checked request for a link."""

    amount: int
    description: str
    reference_id: str
    customer: Mapping[str, str]
    expire_by: int
    notes: Mapping[str, str]
    notify: Mapping[str, bool]
    callback_url: str
    accept_partial: bool
    first_min_partial_amount: int
    reminder_enable: bool
    options: JsonObject


def object_in(raw: bytes, *, editing: bool = False) -> JsonObject:
    """Parse a body into an object without unknown fields."""
    try:
        body = json.loads(raw)
    except ValueError:
        raise link_refused(_WRONG) from None
    if not isinstance(body, dict):
        raise link_refused(_WRONG)
    unknown = sorted(set(body) - (_EDITABLE if editing else _FIELDS))
    if unknown:
        names = ", ".join(unknown)
        raise link_refused(f"{names} is/are not required and should not be sent")
    return body


def checked(body: JsonObject, now: int) -> LinkForm:
    """Check every field of a create call."""
    if _flag(body, "upi_link"):
        raise link_refused(
            "UPI Payment Links is not supported in Test Mode."
            " Please experience the product in Live Mode."
        )
    if (_text(body, "currency", 3) or "INR") != "INR":
        raise link_refused("currency: wrong input field.")
    return LinkForm(
        amount=_amount(body),
        description=_text(body, "description", 2048),
        reference_id=reference_in(body),
        customer=_customer(body),
        expire_by=expire_by_in(body, now),
        notes=notes_in(body),
        notify=_notify(body),
        callback_url=_callback_url(body),
        accept_partial=_flag(body, "accept_partial"),
        first_min_partial_amount=_first_part(body),
        reminder_enable=_flag(body, "reminder_enable"),
        options=_object(body, "options"),
    )


def check_id(link_id: str) -> None:
    """Refuse what cannot be a link's id."""
    if _LINK_ID.fullmatch(link_id):
        return
    if link_id.startswith("plink_"):
        stripped = link_id.removeprefix("plink_")
        raise link_refused(f"invalid input [strippedId] = [{stripped}]")
    raise link_refused(f"invalid input [id] = [{link_id}]")


def reference_in(body: JsonObject) -> str:
    """Read the merchant's own reference."""
    return _text(body, "reference_id", 40)


def expire_by_in(body: JsonObject, now: int) -> int:
    """Read an expiry between 15 minutes and six months ahead; 0 is none."""
    expire_by = _whole(body, "expire_by")
    if expire_by and expire_by < now + _MIN_LIFE:
        raise link_refused("timestamp must be atleast 15 minutes in future")
    if expire_by > now + _MAX_LIFE:
        raise link_refused("timestamp must be at most 6 months in future")
    return expire_by


def notes_in(body: JsonObject) -> Mapping[str, str]:
    """Read at most 15 notes of at most 255 characters."""
    notes = _object(body, "notes")
    if len(notes) > _MAX_NOTES:
        raise link_refused("notes: the length must be no more than 15.")
    texts = {name: str(value) for name, value in notes.items()}
    if any(len(text) > _MAX_NOTE for text in texts.values()):
        raise link_refused("value: the length must not be greater than 255.")
    return texts


def _amount(body: JsonObject) -> int:
    amount = _whole(body, "amount")
    if amount == 0:
        raise link_refused("amount: cannot be blank.")
    if amount < _MIN_AMOUNT:
        raise link_refused("amount: amount should be minimum 1.00 for INR.")
    return amount


def _first_part(body: JsonObject) -> int:
    amount = _whole(body, "first_min_partial_amount")
    if amount and not _flag(body, "accept_partial"):
        raise link_refused("first_min_partial_amount: must be blank.")
    return amount


def _callback_url(body: JsonObject) -> str:
    url, method = _text(body, "callback_url", 2048), _text(body, "callback_method", 8)
    if not url:
        return ""
    if method != "get":
        raise link_refused("callback_method: must be a valid value.")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise link_refused("callback_url: must be a valid URL.")
    return url


def _customer(body: JsonObject) -> Mapping[str, str]:
    customer = _object(body, "customer")
    if not set(customer) <= {"name", "email", "contact"}:
        raise link_refused(_WRONG)
    return {name: str(value) for name, value in customer.items()}


def _notify(body: JsonObject) -> Mapping[str, bool]:
    notify = _object(body, "notify")
    return {name: _flag(notify, name) for name in notify}


def _object(body: JsonObject, name: str) -> JsonObject:
    value = body.get(name)
    return value if isinstance(value, dict) else _absent(value, {})


def _text(body: JsonObject, name: str, limit: int) -> str:
    value = body.get(name)
    text = value if isinstance(value, str) else _absent(value, "")
    if len(text) > limit:
        raise link_refused(f"{name}: the length must be no more than {limit}.")
    return text


def _whole(body: JsonObject, name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool):
        raise link_refused(_WRONG)
    return value if isinstance(value, int) else _absent(value, 0)


def _flag(body: JsonObject, name: str) -> bool:
    value = body.get(name)
    return value if isinstance(value, bool) else _absent(value, default=False)


def _absent(value: Json, default: Default) -> Default:
    if value is None:
        return default
    raise link_refused(_WRONG)
