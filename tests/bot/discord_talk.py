"""An adapter on the small Discord, and handlers that say what the test lays out."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.discord import DiscordAdapter, Dispatch
from bot.discord_offers import Offers
from chat.commands import Command, Option
from chat.model import Incoming, Reply
from chat.text import text
from tests.bot.discord_api import TOKEN, DiscordApi

NOW = 1_700_000_000.0
HELLO = Reply(text("hello"))
STYLES = tuple(f"style {number}" for number in range(30))
IMAGE = Command(
    "image",
    {"en": "Draw a picture", "hi": "तस्वीर बनाएँ"},
    (
        Option("seed", {"en": "Same seed"}, kind="integer", minimum=0),
        Option("prompt", {"en": "What to draw"}, required=True, length_max=1000),
        Option("style", {"en": "A style"}, choices=STYLES),
    ),
)
SESSION = Command("session", {"en": "What is left"}, is_private=True)


def adapter_of(api: DiscordApi, token: str = TOKEN) -> DiscordAdapter:
    adapter = DiscordAdapter(
        token, api.url, api.gateway_url, explain=explain, clock=lambda: NOW, sleep=at_once
    )
    adapter.introduce(Offers([IMAGE, SESSION]))
    return adapter


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


def explain(error: Exception, _incoming: Incoming) -> Reply:
    return Reply(text(type(error).__name__), private=True)


class Talk:
    """Answers what comes with one reply after the other; an exception is raised."""

    def __init__(self, *replies: Reply | Exception | None) -> None:
        self.heard: list[Incoming] = []
        self._replies = iter(replies)
        self._changed = asyncio.Condition()

    async def __call__(self, incoming: Incoming) -> Reply | None:
        self.heard.append(incoming)
        reply = next(self._replies)
        async with self._changed:
            self._changed.notify_all()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.heard) >= count)


@asynccontextmanager
async def running(adapter: DiscordAdapter, dispatch: Dispatch) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(adapter.run(dispatch))
        yield
        task.cancel()
