"""Discord's library keeps its addresses for the whole process; each test gives them back."""

from collections.abc import AsyncIterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.bot.discord_api import DiscordApi, serve_discord_api


@pytest.fixture
def discord_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def discord_api(discord_addresses: None) -> AsyncIterator[DiscordApi]:  # noqa: ARG001
    async with serve_discord_api() as api:
        yield api
