"""Webhooks: the bytes are verified before anything reads them."""

import hmac
import logging

from aiohttp import web

from web.keys import SERVICES, TELEGRAM

log = logging.getLogger(__name__)

ANSWERS = {
    "stored": 200,
    "duplicate": 200,
    # Razorpay sends a refused event again, as it should when the secret is wrong on this side.
    "refused": 400,
}


async def razorpay(request: web.Request) -> web.Response:
    """Keep an event before answering; what it means is worked out afterwards."""
    payments = request.app[SERVICES].payments
    if payments is None:
        return web.Response(status=404)
    raw = await request.read()
    outcome = await payments.receive(raw, request.headers)
    return web.json_response({"status": outcome}, status=ANSWERS[outcome])


async def telegram(request: web.Request) -> web.Response:
    """Hand an update to the adapter; answered once it was handled, so that none is lost."""
    hook = request.app[TELEGRAM]
    secret = hook.secret.get_secret_value().encode()
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode(errors="replace")
    if not secret or not hmac.compare_digest(given, secret):
        return web.Response(status=403)
    try:
        await hook.handle(await request.read())
    except ValueError:
        log.exception("what was posted as an update is none")
        return web.Response(status=400)
    return web.Response()
