import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, Update
from telegram.error import BadRequest

from sandbox.client import Person

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hook:
    """A bot's webhook: refuses the first `failures` calls, keeps the rest."""

    def __init__(self) -> None:
        self.failures = 0
        self.secrets: list[str] = []
        self.received: asyncio.Queue[Update] = asyncio.Queue()

    async def receive(self, request: web.Request) -> web.Response:
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        self.secrets.append(request.headers.get(SECRET_HEADER, ""))
        self.received.put_nowait(Update.de_json(await request.json(), None))
        return web.Response()


@pytest.fixture
async def hook() -> Hook:
    return Hook()


@pytest.fixture
async def hook_url(hook: Hook) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/telegram", hook.receive)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/telegram"))


async def test_updates_are_pushed_with_the_secret(
    bot: Bot, asha: Person, hook: Hook, hook_url: str
) -> None:
    await bot.set_webhook(hook_url, secret_token="s3cret", drop_pending_updates=True)
    await asha.say("Draw a fox")
    message = (await hook.received.get()).message
    assert message
    assert message.text == "Draw a fox"
    assert hook.secrets == ["s3cret"]


@pytest.mark.usefixtures("asha")
async def test_a_failed_push_is_repeated_and_reported(bot: Bot, hook: Hook, hook_url: str) -> None:
    hook.failures = 1
    await bot.set_webhook(hook_url)
    message = (await hook.received.get()).message
    assert message
    assert message.text == "/start"
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


@pytest.mark.usefixtures("asha")
async def test_a_dead_address_keeps_the_updates(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/telegram", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1
    assert info.allowed_updates == ("message",)
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hub.example/t", "An HTTPS URL must be provided"),
        ("https://hub.example:9000/t", "only on ports 80, 88, 443 or 8443"),
    ],
)
async def test_an_address_telegram_would_not_call_is_refused(
    bot: Bot, url: str, reason: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_webhook(url)


async def test_a_strange_secret_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)unallowed characters"):
        await bot.set_webhook("https://hub.example/t", secret_token="no spaces please")
