"""Delivers events: at least once, in no particular order, for a day, then switches the URL off."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp

from sandbox.razorpay.post import Delivery
from sandbox.razorpay.wire import sign
from sandbox.razorpay.world import Attempt, World

_IDLE = 0.1  # real seconds between two looks at a clock that may be virtual
_AT_ONCE = 64
_DEAD_SECRET = "not-the-secret"


async def deliver_for_ever(world: World) -> None:
    """Deliver what is due until cancelled."""
    room = asyncio.Semaphore(_AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=None)
    async with (
        aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as http,
        asyncio.TaskGroup() as group,
    ):
        while True:
            for delivery in world.take_due():
                await room.acquire()
                task = group.create_task(deliver(world, http, delivery))
                task.add_done_callback(lambda _: room.release())
            await _wait_for_post(world)


async def deliver(world: World, http: aiohttp.ClientSession, delivery: Delivery) -> Attempt | None:
    """Try once; a failure queues the next try or, after the last one, disables the target."""
    target = world.targets.get(delivery.target_id)
    if target is None or not target.enabled:
        return None
    attempt = await _try(world, http, delivery)
    world.attempts.append(attempt)
    if not _succeeded(attempt):
        _try_again(world, delivery)
    return attempt


def signature_of(delivery: Delivery) -> str | None:
    """Sign the raw body, or pretend to; a webhook without a secret is not signed."""
    if not delivery.secret:
        return None
    right = sign(delivery.event.body, delivery.secret)
    match delivery.forgery:
        case None:
            return right
        case "none":
            return None
        case "wrong":
            return sign(delivery.event.body, _DEAD_SECRET)
        case "truncated":
            return right[:-2]
        case "uppercase":
            return right.upper()


async def _try(world: World, http: aiohttp.ClientSession, delivery: Delivery) -> Attempt:
    started = time.monotonic()
    status, error = None, None
    try:
        async with asyncio.timeout(world.settings.webhook_timeout):
            response = await http.post(
                delivery.url,
                data=_stream(_body(delivery)) if delivery.chunked else _body(delivery),
                headers=_headers(delivery),
                allow_redirects=False,
            )
            status = response.status
            response.release()
    except (aiohttp.ClientError, OSError, TimeoutError) as caught:
        error = type(caught).__name__
    return Attempt(
        delivery.event.id,
        delivery.event.name,
        delivery.target_id,
        delivery.url,
        delivery.attempt,
        world.clock(),
        time.monotonic() - started,
        status,
        error,
    )


def _try_again(world: World, delivery: Delivery) -> None:
    again = delivery.next_try(world.settings.time_scale)
    if again is not None:
        world.queue.append(again)
        world.posted.set()
    elif delivery.retries:
        target = world.targets[delivery.target_id]
        world.targets[target.id] = replace(target, enabled=False)
        world.alerts.append(f"Webhook {target.url} was disabled after a day of failures")


def _succeeded(attempt: Attempt) -> bool:
    return attempt.status is not None and attempt.status // 100 == 2  # noqa: PLR2004  any 2xx


def _headers(delivery: Delivery) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Razorpay-Webhook/v1",
        "Request-Id": delivery.event.id,
        "Accept-Encoding": "gzip",
    }
    signature = signature_of(delivery)
    if signature is not None:
        headers["X-Razorpay-Signature"] = signature
    if delivery.with_event_id:
        headers["X-Razorpay-Event-Id"] = delivery.event.id
    return headers


def _body(delivery: Delivery) -> bytes:
    if delivery.corrupt:
        return delivery.event.body.replace(b'"amount":', b'"amount":9', 1)
    return delivery.event.body


async def _stream(body: bytes) -> AsyncIterator[bytes]:
    middle = len(body) // 2
    yield body[:middle]
    yield body[middle:]


async def _wait_for_post(world: World) -> None:
    world.posted.clear()
    try:
        async with asyncio.timeout(_IDLE):
            await world.posted.wait()
    except TimeoutError:
        return
