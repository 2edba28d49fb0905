"""What the routes find in the application."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import SecretStr

from handlers.services import Services


@dataclass(frozen=True, slots=True)
class TelegramWebhook:
    """Where Telegram's updates go, and the secret that shows they are Telegram's."""

    secret: SecretStr
    handle: Callable[[bytes], Awaitable[None]]


SERVICES = web.AppKey("services", Services)
TELEGRAM = web.AppKey("telegram", TelegramWebhook)
