"""The aiohttp application: routes, limits, and what happens when a request fails."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.services import Services
from store.errors import StoreError
from web import health, legal, media, pay, webhooks
from web.keys import SERVICES, TELEGRAM, TelegramWebhook

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 1024 * 1024
"""Far above the largest webhook seen; a larger body is not read at all."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server can be reached on this machine."""

    url: str


def build_app(services: Services, telegram: TelegramWebhook | None) -> web.Application:
    """All routes over the given services."""
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_refuse_politely])
    app[SERVICES] = services
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/metrics", health.metrics)
    app.router.add_post("/webhooks/razorpay", webhooks.razorpay)
    app.router.add_get("/pay/return", pay.returned)
    for page in legal.PAGES:
        app.router.add_get(f"/{page}", legal.page)
    app.router.add_get("/media/{job}", media.media)
    if telegram is not None:
        app[TELEGRAM] = telegram
        app.router.add_post("/webhooks/telegram", webhooks.telegram)
    return app


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncGenerator[Listening]:
    """Listen until the block is left; requests under way are finished first."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        log.info("listening on http://%s:%d", host, bound)
        yield Listening(f"http://{host}:{bound}")
    finally:
        await runner.cleanup()


@web.middleware
async def _refuse_politely(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except StoreError:
        # 503 asks the sender to come again; nothing was accepted.
        log.exception("%s could not be stored", request.path)
        return web.json_response({"error": "try again later"}, status=503)
