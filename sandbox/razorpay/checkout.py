"""The hosted page behind `short_url`: look, pay (by hand or headless), be sent back."""

import json
from collections.abc import Mapping
from typing import get_args
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.razorpay.entities import Instrument, Link, LinkStatus, Payment
from sandbox.razorpay.keys import KEY_SECRET
from sandbox.razorpay.lifecycle import BANK_DECLINED
from sandbox.razorpay.outcomes import ERROR_CARDS, Outcome, Visit, card, pay
from sandbox.razorpay.pages import checkout_page, closed_page, not_found_page, result_page
from sandbox.razorpay.wire import callback_signature
from sandbox.razorpay.world import WORLD, World

_FAILING_VPA = "failure@razorpay"
_IGNORES_STATUS = {"pay_after_expiry", "pay_after_cancel", "double_pay"}
_HEAD_START = 5.0


def application(world: World) -> web.Application:
    """Build the application for `/rzp`."""
    app = web.Application()
    app[WORLD] = world
    app.router.add_get("/{slug}", show)
    app.router.add_post("/{slug}/pay", submit)
    return app


async def show(request: web.Request) -> web.Response:
    """`GET /rzp/{slug}`."""
    world, link = request.app[WORLD], _link(request)
    if link is None:
        return _html(not_found_page(), 404)
    return _html(_page(world, link))


async def submit(request: web.Request) -> web.Response:
    """`POST /rzp/{slug}/pay`, as a form or as JSON; who accepts JSON gets JSON."""
    world, link = request.app[WORLD], _link(request)
    if link is None:
        return _html(not_found_page(), 404)
    fields = await _fields(request)
    try:
        visit = _visit(world, fields)
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    if not _payable(world, link) and visit.outcome not in _IGNORES_STATUS:
        return _html(_page(world, link), 409)
    ids = pay(world, link, visit)
    link, payment = world.links[link.id], world.payments[ids[-1]]
    target = _callback(link, payment, fields)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response(
            {"link_id": link.id, "status": link.status, "payments": ids, "redirect": target}
        )
    if target is not None:
        return web.Response(status=302, headers={"Location": target})
    return _html(result_page(world.business, link, payment))


def _link(request: web.Request) -> Link | None:
    world = request.app[WORLD]
    link_id = world.slugs.get(request.match_info["slug"])
    return world.links[link_id] if link_id else None


def _payable(world: World, link: Link) -> bool:
    # The page refuses at once; the link's status follows when the sweep comes by.
    return link.is_open and not 0 < link.expire_by <= world.clock()


def _page(world: World, link: Link) -> str:
    if _payable(world, link):
        return checkout_page(world.business, link)
    status = LinkStatus.EXPIRED if link.is_open else link.status
    return closed_page(world.business, link, status)


async def _fields(request: web.Request) -> Mapping[str, str]:
    if request.content_type == "application/json":
        content = json.loads(await request.read() or b"{}")
        return {name: str(value) for name, value in content.items()}
    return {name: str(value) for name, value in (await request.post()).items()}


def _visit(world: World, fields: Mapping[str, str]) -> Visit:
    method = fields.get("method", "upi")
    number = fields.get("card_number", "4100280000001007").replace(" ", "")
    failure = ERROR_CARDS.get(number) if method == "card" else None
    doomed = failure is not None or (method == "upi" and fields.get("vpa") == _FAILING_VPA)
    amount = fields.get("amount")
    before_webhook = fields.get("callback_before_webhook") in {"1", "True", "true"}
    outcome = _outcome(fields.get("outcome"), doomed=doomed)
    late = 172_800.0 if outcome == "late_auth" else 6.0
    return Visit(
        _instrument(world, method, number, fields),
        outcome,
        failure or BANK_DECLINED,
        int(amount) if amount else None,
        float(fields.get("after", late)),
        _HEAD_START if before_webhook else 0.0,
    )


def _outcome(wish: str | None, *, doomed: bool) -> Outcome:
    for outcome in get_args(Outcome):
        if outcome == wish:
            # "Success" with a card that always fails, fails; so does the test VPA.
            return "fail" if doomed and outcome == "success" else outcome
    if wish:
        raise ValueError(f"unknown outcome {wish!r}")
    return "fail" if doomed else "success"


def _instrument(world: World, method: str, number: str, fields: Mapping[str, str]) -> Instrument:
    match method:
        case "upi":
            return Instrument("upi", vpa=fields.get("vpa") or "success@razorpay")
        case "card":
            return Instrument("card", card=card(world, number))
        case "netbanking":
            return Instrument("netbanking", bank=fields.get("bank") or "HDFC")
    raise ValueError(f"unknown method {method!r}")


def _callback(link: Link, payment: Payment, fields: Mapping[str, str]) -> str | None:
    """Where the payer's browser is sent; `tamper` falsifies one part after signing."""
    tamper = fields.get("tamper")
    succeeded = payment.captured and link.status is LinkStatus.PAID
    if not link.callback_url or fields.get("skip_callback") or not (succeeded or tamper):
        return None
    signature = callback_signature(link.id, link.reference_id, link.status, payment.id, KEY_SECRET)
    query = {
        "razorpay_payment_id": payment.id,
        "razorpay_payment_link_id": link.id,
        "razorpay_payment_link_reference_id": link.reference_id,
        "razorpay_payment_link_status": link.status.value,
        "razorpay_signature": signature,
    }
    match tamper:
        case "status":
            query["razorpay_payment_link_status"] = "partially_paid" if succeeded else "paid"
        case "payment":
            query["razorpay_payment_id"] = payment.id[:-1] + ("0" if payment.id[-1] != "0" else "1")
        case "ref":
            query["razorpay_payment_link_reference_id"] = link.reference_id + "x"
        case "signature":
            query["razorpay_signature"] = signature[::-1]
    parts = urlsplit(link.callback_url)
    joined = "&".join(filter(None, (parts.query, urlencode(query))))
    return parts._replace(query=joined).geturl()


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(
        text=page, status=status, content_type="text/html", headers={"Cache-Control": "no-store"}
    )
