"""What banks and people at a dashboard do to money, on command."""

import json
from collections.abc import Callable

from aiohttp import web

from sandbox.razorpay.entities import Payment, PaymentStatus, RefundStatus
from sandbox.razorpay.lifecycle import (
    BANK_DECLINED,
    authorize,
    capture,
    dispute,
    fail,
    refund,
    settle_dispute,
    settle_refund,
)
from sandbox.razorpay.qr_lifecycle import pay
from sandbox.razorpay.views import dispute_view, payment_view, refund_view
from sandbox.razorpay.world import WORLD, World


async def act_on_payment(request: web.Request) -> web.Response:
    """`POST /_emu/payments/{id}/{authorize|capture|fail|refund_external|dispute}`, `{amount}`."""
    world = request.app[WORLD]
    payment = world.payments[request.match_info["id"]]
    body = json.loads(await request.read() or b"{}")
    amount = int(body.get("amount", payment.amount - payment.amount_refunded))
    _ACTIONS[request.match_info["action"]](world, payment, amount)
    return web.json_response(payment_view(world.payments[payment.id]))


async def pay_qr_code(request: web.Request) -> web.Response:
    """`POST /_emu/qr_codes/{id}/pay`, `{amount, vpa}`; the amount only where the payer chooses."""
    world = request.app[WORLD]
    qr = world.qr_codes[request.match_info["id"]]
    body = json.loads(await request.read() or b"{}")
    amount = int(body.get("amount", qr.payment_amount or 0))
    if amount < 1:
        raise ValueError("an amount is needed")
    payment, drafts = pay(world, qr, amount, str(body.get("vpa", "success@razorpay")))
    world.publish(drafts)
    return web.json_response(payment_view(payment))


async def act_on_refund(request: web.Request) -> web.Response:
    """`POST /_emu/refunds/{id}/{processed|failed}`."""
    world = request.app[WORLD]
    pending = world.refunds[request.match_info["id"]]
    world.publish(settle_refund(world, pending, RefundStatus(request.match_info["status"])))
    return web.json_response(refund_view(world.refunds[pending.id]))


async def act_on_dispute(request: web.Request) -> web.Response:
    """`POST /_emu/disputes/{id}/{under_review|action_required|won|lost|closed}`."""
    world = request.app[WORLD]
    opened = world.disputes[request.match_info["id"]]
    world.publish(settle_dispute(world, opened, request.match_info["status"]))
    return web.json_response(dispute_view(world.disputes[opened.id]))


def _authorize(world: World, payment: Payment, _: int) -> None:
    world.publish(authorize(world, payment))


def _capture(world: World, payment: Payment, _: int) -> None:
    drafts = [] if payment.status is PaymentStatus.AUTHORIZED else authorize(world, payment)
    world.publish(drafts + capture(world, payment.id))


def _fail(world: World, payment: Payment, _: int) -> None:
    world.publish(fail(world, payment, BANK_DECLINED))


def _refund_external(world: World, payment: Payment, amount: int) -> None:
    world.publish(refund(world, payment, amount)[1])


def _dispute(world: World, payment: Payment, amount: int) -> None:
    world.publish(dispute(world, payment, amount)[1])


_ACTIONS: dict[str, Callable[[World, Payment, int], None]] = {
    "authorize": _authorize,
    "capture": _capture,
    "fail": _fail,
    "refund_external": _refund_external,
    "dispute": _dispute,
}
