import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from telegram import Bot

from sandbox.app import Sandbox, serve
from sandbox.client import Person, SandboxClient
from sandbox.telegram.bot import TOKEN


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about its old way to tell durations."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with serve() as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox.url) as client:
        yield client


@pytest.fixture
async def asha(client: SandboxClient) -> Person:
    """Somebody who has just started the bot."""
    person = client.person("asha")
    await person.say("/start")
    return person


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with real_bot(sandbox) as bot:
        yield bot


@pytest.fixture
async def second_bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """The same bot, running somewhere else too."""
    async with real_bot(sandbox) as bot:
        yield bot


def real_bot(sandbox: Sandbox) -> Bot:
    return Bot(TOKEN, base_url=f"{sandbox.url}/bot", base_file_url=f"{sandbox.url}/file/bot")


@pytest.fixture
def asha_id(sandbox: Sandbox, asha: Person) -> int:
    """Where the bot reaches her."""
    return sandbox.world.people[asha.key].id


def picture(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()
