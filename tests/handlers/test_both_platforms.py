"""What the bot can do, it can do on every platform, and only the adapters know which one it is."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from bot.discord import DiscordAdapter
from bot.discord_offers import Offers
from bot.telegram import TelegramAdapter
from chat.commands import Command, Option, Value
from chat.model import CommandCall, Incoming, Reply
from chat.parsing import parse, spell
from chat.text import text
from sandbox.app import serve
from sandbox.client import Person, SandboxClient
from sandbox.discord.client import DiscordPerson, ready
from sandbox.discord.gateway import TOKEN as DISCORD_TOKEN
from sandbox.discord.given import Picture
from sandbox.telegram.bot import TOKEN as TELEGRAM_TOKEN
from tests.doubles.engine import wall
from tests.doubles.hub import Hub

ROOT = Path(__file__).parents[2]
SHARED = ("handlers", "chat", "billing", "engine", "store")
PHOTO = wall(96, 64, seed=9)
OWNER = "meera"  # of the server on Discord, where only she is offered admins' commands


@dataclass
class Both:
    """Both adapters with the whole bot's commands, and what reached it through them."""

    client: SandboxClient
    commands: tuple[Command, ...]
    adapters: tuple[TelegramAdapter, DiscordAdapter]
    heard: "asyncio.Queue[CommandCall]" = field(default_factory=asyncio.Queue)

    async def dispatch(self, incoming: Incoming) -> Reply:
        assert isinstance(incoming, CommandCall)
        self.heard.put_nowait(incoming)
        return Reply(text("heard"))

    async def reached(self) -> CommandCall:
        async with asyncio.timeout(10):
            return await self.heard.get()

    @property
    def telegram(self) -> Person:
        return self.client.person(OWNER)

    @property
    def discord(self) -> DiscordPerson:
        return DiscordPerson(self.client, OWNER, "general")


@pytest.fixture
async def both(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    # The library keeps its addresses for the whole process; they are given back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with (
        serve(limits="none") as sandbox,
        SandboxClient(sandbox.url) as client,
        TelegramAdapter(TELEGRAM_TOKEN, sandbox.url) as telegram,
        DiscordAdapter(
            DISCORD_TOKEN,
            f"{sandbox.url}/api/v10",
            f"{sandbox.url.replace('http', 'ws')}/gateway",
            explain=lambda error, _: Reply(text(type(error).__name__)),
            clock=sandbox.world.now,
        ) as discord,
        asyncio.TaskGroup() as tasks,
    ):
        both = Both(client, hub.router.commands, (telegram, discord))
        telegram.introduce(both.commands)
        discord.introduce(Offers(both.commands, hub.router.suggest))
        running = [tasks.create_task(it.run(both.dispatch)) for it in (telegram, discord)]
        await client.ready()
        await ready(client)
        yield both
        for task in running:
            task.cancel()


def is_photo(data: bytes) -> bool:
    """Whether it shows what was sent; Telegram makes another file of it."""
    with Image.open(BytesIO(data)) as image:
        return image.size == (96, 64)


def a_value(option: Option) -> Value:
    if option.choices:
        return option.choices[-1]
    if option.kind == "text":
        return "a fox"
    if option.kind == "flag":
        return True
    return option.minimum if option.minimum is not None else 1


async def test_every_command_is_shown_to_people_on_both(both: Both) -> None:
    menu = await both.client.ask("telegram/menu", person=OWNER)
    assert isinstance(menu["commands"], list)
    on_telegram = {shown["command"] for shown in menu["commands"] if isinstance(shown, dict)}
    on_discord = {shown.name for shown in await both.discord.commands()}

    assert on_telegram == {c.name for c in both.commands if c.audience == "everyone"}
    assert on_discord == {c.name for c in both.commands}


async def test_every_command_with_all_its_options_arrives_the_same_from_both(both: Both) -> None:
    for command in both.commands:
        given = {option.name: a_value(option) for option in command.options}

        words = f"/{command.name} {spell(command, given)}".strip()
        await both.telegram.say(words, photo=PHOTO if command.picture else None)
        from_telegram = await both.reached()
        files = {command.picture.name: Picture(PHOTO)} if command.picture else {}
        await both.discord.slash(command.name, **given, **files)
        from_discord = await both.reached()

        assert from_telegram.name == from_discord.name == command.name
        assert from_telegram.user.platform != from_discord.user.platform
        for call, adapter in ((from_telegram, both.adapters[0]), (from_discord, both.adapters[1])):
            assert parse(command, call.arguments) == given
            assert (call.picture is not None) == (command.picture is not None)
            if call.picture is not None:
                assert is_photo(await adapter.fetch(call.picture))


def test_every_command_and_option_has_a_hindi_name_of_its_own(hub: Hub) -> None:
    for command in hub.router.commands:
        declared = [*command.options, *([command.picture] if command.picture else [])]
        options = [option.names["hi"] for option in declared]
        assert len(set(options)) == len(options)

    names = [command.names["hi"] for command in hub.router.commands]
    assert len(set(names)) == len(names)


def test_only_the_adapters_know_the_platforms() -> None:
    knowing = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in SHARED
        for path in (ROOT / package).rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"""["'](telegram|discord)["']|(import|from) (telegram|discord)\b""", line)
    }

    assert knowing == set()
