"""Orders over REST. Receipts are not unique and an order never expires, as observed live."""

from dataclasses import replace

from aiohttp import web

from sandbox.razorpay.entities import Order
from sandbox.razorpay.errors import invalid
from sandbox.razorpay.parsing import (
    Route,
    amount_in,
    answer,
    body_of,
    look_up,
    notes_in,
    page,
    receipt_in,
    text_in,
)
from sandbox.razorpay.views import collection, order_view, payment_view
from sandbox.razorpay.world import WORLD

_FIELDS = ("amount", "currency", "receipt", "notes", "partial_payment", "payment")


async def create(request: web.Request) -> web.Response:
    """`POST /v1/orders`."""
    world, body = request.app[WORLD], await body_of(request, _FIELDS)
    amount, currency = amount_in(body), text_in(body, "currency")
    if currency is None:
        raise invalid("The currency field is required.", "currency")
    if currency != "INR":
        raise invalid("Currency is not supported", "currency")
    order = Order(
        world.new_id("order_"),
        amount,
        world.now(),
        receipt=receipt_in(body),
        notes=notes_in(body),
    )
    return answer(order_view(world.orders.put(order)))


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/orders/{id}`."""
    return answer(order_view(_order(request)))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/orders`."""
    receipt = request.query.get("receipt")
    newest_first = [
        order for order in request.app[WORLD].orders if receipt in {None, order.receipt}
    ][::-1]
    chosen = page(request, newest_first, lambda order: order.created_at)
    return answer(collection([order_view(order) for order in chosen]))


async def edit(request: web.Request) -> web.Response:
    """`PATCH /v1/orders/{id}`: notes only."""
    order, body = _order(request), await body_of(request, ("notes",))
    edited = request.app[WORLD].orders.put(replace(order, notes=notes_in(body)))
    return answer(order_view(edited))


async def payments(request: web.Request) -> web.Response:
    """`GET /v1/orders/{id}/payments`: every attempt, oldest first, at once."""
    order = _order(request)
    attempts = [payment for payment in request.app[WORLD].payments if payment.order_id == order.id]
    return answer(collection([payment_view(payment) for payment in attempts]))


ROUTES: tuple[Route, ...] = (
    ("POST", "/orders", create),
    ("GET", "/orders", fetch_all),
    ("GET", "/orders/{id}", fetch),
    ("PATCH", "/orders/{id}", edit),
    ("GET", "/orders/{id}/payments", payments),
)


def _order(request: web.Request) -> Order:
    return look_up(request.app[WORLD].orders, request)
