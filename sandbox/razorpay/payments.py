"""Payments over REST: fetch, list (which may lag behind), capture."""

from aiohttp import web

from sandbox.razorpay.entities import OrderStatus, PaymentStatus
from sandbox.razorpay.errors import invalid
from sandbox.razorpay.faults import LIST_LAG
from sandbox.razorpay.lifecycle import capture as capture_money
from sandbox.razorpay.parsing import Route, amount_in, answer, body_of, look_up, page, visible
from sandbox.razorpay.views import collection, payment_view
from sandbox.razorpay.world import WORLD


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/payments/{id}`."""
    return answer(payment_view(look_up(request.app[WORLD].payments, request)))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/payments`, newest first."""
    world = request.app[WORLD]
    lag = request.get(LIST_LAG, world.settings.list_lag)
    newest_first = [
        payment for payment in world.payments if visible(request, payment.created_at, lag)
    ][::-1]
    chosen = page(request, newest_first, lambda payment: payment.created_at)
    return answer(collection([payment_view(payment) for payment in chosen]))


async def capture(request: web.Request) -> web.Response:
    """`POST /v1/payments/{id}/capture`: once, and only the whole amount."""
    world = request.app[WORLD]
    payment = look_up(world.payments, request)
    amount = amount_in(await body_of(request, ("amount", "currency")))
    if payment.captured:
        raise invalid("This payment has already been captured")
    if payment.status is not PaymentStatus.AUTHORIZED:
        raise invalid("Only payments which have been authorized can be captured")
    if amount != payment.amount:
        raise invalid("Capture amount must be equal to the amount authorized.", "amount")
    if payment.order_id and world.orders[payment.order_id].status is OrderStatus.PAID:
        raise invalid(
            "Your payment has been declined as the order is already paid."
            " Please initiate the payment with a new order."
        )
    world.publish(capture_money(world, payment.id))
    return answer(payment_view(world.payments[payment.id]))


ROUTES: tuple[Route, ...] = (
    ("GET", "/payments", fetch_all),
    ("GET", "/payments/{id}", fetch),
    ("POST", "/payments/{id}/capture", capture),
)
