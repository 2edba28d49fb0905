from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from tests.doubles.hub import Hub, open_hub
from tests.doubles.web import Browser
from web.app import build_app, serve
from web.keys import TelegramWebhook


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with open_hub(tmp_path) as opened:
        yield opened


@pytest.fixture
def updates() -> list[bytes]:
    """What reached the adapter."""
    return []


@pytest.fixture
async def browser(hub: Hub, updates: list[bytes]) -> AsyncIterator[Browser]:
    async def handle(raw: bytes) -> None:
        if raw == b"broken":
            raise ValueError("no update")
        updates.append(raw)

    app = build_app(hub.services, TelegramWebhook(SecretStr("telegrams-secret"), handle))
    async with serve(app, "127.0.0.1", 0) as listening, aiohttp.ClientSession() as http:
        yield Browser(listening.url, http)
