"""Settlements, and the report of what was settled on a day: payments, refunds, lost disputes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from aiohttp import web

from sandbox.razorpay.entities import INDIA, Dispute, Order, Payment, Refund, RefundStatus
from sandbox.razorpay.errors import invalid, no_such_id
from sandbox.razorpay.parsing import Route, answer, page
from sandbox.razorpay.views import collection
from sandbox.razorpay.wire import Json, JsonObject
from sandbox.razorpay.world import WORLD, World

_SETTLED_AFTER = 2 * 86_400
_MAX_ROWS = 1_000


async def combined(request: web.Request) -> web.Response:
    """`GET /v1/settlements/recon/combined?year=&month=[&day=][&count=][&skip=]`.

    The day is that of the settlement: what is not settled yet is on no day.
    """
    year, month = _number(request, "year"), _number(request, "month")
    day = _number(request, "day", 0)
    count, skip = _number(request, "count", _MAX_ROWS), _number(request, "skip", 0)
    if not 1 <= count <= _MAX_ROWS:
        raise invalid(f"The count may not be greater than {_MAX_ROWS}.", "count")
    rows = [
        row
        for settled_at, row in _settled(request.app[WORLD])
        if _in_period(settled_at, year, month, day)
    ]
    return answer(collection(rows[skip : skip + count]))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/settlements`, newest first."""
    every = list(_settlements(request.app[WORLD]).values())[::-1]
    return answer(collection(page(request, every, lambda each: _integer(each["created_at"]))))


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/settlements/{id}`."""
    found = _settlements(request.app[WORLD]).get(request.match_info["id"])
    if found is None:
        raise no_such_id()
    return answer(found)


ROUTES: tuple[Route, ...] = (
    ("GET", "/settlements/recon/combined", combined),
    ("GET", "/settlements", fetch_all),
    ("GET", "/settlements/{id}", fetch),
)


def _settlements(world: World) -> dict[str, JsonObject]:
    rows: dict[str, list[JsonObject]] = defaultdict(list)
    for _, row in _settled(world):
        rows[str(row["settlement_id"])].append(row)
    return {name: _settlement(world, name, each) for name, each in rows.items()}


def _settlement(world: World, name: str, rows: list[JsonObject]) -> JsonObject:
    total = {
        what: sum(_integer(row[what]) for row in rows) for what in ("credit", "debit", "fee", "tax")
    }
    return {
        "id": name,
        "entity": "settlement",
        "amount": total["credit"] - total["debit"] - world.settings.settlement_short,
        "status": "processed",
        "fees": total["fee"],
        "tax": total["tax"],
        "utr": rows[0]["settlement_utr"],
        "created_at": rows[0]["settled_at"],
    }


def _settled(world: World) -> Iterator[tuple[int, JsonObject]]:
    """Every row with its time, those settled first in front."""
    rows = [
        (at + _SETTLED_AFTER, row)
        for at, row in (*_payments(world), *_refunds(world), *_disputes(world))
        if at + _SETTLED_AFTER <= world.clock()
    ]
    yield from sorted(rows, key=lambda each: each[0])


def _payments(world: World) -> Iterator[tuple[int, JsonObject]]:
    for payment in world.payments:
        if payment.captured:
            credit = payment.amount - (payment.fee or 0)
            amounts: dict[str, Json] = {
                "type": "payment",
                "entity_id": payment.id,
                "amount": payment.amount,
                "debit": 0,
                "credit": credit,
                "fee": payment.fee or 0,
                "tax": payment.tax or 0,
                "payment_id": None,
                "dispute_id": None,
            }
            yield payment.created_at, _row(world, payment, payment, amounts)


def _refunds(world: World) -> Iterator[tuple[int, JsonObject]]:
    for refund in world.refunds:
        if refund.status is RefundStatus.PROCESSED:
            amounts = _debit("refund", refund.id, refund.amount, refund.payment_id)
            yield refund.created_at, _row(world, world.payments[refund.payment_id], refund, amounts)


def _disputes(world: World) -> Iterator[tuple[int, JsonObject]]:
    for dispute in world.disputes:
        if dispute.amount_deducted and dispute.decided_at is not None:
            name = dispute.id.replace("disp_", "adj_")
            amounts = _debit("adjustment", name, dispute.amount_deducted, dispute.payment_id)
            amounts |= {"dispute_id": dispute.id}
            payment = world.payments[dispute.payment_id]
            yield dispute.decided_at, _row(world, payment, dispute, amounts)


def _debit(kind: str, name: str, amount: int, payment_id: str) -> dict[str, Json]:
    return {
        "type": kind,
        "entity_id": name,
        "amount": amount,
        "debit": amount,
        "credit": 0,
        "fee": 0,
        "tax": 0,
        "payment_id": payment_id,
        "dispute_id": None,
    }


def _row(
    world: World, payment: Payment, of: Payment | Refund | Dispute, amounts: Mapping[str, Json]
) -> JsonObject:
    since = of.decided_at if isinstance(of, Dispute) and of.decided_at else of.created_at
    settled_at = since + _SETTLED_AFTER
    batch = datetime.fromtimestamp(settled_at, INDIA).strftime("%Y%m%d")
    order: Order | None = world.orders.get(payment.order_id) if payment.order_id else None
    return {
        **amounts,
        "currency": payment.currency,
        "on_hold": False,
        "settled": True,
        "created_at": of.created_at,
        "settled_at": settled_at,
        "settlement_id": f"setl_SAND{batch}00",
        "settlement_utr": f"{batch}SANDBOX",
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
    }


def _in_period(settled_at: int, year: int, month: int, day: int) -> bool:
    date = datetime.fromtimestamp(settled_at, INDIA)
    return (date.year, date.month) == (year, month) and day in {0, date.day}


def _integer(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _number(request: web.Request, name: str, default: int | None = None) -> int:
    text = request.query.get(name, "")
    if text.isdecimal():
        return int(text)
    if text or default is None:
        raise invalid(f"The {name} field is required.", name)
    return default
