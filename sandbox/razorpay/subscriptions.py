"""The account's webhooks over REST: where events go is registered and listed, never changed.

Who has keys of their own can neither change nor remove a webhook by them, only in the dashboard.
The entity is the one documented for `/v2/accounts/{id}/webhooks`; it never shows the secret.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.razorpay.errors import invalid, no_route
from sandbox.razorpay.parsing import Route, answer, body_of, page, text_in
from sandbox.razorpay.post import Target
from sandbox.razorpay.views import collection
from sandbox.razorpay.wire import Json, JsonObject
from sandbox.razorpay.world import WORLD

_FIELDS = ("url", "secret", "events", "alert_email", "active")
_MAX_TARGETS = 30


async def create(request: web.Request) -> web.Response:
    """`POST /v1/webhooks`: `url` and `events`, and the `secret` that signs."""
    world, body = request.app[WORLD], await body_of(request, _FIELDS)
    if len(world.targets) >= _MAX_TARGETS:
        # That there are no more than 30 is documented, the words are not.
        raise invalid("You have reached the maximum number of webhooks allowed.")
    target = Target(
        world.new_id(),
        _url_in(body),
        text_in(body, "secret") or "",
        _events_in(body),
        _active_in(body),
        created_at=world.now(),
        alert_email=text_in(body, "alert_email") or "",
    )
    world.targets[target.id] = target
    return answer(webhook_view(target))


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/webhooks`, newest first."""
    targets = list(request.app[WORLD].targets.values())[::-1]
    chosen = page(request, targets, lambda target: target.created_at)
    return answer(collection([webhook_view(target) for target in chosen]))


async def refuse(_: web.Request) -> web.Response:
    """`PATCH`, `PUT` and `DELETE /v1/webhooks/{id}`: as if there were no such thing."""
    raise no_route()


def webhook_view(target: Target) -> JsonObject:
    """A webhook as REST answers it."""
    return {
        "id": target.id,
        "entity": "webhook",
        "created_at": target.created_at,
        "updated_at": target.created_at,
        "url": target.url,
        "alert_email": target.alert_email,
        "secret_exists": bool(target.secret),
        "active": target.enabled,
        "events": sorted(target.events),
    }


ROUTES: tuple[Route, ...] = (
    ("POST", "/webhooks", create),
    ("GET", "/webhooks", fetch_all),
    ("PATCH", "/webhooks/{id}", refuse),
    ("PUT", "/webhooks/{id}", refuse),
    ("DELETE", "/webhooks/{id}", refuse),
)


def _url_in(body: JsonObject) -> str:
    url = text_in(body, "url")
    if not url:
        raise invalid("The url field is required.", "url")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("The url format is invalid.", "url")
    return url


def _events_in(body: JsonObject) -> frozenset[str]:
    """A list of names, or, as older samples have it, names with a truth value each."""
    events: Json = body.get("events")
    if isinstance(events, Mapping):
        events = [name for name, wanted in events.items() if wanted not in (False, "0")]
    if not events:
        raise invalid("The events field is required.", "events")
    if not isinstance(events, list) or not all(isinstance(name, str) for name in events):
        raise invalid("The events must be an array.", "events")
    return frozenset(str(name) for name in events)


def _active_in(body: JsonObject) -> bool:
    active = body.get("active", True)
    if not isinstance(active, bool):
        raise invalid("The active field must be true or false.", "active")
    return active
