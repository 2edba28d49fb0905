"""UPI QR codes over REST; they are paid through the control plane, as nobody scans a sandbox.

Where the documentation gives no words for a refusal, they are ours.
"""

from aiohttp import web

from sandbox.razorpay.entities import QrCode
from sandbox.razorpay.errors import ApiError, invalid
from sandbox.razorpay.parsing import (
    Route,
    answer,
    body_of,
    look_up,
    notes_in,
    page,
    text_in,
)
from sandbox.razorpay.qr_lifecycle import close as close_code
from sandbox.razorpay.qr_lifecycle import created
from sandbox.razorpay.views import collection, payment_view, qr_view
from sandbox.razorpay.wire import JsonObject
from sandbox.razorpay.world import WORLD, World

_FIELDS = (
    "type",
    "name",
    "usage",
    "fixed_amount",
    "payment_amount",
    "description",
    "customer_id",
    "close_by",
    "notes",
)
_USAGES = ("single_use", "multiple_use")
_EARLIEST, _LATEST = 946_684_800, 4_765_046_400
# Seconds from now at the least, and at the most: later ones are brought down to it.
_CLOSE_BY = {"minutes": (120, 7_200), "days": (900, 45 * 86_400)}


async def create(request: web.Request) -> web.Response:
    """`POST /v1/payments/qr_codes`."""
    world, body = request.app[WORLD], await body_of(request, _FIELDS)
    _chosen(body, "type", ("upi_qr",))
    usage = _chosen(body, "usage", _USAGES)
    qr = QrCode(
        world.new_id("qr_"),
        world.new_slug(),
        usage,
        world.now(),
        name=text_in(body, "name"),
        description=text_in(body, "description"),
        payment_amount=_amount_in(body, usage),
        customer_id=text_in(body, "customer_id"),
        notes=notes_in(body),
        close_by=_close_by_in(world, body, usage),
    )
    world.publish(created(world, qr))
    return _answer(world, qr)


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/payments/qr_codes/{id}`."""
    world = request.app[WORLD]
    return _answer(world, look_up(world.qr_codes, request))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/payments/qr_codes`, newest first; of a customer or for a payment if asked."""
    world = request.app[WORLD]
    newest_first = [qr for qr in world.qr_codes if _wanted(request, qr)][::-1]
    chosen = page(request, newest_first, lambda qr: qr.created_at)
    return answer(collection([qr_view(qr, world.short_url(qr)) for qr in chosen]))


async def close(request: web.Request) -> web.Response:
    """`POST /v1/payments/qr_codes/{id}/close`."""
    world = request.app[WORLD]
    qr = look_up(world.qr_codes, request)
    if not qr.is_active:
        raise invalid("QR code has already been closed")
    world.publish(close_code(world, qr))
    return _answer(world, world.qr_codes[qr.id])


async def payments(request: web.Request) -> web.Response:
    """`GET /v1/payments/qr_codes/{id}/payments`, newest first."""
    world = request.app[WORLD]
    qr = look_up(world.qr_codes, request)
    newest_first = [paid for paid in world.payments if paid.qr_code_id == qr.id][::-1]
    chosen = page(request, newest_first, lambda payment: payment.created_at)
    return answer(collection([payment_view(payment) for payment in chosen]))


ROUTES: tuple[Route, ...] = (
    ("POST", "/payments/qr_codes", create),
    ("GET", "/payments/qr_codes", fetch_all),
    ("GET", "/payments/qr_codes/{id}", fetch),
    ("POST", "/payments/qr_codes/{id}/close", close),
    ("GET", "/payments/qr_codes/{id}/payments", payments),
)


def _answer(world: World, qr: QrCode) -> web.Response:
    return answer(qr_view(qr, world.short_url(qr)))


def _wanted(request: web.Request, qr: QrCode) -> bool:
    customer, payment_id = request.query.get("customer_id"), request.query.get("payment_id")
    if payment_id is not None:
        payment = request.app[WORLD].payments.get(payment_id)
        return payment is not None and payment.qr_code_id == qr.id
    return customer in {None, qr.customer_id}


def _chosen(body: JsonObject, name: str, choices: tuple[str, ...]) -> str:
    value = text_in(body, name)
    if not value:
        raise _required(name)
    if value not in choices:
        raise invalid(f"The selected {name} is invalid.", name)
    return value


def _amount_in(body: JsonObject, usage: str) -> int | None:
    """The amount, or `None` where payers choose it."""
    fixed, amount = body.get("fixed_amount", False), body.get("payment_amount")
    if not isinstance(fixed, bool):
        raise invalid("The selected fixed_amount is invalid.", "fixed_amount")
    if not fixed and usage == "single_use":
        raise invalid("The fixed_amount must be true for a single_use QR code.", "fixed_amount")
    if not fixed:
        return None
    if amount is None:
        raise _required("payment_amount")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise invalid("The payment amount must be an integer.", "payment_amount")
    if amount < 1:
        raise invalid("The payment amount must be at least 1.", "payment_amount")
    return amount


def _close_by_in(world: World, body: JsonObject, usage: str) -> int | None:
    close_by = body.get("close_by")
    if usage != "single_use":
        if close_by is not None:
            raise invalid("The close_by is allowed for single_use QR codes only.", "close_by")
        return None
    soonest, latest = (world.now() + wait for wait in _CLOSE_BY[world.settings.qr_close_by])
    if close_by is None:
        return latest
    if isinstance(close_by, bool) or not isinstance(close_by, int):
        raise invalid("The close_by must be an integer.", "close_by")
    if not _EARLIEST <= close_by <= _LATEST:
        raise invalid(f"close_by must be between {_EARLIEST} and {_LATEST}", "close_by")
    if close_by < soonest:
        minutes = _CLOSE_BY[world.settings.qr_close_by][0] // 60
        raise invalid(f"close_by should be at least {minutes} minutes after now", "close_by")
    return min(close_by, latest)


def _required(name: str) -> ApiError:
    return invalid(f"The {name} field is required.", name)
