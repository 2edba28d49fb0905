import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from yarl import URL

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson, ready
from sandbox.discord.gateway import TOKEN
from tests.sandbox.conftest import picture

PATIENCE = 10


class Bot(discord.AutoShardedClient):
    """The real library; tests take what it hears one by one and answer by hand."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("intents", discord.Intents.default())
        super().__init__(**options)
        self._connection.guild_ready_timeout = 0
        self.heard: asyncio.Queue[discord.Interaction[Any]] = asyncio.Queue()
        self.read: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.resumed = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not be polite for five seconds."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.heard.put_nowait(interaction)

    async def on_message(self, message: discord.Message) -> None:
        self.read.put_nowait(message)

    async def on_shard_resumed(self, _shard: int) -> None:
        self.resumed.set()

    async def next(self) -> discord.Interaction[Any]:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def next_message(self) -> discord.Message:
        async with asyncio.timeout(PATIENCE):
            return await self.read.get()

    async def declare(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        """Register commands as raw JSON, so that the tests say what goes over the wire."""
        assert self.application_id
        declared: Any = [{"type": 1, **command} for command in commands]
        kept: Any = await self.http.bulk_upsert_global_commands(self.application_id, declared)
        return list(kept)


ANYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
IMAGE: dict[str, Any] = {
    "name": "image",
    "description": "Draw a picture",
    "name_localizations": {"hi": "चित्र"},
    "description_localizations": {"hi": "एक चित्र बनाओ"},
    "options": [
        {"type": 3, "name": "prompt", "description": "What to draw", "required": True},
        {"type": 4, "name": "steps", "description": "How many", "min_value": 1, "max_value": 50},
        {"type": 3, "name": "style", "description": "How it looks", "autocomplete": True},
        {"type": 11, "name": "start", "description": "A picture to begin with"},
    ],
    **ANYWHERE,
}


@pytest.fixture(autouse=True)
def _redirect(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", f"{sandbox.url}/api/v10")
    monkeypatch.setattr(
        discord.gateway.DiscordWebSocket,
        "DEFAULT_GATEWAY",
        URL(sandbox.url.replace("http", "ws") + "/gateway"),
    )
    monkeypatch.setattr(discord.asset.Asset, "BASE", f"{sandbox.url}/cdn")


async def running(bot: Bot, client: SandboxClient) -> AsyncIterator[Bot]:
    async with asyncio.TaskGroup() as tasks, bot:
        tasks.create_task(bot.start(TOKEN))
        async with asyncio.timeout(PATIENCE):
            await bot.wait_until_ready()
            await bot.declare(IMAGE)
            await ready(client)
        yield bot
        await bot.close()


@pytest.fixture
async def bot(client: SandboxClient) -> AsyncIterator[Bot]:
    async for bot in running(Bot(), client):
        yield bot


@pytest.fixture
def asha(client: SandboxClient) -> DiscordPerson:
    return DiscordPerson(client, "asha")


@pytest.fixture
def ravi(client: SandboxClient) -> DiscordPerson:
    return DiscordPerson(client, "ravi")


@pytest.fixture
def meera(client: SandboxClient) -> DiscordPerson:
    """She owns the server."""
    return DiscordPerson(client, "meera")


def file(name: str = "fox.png", **options: Any) -> discord.File:
    return discord.File(io.BytesIO(picture()), name, **options)


def view(*items: discord.ui.Item[Any]) -> discord.ui.View:
    shown = discord.ui.View(timeout=None)
    for item in items:
        shown.add_item(item)
    return shown
