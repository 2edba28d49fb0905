"""Discord's library keeps its addresses for the whole process; each test gives them back."""

from collections.abc import AsyncIterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord import DiscordAdapter
from sandbox.app import Sandbox, serve
from tests.bot.discord_api import DiscordApi, serve_discord_api
from tests.bot.discord_stage import Stage, staged
from tests.bot.discord_talk import adapter_of


@pytest.fixture
def discord_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def discord_api(discord_addresses: None) -> AsyncIterator[DiscordApi]:  # noqa: ARG001
    async with serve_discord_api() as api:
        yield api


@pytest.fixture
async def discord_adapter(discord_api: DiscordApi) -> AsyncIterator[DiscordAdapter]:
    async with adapter_of(discord_api) as adapter:
        yield adapter


@pytest.fixture
async def sandbox(discord_addresses: None) -> AsyncIterator[Sandbox]:  # noqa: ARG001
    async with serve() as sandbox:
        yield sandbox


@pytest.fixture
async def stage(sandbox: Sandbox) -> AsyncIterator[Stage]:
    async with staged(sandbox) as stage:
        yield stage
