"""What the bot can do, it can do on every platform, and only the adapters know which one it is."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord import DiscordAdapter
from bot.telegram import TelegramAdapter
from chat.commands import Command, Option, Value
from chat.model import CommandCall, Incoming, Reply
from chat.parsing import parse, spell
from chat.text import text
from sandbox.app import serve
from sandbox.client import Person, SandboxClient
from sandbox.discord.client import DiscordPerson, ready
from sandbox.discord.gateway import TOKEN as DISCORD_TOKEN
from sandbox.telegram.bot import TOKEN as TELEGRAM_TOKEN
from tests.doubles.hub import Hub

ROOT = Path(__file__).parents[2]
SHARED = ("handlers", "chat", "billing", "engine", "store")
OWNER = "meera"  # of the server on Discord, where only she is offered admins' commands


@dataclass
class Both:
    """Both adapters with the whole bot's commands, and what reached it through them."""

    client: SandboxClient
    commands: tuple[Command, ...]
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
        both = Both(client, hub.router.commands)
        telegram.introduce(both.commands)
        discord.introduce(both.commands)
        running = [tasks.create_task(it.run(both.dispatch)) for it in (telegram, discord)]
        await client.ready()
        await ready(client)
        yield both
        for task in running:
            task.cancel()


def a_value(option: Option) -> Value:
    if option.choices:
        return option.choices[-1]
    if option.kind == "text":
        return "a fox"
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

        await both.telegram.say(f"/{command.name} {spell(command, given)}".strip())
        from_telegram = await both.reached()
        await both.discord.slash(command.name, **given)
        from_discord = await both.reached()

        assert from_telegram.name == from_discord.name == command.name
        assert from_telegram.user.platform != from_discord.user.platform
        for call in (from_telegram, from_discord):
            assert parse(command, call.arguments) == given


def test_only_the_adapters_know_the_platforms() -> None:
    knowing = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in SHARED
        for path in (ROOT / package).rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"""["'](telegram|discord)["']|(import|from) (telegram|discord)\b""", line)
    }

    assert knowing == set()
