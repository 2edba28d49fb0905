"""The settlement report: what was captured and returned on a day, as the bank will see it."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from aiohttp import web

from sandbox.razorpay.entities import Order, Payment, RefundStatus
from sandbox.razorpay.errors import invalid
from sandbox.razorpay.parsing import Route, answer
from sandbox.razorpay.views import collection
from sandbox.razorpay.wire import Json, JsonObject
from sandbox.razorpay.world import WORLD, World

_INDIA = timezone(timedelta(hours=5, minutes=30))  # the report's day, whatever the server's zone
_SETTLED_AFTER = 2 * 86_400
_MAX_ROWS = 1_000


async def combined(request: web.Request) -> web.Response:
    """`GET /v1/settlements/recon/combined?year=&month=[&day=][&count=][&skip=]`."""
    year, month = _number(request, "year"), _number(request, "month")
    day = _number(request, "day", 0)
    count, skip = _number(request, "count", _MAX_ROWS), _number(request, "skip", 0)
    rows = [
        row
        for created_at, row in _rows(request.app[WORLD])
        if _in_period(created_at, year, month, day)
    ]
    return answer(collection(rows[skip : skip + count]))


ROUTES: tuple[Route, ...] = (("GET", "/settlements/recon/combined", combined),)


def _rows(world: World) -> Iterator[tuple[int, JsonObject]]:
    for payment in world.payments:
        if payment.captured:
            amounts: dict[str, Json] = {
                "type": "payment",
                "entity_id": payment.id,
                "amount": payment.amount,
                "debit": 0,
                "credit": payment.amount - (payment.fee or 0),
                "fee": payment.fee or 0,
                "tax": payment.tax or 0,
                "payment_id": None,
            }
            yield payment.created_at, _row(world, payment, payment.created_at, amounts)
    for refund in world.refunds:
        if refund.status is RefundStatus.PROCESSED:
            amounts = {
                "type": "refund",
                "entity_id": refund.id,
                "amount": refund.amount,
                "debit": refund.amount,
                "credit": 0,
                "fee": 0,
                "tax": 0,
                "payment_id": refund.payment_id,
            }
            payment = world.payments[refund.payment_id]
            yield refund.created_at, _row(world, payment, refund.created_at, amounts)


def _row(world: World, payment: Payment, created_at: int, amounts: dict[str, Json]) -> JsonObject:
    settled_at = created_at + _SETTLED_AFTER
    settled = settled_at <= world.clock()
    batch = datetime.fromtimestamp(settled_at, _INDIA).strftime("%Y%m%d")
    order: Order | None = world.orders.get(payment.order_id) if payment.order_id else None
    return amounts | {
        "currency": payment.currency,
        "on_hold": False,
        "settled": settled,
        "created_at": created_at,
        "settled_at": settled_at if settled else None,
        "settlement_id": f"setl_SAND{batch}00" if settled else None,
        "settlement_utr": f"{batch}SANDBOX" if settled else None,
        "posted_at": None,
        "credit_type": "default",
        "description": payment.description,
        "notes": dict(payment.notes),
        "order_id": payment.order_id,
        "order_receipt": order.receipt if order else None,
        "method": payment.instrument.method,
        "card_network": None,
        "card_issuer": None,
        "card_type": None,
        "dispute_id": None,
    }


def _in_period(created_at: int, year: int, month: int, day: int) -> bool:
    date = datetime.fromtimestamp(created_at, _INDIA)
    return (date.year, date.month) == (year, month) and day in {0, date.day}


def _number(request: web.Request, name: str, default: int | None = None) -> int:
    text = request.query.get(name, "")
    if text.isdecimal():
        return int(text)
    if text or default is None:
        raise invalid(f"The {name} field is required.", name)
    return default
