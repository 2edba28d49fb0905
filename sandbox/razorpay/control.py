"""The control plane, for tests and the sandbox's own pages: look inside, break, begin anew."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from pydantic import TypeAdapter

from sandbox.razorpay.control_money import (
    act_on_dispute,
    act_on_payment,
    act_on_refund,
    pay_qr_code,
)
from sandbox.razorpay.events import Event
from sandbox.razorpay.faults import Fault
from sandbox.razorpay.keys import WEBHOOK_SECRET
from sandbox.razorpay.post import Delivery, Mischief, Target
from sandbox.razorpay.settings import Settings
from sandbox.razorpay.webhooks import deliver
from sandbox.razorpay.world import WORLD, World

Record = TypeVar("Record", Fault, Mischief, Settings)


def application(world: World) -> web.Application:
    """Build the application for `/_emu`."""
    app = web.Application(middlewares=[_explain])
    app[WORLD] = world
    app.router.add_get("/state", state)
    app.router.add_post("/reset", reset)
    app.router.add_get("/requests", requests)
    app.router.add_get("/deliveries", deliveries)
    app.router.add_get("/events", events)
    app.router.add_post("/events/{id}/deliver", redeliver)
    app.router.add_post("/settings", change_settings)
    app.router.add_post("/faults", add_fault)
    app.router.add_delete("/faults", clear_faults)
    app.router.add_post("/webhooks", put_target)
    app.router.add_delete("/webhooks/{id}", remove_target)
    app.router.add_post("/webhooks/faults", add_mischief)
    app.router.add_post("/webhooks/send", send)
    app.router.add_post("/payments/{id}/{action}", act_on_payment)
    app.router.add_post("/qr_codes/{id}/pay", pay_qr_code)
    app.router.add_post("/refunds/{id}/{status}", act_on_refund)
    app.router.add_post("/disputes/{id}/{status}", act_on_dispute)
    return app


async def state(request: web.Request) -> web.Response:
    """Everything that is: entities, targets, settings, rules, alerts."""
    world = request.app[WORLD]
    return _json(
        {
            "now": world.now(),
            "links": [asdict(link) for link in world.links],
            "qr_codes": [asdict(qr) for qr in world.qr_codes],
            "orders": [asdict(order) for order in world.orders],
            "payments": [asdict(payment) for payment in world.payments],
            "refunds": [asdict(refund) for refund in world.refunds],
            "disputes": [asdict(dispute) for dispute in world.disputes],
            "settings": asdict(world.settings),
            "targets": [_target_view(target) for target in world.targets.values()],
            "faults": [asdict(rule) for rule in world.faults],
            "webhook_faults": [asdict(rule) for rule in world.mischiefs],
            "undelivered": len(world.queue),
            "alerts": world.alerts,
        }
    )


async def reset(request: web.Request) -> web.Response:
    """Forget everything but the webhook targets, which are switched on again."""
    world = request.app[WORLD]
    world.targets = {key: replace(kept, enabled=True) for key, kept in world.targets.items()}
    world.reset()
    return _json({"ok": True})


async def requests(request: web.Request) -> web.Response:
    """The journal of REST calls, without credentials."""
    return _json({"requests": [asdict(call) for call in request.app[WORLD].calls]})


async def deliveries(request: web.Request) -> web.Response:
    """Every attempt to deliver an event."""
    return _json({"deliveries": [asdict(attempt) for attempt in request.app[WORLD].attempts]})


async def events(request: web.Request) -> web.Response:
    """Every event that happened, delivered or not."""
    all_events = request.app[WORLD].events.values()
    return _json(
        {"events": [{"id": e.id, "event": e.name, "body": e.body.decode()} for e in all_events]}
    )


async def redeliver(request: web.Request) -> web.Response:
    """Deliver an event once more, now, and wait for the answer; see `_deliver_now`."""
    event = request.app[WORLD].events[request.match_info["id"]]
    return await _deliver_now(request, event, await _body(request))


async def send(request: web.Request) -> web.Response:
    """Deliver a body of the caller's own as an event, as `{event, body}`; see `_deliver_now`."""
    body = await _body(request)
    event = Event(request.app[WORLD].new_id(), str(body["event"]), str(body["body"]).encode())
    return await _deliver_now(request, event, body)


