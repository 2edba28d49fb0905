"""Reading calls of the PHP services: bodies, notes, pages of a list."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from aiohttp import web

from sandbox.razorpay.entities import Notes
from sandbox.razorpay.errors import invalid, no_such_id, unexpected_fields
from sandbox.razorpay.faults import STALE_BY
from sandbox.razorpay.wire import Json, JsonObject, php_json
from sandbox.razorpay.world import WORLD, Named, Shelf

Route = tuple[str, str, Callable[[web.Request], Awaitable[web.StreamResponse]]]
Item = TypeVar("Item")
Found = TypeVar("Found", bound=Named)

_ID = re.compile(r"[a-z]+_[A-Za-z0-9]{14}")
_MAX_PAGE = 100
_MAX_NOTES = 15
_MAX_NOTE = 255
_MAX_RECEIPT = 40
_MIN_AMOUNT = 100
_EARLIEST, _LATEST = 946_684_800, 4_765_046_400


async def body_of(request: web.Request, allowed: Iterable[str]) -> JsonObject:
    """Read a JSON object that has no other fields than these."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise invalid("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The request body should be an object.")
    unknown = sorted(set(body) - set(allowed))
    if unknown:
        raise unexpected_fields(unknown)
    return body


def answer(view: JsonObject) -> web.Response:
    """Answer in PHP's spelling."""
    return web.Response(body=php_json(view), content_type="application/json", charset="utf-8")


def amount_in(body: JsonObject) -> int:
    """Read a required amount of at least one rupee, in paise."""
    amount = body.get("amount")
    if amount is None:
        raise invalid("The amount field is required.", "amount")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise invalid("The amount must be an integer.", "amount")
    if amount < _MIN_AMOUNT:
        raise invalid("The amount must be at least INR 1.00", "amount")
    return amount


def notes_in(body: JsonObject) -> Notes:
    """Read notes: at most 15, each of at most 255 characters."""
    notes = body.get("notes") or {}
    if not isinstance(notes, dict):
        raise invalid("The notes must be an array.", "notes")
    if len(notes) > _MAX_NOTES:
        raise invalid("Number of fields in notes should be less than or equal to 15.", "notes")
    texts = {name: str(value) for name, value in notes.items()}
    if any(len(text) > _MAX_NOTE for text in texts.values()):
        raise invalid("value: the length must not be greater than 255.", "notes")
    return texts


def receipt_in(body: JsonObject) -> str | None:
    """Read a receipt of at most 40 characters; it need not be unique."""
    receipt = body.get("receipt")
    if receipt is None:
        return None
    if not isinstance(receipt, str):
        raise invalid("The receipt must be a string.", "receipt")
    if len(receipt) > _MAX_RECEIPT:
        raise invalid("The receipt may not be greater than 40 characters.", "receipt")
    return receipt


def page(request: web.Request, newest_first: list[Item], at: Callable[[Item], int]) -> list[Item]:
    """Cut `from`, `to`, `skip` and `count` out of a list."""
    count = _number(request, "count", 10, low=1)
    if count > _MAX_PAGE:
        raise invalid("The count may not be greater than 100.", "count")
    skip = _number(request, "skip", 0, low=0)
    since = _number(request, "from", _EARLIEST, low=_EARLIEST)
    until = _number(request, "to", _LATEST, low=_EARLIEST)
    chosen = [item for item in newest_first if since <= at(item) <= until]
    return chosen[skip : skip + count]


def visible(request: web.Request, created_at: int, lag: float) -> bool:
    """Whether a list that lags behind shows an entity of this age already."""
    return created_at <= request.app[WORLD].clock() - lag


def _number(request: web.Request, name: str, default: int, low: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise invalid(f"The {name} must be an integer.", name)
    number = int(text)
    if number < low or number > _LATEST:
        raise invalid(f"{name} must be between {low} and {_LATEST}", name)
    return number


def look_up(shelf: Shelf[Found], request: web.Request, part: str = "id") -> Found:
    """Find what the path names, as it is or (under a fault) as it was."""
    key = request.match_info[part]
    if not _ID.fullmatch(key):
        raise invalid(f"{key} is not a valid id.")
    found = shelf.get(key, request.get(STALE_BY, 0.0))
    if found is None:
        raise no_such_id()
    return found


def text_in(body: JsonObject, name: str) -> str | None:
    """Read an optional text."""
    value: Json = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"The {name} must be a string.", name)
    return value
