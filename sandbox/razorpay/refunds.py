"""Refunds over REST, with the header that makes asking twice safe."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace

from aiohttp import web

from sandbox.razorpay.entities import Payment, Refund
from sandbox.razorpay.errors import REFUND_KEY_REUSED, ApiError, invalid, no_such_id
from sandbox.razorpay.lifecycle import refund as refund_money
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
from sandbox.razorpay.views import collection, refund_view
from sandbox.razorpay.wire import JsonObject
from sandbox.razorpay.world import WORLD, World

_FIELDS = ("amount", "speed", "notes", "receipt")
_KEY = re.compile(r"[A-Za-z0-9_-]{10,}")


async def create_for_payment(request: web.Request) -> web.Response:
    """`POST /v1/payments/{id}/refund`."""
    payment = look_up(request.app[WORLD].payments, request)
    body = await body_of(request, _FIELDS)
    return await _create(request, payment.id, body)


async def create(request: web.Request) -> web.Response:
    """`POST /v1/refunds`."""
    body = await body_of(request, (*_FIELDS, "payment_id"))
    payment_id = text_in(body, "payment_id")
    if payment_id is None or payment_id not in request.app[WORLD].payments:
        raise invalid(f"{payment_id} is not a valid id.")
    return await _create(request, payment_id, body)


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/refunds/{id}` and `GET /v1/payments/{payment_id}/refunds/{id}`."""
    return answer(refund_view(_refund(request)))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/refunds`."""
    return _list(request, request.app[WORLD].refunds)


async def of_payment(request: web.Request) -> web.Response:
    """`GET /v1/payments/{id}/refunds`."""
    payment = look_up(request.app[WORLD].payments, request)
    return _list(request, (r for r in request.app[WORLD].refunds if r.payment_id == payment.id))


async def edit(request: web.Request) -> web.Response:
    """`PATCH /v1/refunds/{id}`: notes only."""
    body = await body_of(request, ("notes",))
    edited = replace(_refund(request), notes=notes_in(body))
    return answer(refund_view(request.app[WORLD].refunds.put(edited)))


ROUTES: tuple[Route, ...] = (
    ("POST", "/payments/{id}/refund", create_for_payment),
    ("GET", "/payments/{id}/refunds", of_payment),
    ("GET", "/payments/{payment_id}/refunds/{id}", fetch),
    ("POST", "/refunds", create),
    ("GET", "/refunds", fetch_all),
    ("GET", "/refunds/{id}", fetch),
    ("PATCH", "/refunds/{id}", edit),
)


async def _create(request: web.Request, payment_id: str, body: JsonObject) -> web.Response:
    world, key = request.app[WORLD], request.headers.get("X-Refund-Idempotency")
    asked = hashlib.sha256(payment_id.encode() + b"|" + await request.read()).digest()
    if key is not None:
        earlier = _earlier(world, key, asked)
        if earlier is not None:
            return answer(refund_view(earlier))
    payment = world.payments[payment_id]
    amount = _refundable(payment, body)
    speed = text_in(body, "speed")
    if speed not in {None, "normal", "optimum"}:
        raise invalid("The selected speed is invalid.", "speed")
    created, drafts = refund_money(
        world, payment, amount, notes=notes_in(body), receipt=receipt_in(body), speed=speed
    )
    if key is not None:
        world.refund_keys[key] = (asked, created.id)
    world.publish(drafts)
    return answer(refund_view(created))


def _earlier(world: World, key: str, asked: bytes) -> Refund | None:
    if not _KEY.fullmatch(key):
        raise invalid("The idempotency key must have at least 10 of the characters A-Z a-z 0-9 _ -")
    known = world.refund_keys.get(key)
    if known is None:
        return None
    if known[0] != asked:
        raise ApiError(409, REFUND_KEY_REUSED)
    return world.refunds[known[1]]


def _refundable(payment: Payment, body: JsonObject) -> int:
    left = payment.amount - payment.amount_refunded
    if not payment.captured:
        raise invalid("The payment status should be captured for action to be taken")
    if left <= 0:
        raise invalid("The payment has been fully refunded already.")
    amount = amount_in(body) if "amount" in body else left
    if amount > payment.amount:
        raise invalid("The refund amount provided is greater than amount captured.", "amount")
    if amount > left:
        raise invalid("The total refund amount is greater than the refund payment amount")
    return amount


def _refund(request: web.Request) -> Refund:
    refund = look_up(request.app[WORLD].refunds, request)
    if request.match_info.get("payment_id", refund.payment_id) != refund.payment_id:
        raise no_such_id()
    return refund


def _list(request: web.Request, refunds: Iterable[Refund]) -> web.Response:
    chosen = page(request, list(refunds)[::-1], lambda refund: refund.created_at)
    return answer(collection([refund_view(refund) for refund in chosen]))