async def change_settings(request: web.Request) -> web.Response:
    """Change some settings; the answer is all of them."""
    world, body = request.app[WORLD], await _body(request)
    world.settings = _record(Settings, asdict(world.settings) | dict(body))
    return _json(asdict(world.settings))


async def add_fault(request: web.Request) -> web.Response:
    """Queue a fault of the REST service."""
    fault = _record(Fault, await _body(request))
    request.app[WORLD].faults.add(fault)
    return _json(asdict(fault))


async def clear_faults(request: web.Request) -> web.Response:
    """Forget all faults, of REST and of webhooks."""
    request.app[WORLD].faults.clear()
    request.app[WORLD].mischiefs.clear()
    return _json({"ok": True})


async def add_mischief(request: web.Request) -> web.Response:
    """Queue a fault of webhook delivery."""
    mischief = _record(Mischief, await _body(request))
    request.app[WORLD].mischiefs.add(mischief)
    return _json(asdict(mischief))


async def put_target(request: web.Request) -> web.Response:
    """Add or change a webhook target: `{url, secret, events, enabled, id}`.

    The same id with another secret is a rotation: what already happened stays signed with the old.
    """
    world, body = request.app[WORLD], await _body(request)
    target_id = str(body.get("id", "default"))
    before = world.targets.get(target_id)
    secret = str(body.get("secret", WEBHOOK_SECRET))
    world.targets[target_id] = Target(
        target_id,
        str(body["url"]),
        secret,
        frozenset(body.get("events", ())),
        bool(body.get("enabled", True)),
        before.secret if before and before.secret != secret else "whsec_retired",
    )
    return _json(_target_view(world.targets[target_id]))


async def remove_target(request: web.Request) -> web.Response:
    """Remove a webhook target."""
    del request.app[WORLD].targets[request.match_info["id"]]
    return _json({"ok": True})


async def _deliver_now(request: web.Request, event: Event, body: Mapping[str, Any]) -> web.Response:
    """Deliver without retries.

    Fields: `target` (else all), `secret` to sign with, `forgery`, `corrupt`, and `event_id`, which
    is not signed and can therefore be replaced by anybody.
    """
    world = request.app[WORLD]
    event = replace(event, id=str(body.get("event_id", event.id)))
    attempts = []
    async with aiohttp.ClientSession() as http:
        for target in world.targets.values():
            if body.get("target") in {None, target.id}:
                delivery = _single_delivery(world, event, target, body)
                attempts.append(await deliver(world, http, delivery))
    return _json({"deliveries": [asdict(attempt) for attempt in attempts if attempt is not None]})


def _single_delivery(
    world: World, event: Event, target: Target, body: Mapping[str, Any]
) -> Delivery:
    return Delivery(
        event,
        target.id,
        target.url,
        str(body.get("secret", target.secret)),
        world.clock(),
        world.clock(),
        forgery=body.get("forgery"),
        corrupt=bool(body.get("corrupt")),
        retries=False,
    )


def _target_view(target: Target) -> Mapping[str, object]:
    return {
        "id": target.id,
        "url": target.url,
        "events": sorted(target.events),
        "enabled": target.enabled,
    }


def _record(kind: type[Record], body: Mapping[str, Any]) -> Record:
    unknown = sorted(set(body) - {field.name for field in fields(kind)})
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
    return TypeAdapter(kind).validate_python(body)


async def _body(request: web.Request) -> Mapping[str, Any]:
    content = json.loads(await request.read() or b"{}")
    if not isinstance(content, dict):
        raise TypeError("an object is expected")
    return content


def _json(content: Mapping[str, object]) -> web.Response:
    return web.json_response(content, dumps=lambda value: json.dumps(value, default=_plain))


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@web.middleware
async def _explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except KeyError as error:
        return web.json_response({"error": f"no such thing: {error}"}, status=404)
    except (TypeError, ValueError) as error:
        return web.json_response({"error": str(error)}, status=400)
