"""The front desk of the REST service: journal, faults, keys, limits, then the right handler."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiohttp import web

from sandbox.razorpay import (
    disputes,
    links,
    orders,
    payments,
    qr_codes,
    recon,
    refunds,
    subscriptions,
)
from sandbox.razorpay.errors import ApiError, not_routed, too_many_requests, unauthorized
from sandbox.razorpay.faults import Fault, after, before
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET
from sandbox.razorpay.world import WORLD, Call, World

# Observed in test mode: burst, seconds per refilled call, Retry-After if the service sends one.
_LIMITS: dict[str, tuple[int, float, float | None]] = {
    "/v1/payment_links": (5, 8.0, None),
    "/v1/orders": (7, 3.0, 3.0),
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(world: World) -> web.Application:
    """Build the application for `/v1`."""
    app = web.Application(middlewares=[_answer])
    app[WORLD] = world
    # QR codes before payments: their path would be that of a payment called qr_codes.
    for module in (links, orders, qr_codes, payments, refunds, disputes, recon, subscriptions):
        for method, path, handler in module.ROUTES:
            app.router.add_route(method, path + "{slash:/?}", handler)
    return app


@web.middleware
async def _answer(request: web.Request, handler: _Handler) -> web.StreamResponse:
    world = request.app[WORLD]
    body = await request.read()
    fault = world.faults.take_first(lambda rule: rule.matches(request.method, request.path))
    response = await _with_fault(request, handler, fault)
    response.headers["Date"] = formatdate(world.clock(), usegmt=True)
    world.calls.append(
        Call(
            world.clock(),
            request.method,
            request.path_qs,
            {name: value for name, value in request.headers.items() if name != "Authorization"},
            body.decode(errors="replace"),
            response.status,
            fault.kind if fault else None,
        )
    )
    return response


async def _with_fault(request: web.Request, handler: _Handler, fault: Fault | None) -> web.Response:
    closing = request.app[WORLD].closing
    try:
        if fault is None:
            return await _serve(request, handler)
        early = await before(request, fault, closing)
        if early is not None:
            return early
        return await after(request, fault, await _serve(request, handler), closing)
    except ApiError as refusal:
        return _refused(refusal)


async def _serve(request: web.Request, handler: _Handler) -> web.Response:
    try:
        _check_keys(request)
        _check_limits(request)
        response = await handler(request)
    except ApiError as refusal:
        return _refused(refusal)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return _refused(not_routed())
    assert isinstance(response, web.Response)
    return response


def _refused(refusal: ApiError) -> web.Response:
    return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)


def _check_keys(request: web.Request) -> None:
    documented = request.app[WORLD].settings.wording == "docs"
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(token, validate=True)
    except binascii.Error:
        raise unauthorized(documented=documented) from None
    # `basic` and `BASIC` are refused by the real service too.
    if scheme != "Basic" or not hmac.compare_digest(given, f"{KEY_ID}:{KEY_SECRET}".encode()):
        raise unauthorized(documented=documented)


def _check_limits(request: web.Request) -> None:
    world, path = request.app[WORLD], request.path.rstrip("/")
    if not world.settings.rate_limits or request.method != "POST" or path not in _LIMITS:
        return
    burst, refill, retry_after = _LIMITS[path]
    tokens, since = world.buckets.get(path, (float(burst), world.clock()))
    tokens = min(burst, tokens + (world.clock() - since) / refill)
    if tokens < 1:
        raise too_many_requests(retry_after)
    world.buckets[path] = (tokens - 1, world.clock())
