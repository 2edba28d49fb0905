import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.app import Sandbox, serve
from sandbox.client import Person, SandboxClient
from sandbox.discord import client as discord
from sandbox.discord.client import DiscordPerson
from sandbox.records import Person as Resident
from tests.e2e.world import (
    ADMINS,
    ANIMATED,
    MODEL,
    ROOT,
    VIDEO_MODEL,
    Hub,
    drawing_elsewhere,
    on_discord,
    send_webhooks_to,
    started,
)

_numbers = count(9_000_001)


@pytest.fixture(scope="session", autouse=True)
def _model() -> None:
    for module, folder in (("untrained", MODEL), ("untrained_video", VIDEO_MODEL)):
        if (folder / "model_index.json").exists():
            continue  # the module would say so too, when it has read the libraries
        command = [sys.executable, "-m", f"models.{module}", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


# A world and a bot of its own, for tests that kill, stop or configure it.


@pytest.fixture
async def world() -> AsyncIterator[Sandbox]:
    async with serve(limits="none") as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(world: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(world.url) as client:
        yield client


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def hub(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> AsyncIterator[Hub]:
    async with started(tmp_path, world.url, port) as running:
        await send_webhooks_to(running, world.url)
        await sandbox.ready()
        yield running


@pytest.fixture
async def seller(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> AsyncIterator[Hub]:
    """A bot without an engine."""
    elsewhere = drawing_elsewhere(world.url)
    async with started(tmp_path, world.url, port, **elsewhere) as running:
        await send_webhooks_to(running, world.url)
        await sandbox.ready()
        yield running


# One world and one bot for all tests that leave it running, and a newcomer for each of them.


# The package's, so that it ends with this folder's tests: their loop turns only while one of them
# runs, and a bot that finds no world is busy looking for it.
@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Sandbox, Hub]]:
    folder = tmp_path_factory.mktemp("town")
    async with (
        serve(limits="none") as sandbox,
        started(
            folder,
            sandbox.url,
            free_port(),
            HUB_ADMINS=ADMINS,
            **on_discord(sandbox.url),
            **ANIMATED,
        ) as running,
        SandboxClient(sandbox.url) as client,
    ):
        await send_webhooks_to(running, sandbox.url)
        await client.ready()
        await discord.ready(client)
        yield sandbox, running


@pytest_asyncio.fixture(loop_scope="session")
async def newcomer(town: tuple[Sandbox, Hub]) -> AsyncIterator[Person]:
    async with SandboxClient(town[0].url) as client:
        number = next(_numbers)
        key = f"newcomer{number}"
        resident = Resident(key, number, "Nila", "Rao", key, "en")
        town[0].world.invite(resident)
        town[0].discord.invite(resident)
        yield client.person(key)


@pytest.fixture
def guest(newcomer: Person) -> DiscordPerson:
    """The newcomer, in a server on Discord."""
    return DiscordPerson(newcomer.sandbox, newcomer.key, "general")
