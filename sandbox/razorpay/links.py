"""Payment links over REST."""

from dataclasses import replace

from aiohttp import web

from sandbox.razorpay.entities import Link, LinkStatus
from sandbox.razorpay.errors import ApiError, link_refused, no_such_id, quota_exhausted
from sandbox.razorpay.faults import STALE_BY
from sandbox.razorpay.lifecycle import close_link
from sandbox.razorpay.link_form import (
    check_id,
    checked,
    expire_by_in,
    notes_in,
    object_in,
    reference_in,
)
from sandbox.razorpay.parsing import Route, page
from sandbox.razorpay.views import link_payment_view, link_view
from sandbox.razorpay.wire import Json, JsonObject, go_json
from sandbox.razorpay.world import WORLD, World


async def create(request: web.Request) -> web.Response:
    """`POST /v1/payment_links`."""
    world = request.app[WORLD]
    form = checked(object_in(await request.read()), world.now())
    quota = world.settings.link_quota
    if quota is not None and len(list(world.links)) >= quota:
        raise quota_exhausted(quota)
    _claim_reference(world, form.reference_id)
    now = world.now()
    link = Link(
        id=world.new_id("plink_"),
        slug=world.new_slug(),
        created_at=now,
        updated_at=now,
        amount=form.amount,
        description=form.description,
        reference_id=form.reference_id,
        customer=form.customer,
        expire_by=form.expire_by,
        notes=form.notes,
        notify=form.notify,
        callback_url=form.callback_url,
        accept_partial=form.accept_partial,
        first_min_partial_amount=form.first_min_partial_amount,
        reminder_enable=form.reminder_enable,
        options=form.options,
    )
    world.slugs[link.slug] = link.id
    world.links.put(link)
    return _answer(link_view(link, world.short_url(link), None))


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/payment_links/{id}`."""
    return _answer(_view(request.app[WORLD], _link(request)))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/payment_links`: its envelope is not `items`."""
    world = request.app[WORLD]
    newest_first = [link for link in world.links if _wanted(request, link)][::-1]
    chosen = page(request, newest_first, lambda link: link.created_at)
    return _answer({"payment_links": [_view(world, link) for link in chosen]})


async def edit(request: web.Request) -> web.Response:
    """`PATCH /v1/payment_links/{id}`."""
    world, link = request.app[WORLD], _link(request)
    body = object_in(await request.read(), editing=True)
    if not link.is_open:
        raise link_refused("update can only be made in created or partially paid state")
    if "reference_id" in body and reference_in(body) != link.reference_id:
        _claim_reference(world, reference_in(body))
        link = replace(link, reference_id=reference_in(body))
    if "expire_by" in body:
        link = replace(link, expire_by=expire_by_in(body, world.now()))
    if "notes" in body:
        link = replace(link, notes=notes_in(body))
    link = replace(
        link,
        accept_partial=bool(body.get("accept_partial", link.accept_partial)),
        reminder_enable=bool(body.get("reminder_enable", link.reminder_enable)),
        updated_at=world.now(),
    )
    return _answer(_view(world, world.links.put(link)))


async def cancel(request: web.Request) -> web.Response:
    """`POST /v1/payment_links/{id}/cancel`."""
    world, link = request.app[WORLD], _link(request)
    refusal = _cancel_refusal(link.status, live=world.settings.wording == "live")
    if refusal:
        raise link_refused(refusal)
    world.publish(close_link(world, link, LinkStatus.CANCELLED))
    return _answer(_view(world, world.links[link.id]))


async def notify_by(request: web.Request) -> web.Response:
    """`POST /v1/payment_links/{id}/notify_by/{medium}`."""
    _link(request)
    if request.match_info["medium"] not in {"sms", "email"}:
        raise link_refused("not a valid notification medium")
    return _answer({"success": True})


ROUTES: tuple[Route, ...] = (
    ("POST", "/payment_links", create),
    ("GET", "/payment_links", fetch_all),
    ("GET", "/payment_links/{id}", fetch),
    ("PATCH", "/payment_links/{id}", edit),
    ("POST", "/payment_links/{id}/cancel", cancel),
    ("POST", "/payment_links/{id}/notify_by/{medium}", notify_by),
)


def _link(request: web.Request) -> Link:
    world, link_id = request.app[WORLD], request.match_info["id"]
    check_id(link_id)
    link = world.links.get(link_id, request.get(STALE_BY, 0.0))
    if link is None:
        raise _unknown(world)
    return link


def _unknown(world: World) -> ApiError:
    if world.settings.unknown_link_status == 404:  # noqa: PLR2004  the status of the answer
        return link_refused("", 404)
    return no_such_id()


def _claim_reference(world: World, reference: str) -> None:
    if not reference:
        return
    if reference in world.references:
        raise link_refused(
            f"payment link with given reference_id: {reference} already exists."
            " Please create a payment link with a different reference_id"
            if world.settings.wording == "live"
            else "payment link creation with reference ID already attempted"
        )
    world.references.add(reference)


def _cancel_refusal(status: LinkStatus, *, live: bool) -> str | None:
    match status:
        case LinkStatus.PAID | LinkStatus.PARTIALLY_PAID:
            slash = " / " if live else "/"
            return f"cannot cancel or expire an already paid{slash}partially paid link"
        case LinkStatus.CANCELLED:
            return "cannot cancel or expire a cancelled link"
        case LinkStatus.EXPIRED:
            return "cannot cancel or expire an expired link"
        case LinkStatus.CREATED:
            return None


def _wanted(request: web.Request, link: Link) -> bool:
    world = request.app[WORLD]
    reference, payment_id = request.query.get("reference_id"), request.query.get("payment_id")
    if payment_id is not None:
        payment = world.payments.get(payment_id)
        # A payment by QR code has no order, and neither has a link that nobody tried to pay.
        order_id = payment.order_id if payment is not None else None
        return order_id is not None and order_id == link.order_id
    match world.settings.reference_filter:
        case "exact":
            return reference in {None, link.reference_id}
        case "substring":
            return reference is None or reference in link.reference_id
        case "ignored":
            return True


def _view(world: World, link: Link) -> JsonObject:
    rows: list[Json] = []
    if world.settings.link_payments == "documented":
        rows = [
            link_payment_view(link, payment)
            for payment in world.payments
            if payment.captured and link.order_id and payment.order_id == link.order_id
        ]
    return link_view(link, world.short_url(link), rows)


def _answer(view: JsonObject) -> web.Response:
    return web.Response(body=go_json(view), content_type="application/json", charset="utf-8")
