"""How the bot learns what people did: getUpdates, or a webhook that is called."""

import asyncio
import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp

from sandbox.records import Json, JsonValue
from sandbox.telegram.bot import Bot, Webhook
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params
from sandbox.telegram.updates import read_allowed

_PORTS = {443, 80, 88, 8443}
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ANSWER_WITHIN = 30.0
_IDLE = 5.0
_FIRST_PAUSE = 0.2  # the real server waits longer; a demo should not
_LONGEST_PAUSE = 30.0
_ACCEPTED = range(200, 300)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


async def get_updates(bot: Bot, params: Params, alive: Callable[[], bool]) -> JsonValue:
    """Long polling; `alive` says whether the caller still listens."""
    bot.updates.allow(read_allowed(params.json("allowed_updates", "allowed updates")))
    return await bot.updates.poll(
        params.integer("offset"),
        params.integer("limit", 100),
        params.integer("timeout"),
        alive,
    )


async def set_webhook(bot: Bot, params: Params) -> JsonValue:
    """Push updates to an address; an empty one means polling."""
    url = params.text("url")
    if not url:
        return await delete_webhook(bot, params)
    _check_address(url)
    secret = params.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    bot.updates.allow(read_allowed(params.json("allowed_updates", "allowed updates")))
    _drop(bot, params)
    bot.webhook = Webhook(
        url,
        secret,
        params.integer("max_connections", 40),
        certificate="certificate" in params.uploads,
    )
    _switch(bot, on=True)
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname in _LOOPBACK:
        return  # the one kindness: the real server asks for https and its four ports
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


async def delete_webhook(bot: Bot, params: Params) -> JsonValue:
    """Go back to polling."""
    _drop(bot, params)
    bot.webhook = Webhook()
    _switch(bot, on=False)
    return True


def _drop(bot: Bot, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        bot.updates.pending.clear()


def _switch(bot: Bot, *, on: bool) -> None:
    bot.updates.webhook_set = on
    bot.updates.ring()


async def get_webhook_info(bot: Bot, _params: Params) -> JsonValue:
    """Where updates go, how many wait and what went wrong last."""
    hook = bot.webhook
    body: Json = {
        "url": hook.url,
        "has_custom_certificate": hook.certificate,
        "pending_update_count": len(bot.updates.pending),
    }
    if hook.url:
        body |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if hook.error:
        body |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    if (allowed := bot.updates.allowed()) is not None:
        body["allowed_updates"] = allowed
    return body


async def push_updates(bot: Bot) -> None:
    """Call the webhook with one update after another, for ever; the owner cancels."""
    timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN)
    pause = _FIRST_PAUSE
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            if not bot.webhook.url or not bot.updates.pending:
                await bot.updates.wait(_IDLE)
            elif await _push_one(bot, session):
                pause = _FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


async def _push_one(bot: Bot, session: aiohttp.ClientSession) -> bool:
    hook, update = bot.webhook, bot.updates.pending[0]
    headers = {"Content-Type": "application/json"}
    if hook.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
    try:
        body = json.dumps(update.render())
        async with session.post(hook.url, data=body, headers=headers) as answer:
            status, reason = answer.status, answer.reason
    except (aiohttp.ClientError, TimeoutError) as error:
        return _failed(bot, hook, f"Connection failed: {type(error).__name__}")
    if status not in _ACCEPTED:
        return _failed(bot, hook, f"Wrong response from the webhook: {status} {reason}")
    if bot.updates.pending and bot.updates.pending[0] is update:
        bot.updates.pending.popleft()
    return True


def _failed(bot: Bot, hook: Webhook, reason: str) -> bool:
    hook.error, hook.error_at = reason, int(bot.world.now())
    return False


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
