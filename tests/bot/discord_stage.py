"""A bot on the pretended Discord whose handlers are the test's."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.discord import DiscordAdapter
from bot.discord_offers import Offers
from chat.commands import Command, MenuItem, Option, Suggestion
from chat.model import (
    Address,
    Button,
    ButtonPress,
    Charged,
    Checkout,
    CommandCall,
    Form,
    FormAnswer,
    Incoming,
    MenuCall,
    PlainText,
    Reply,
    Typing,
)
from chat.text import bold, text
from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson, ready
from sandbox.discord.gateway import TOKEN

STYLES = tuple(f"style {number}" for number in range(30))
IMAGE = Command(
    "image",
    {"en": "Draw a picture", "hi": "तस्वीर बनाएँ"},
    (
        Option("prompt", {"en": "What to draw", "hi": "क्या बनाना है"}, required=True),
        Option("style", {"en": "A style", "hi": "शैली"}, choices=STYLES),
    ),
    names={"hi": "चित्र"},
)
PICTURES = Command(
    "pictures",
    {"en": "What you drew"},
    (Option("picture", {"en": "Some of its words"}, is_suggested=True),),
)
SESSION = Command("session", {"en": "What is left"}, is_private=True)
ADMIN = Command("admin", {"en": "For the operator"}, audience="admins", is_private=True)
AGAIN = Button("Again", press="v1:again:7")
ASK = Button("Edit prompt", press="v1:ask:7")
FORM = Form("v1:ask:7", "Edit prompt", "What to draw", "a fox", 20)
MENU = (
    MenuItem("ask", {"en": "Edit image", "hi": "तस्वीर बदलें"}, opens_form=True),
    MenuItem("vary", {"en": "Variations"}),
)


@dataclass
class Stage:
    """A bot on Discord whose handlers are the test's."""

    client: SandboxClient
    adapter: DiscordAdapter
    handle: Callable[[Incoming], Awaitable[Reply | None]]
    heard: "asyncio.Queue[Incoming]" = field(default_factory=asyncio.Queue)

    async def dispatch(self, incoming: Incoming) -> Reply | None:
        self.heard.put_nowait(incoming)
        return await self.handle(incoming)

    async def address(self) -> Address:
        """Where the next thing that a person does wants its answer."""
        async with asyncio.timeout(10):
            return (await self.heard.get()).address

    def person(self, name: str, channel: str = "general") -> DiscordPerson:
        return DiscordPerson(self.client, name, channel)

    def says(self, *replies: Reply | None) -> None:
        following = iter(replies)

        async def handle(_: Incoming) -> Reply | None:
            return next(following)

        self.handle = handle


@asynccontextmanager
async def staged(sandbox: Sandbox) -> AsyncGenerator[Stage]:
    async with (
        SandboxClient(sandbox.url) as client,
        adapter_of(sandbox) as adapter,
        asyncio.TaskGroup() as tasks,
    ):
        stage = Stage(client, adapter, echo)
        listening = tasks.create_task(adapter.run(stage.dispatch))
        await ready(client)
        yield stage
        listening.cancel()


def adapter_of(sandbox: Sandbox) -> DiscordAdapter:
    adapter = DiscordAdapter(
        TOKEN,
        f"{sandbox.url}/api/v10",
        sandbox.url.replace("http", "ws") + "/gateway",
        explain=lambda error, _: Reply(text(type(error).__name__), private=True),
        clock=sandbox.world.now,
    )
    adapter.introduce(
        Offers(
            [IMAGE, PICTURES, SESSION, ADMIN],
            suggest,
            MENU,
            lambda data: data.startswith("v1:ask:"),
        )
    )
    return adapter


async def suggest(typing: Typing) -> Sequence[Suggestion]:
    said = f"{typing.command} {typing.option} of {typing.user.name}"
    return [Suggestion(f"{typing.words} {number} " * 30, said) for number in range(30)]


async def echo(incoming: Incoming) -> Reply:
    match incoming:
        case CommandCall():
            return Reply(text(bold(incoming.name), f" {incoming.arguments}"), ((AGAIN,),))
        case ButtonPress():
            return Reply(text("pressed ", incoming.data.removeprefix("v1:")))
        case FormAnswer():
            return Reply(text(f"{incoming.form.removeprefix('v1:')} {incoming.words}"))
        case MenuCall():
            below = [press.removeprefix("v1:") for press in incoming.presses]
            return Reply(text(incoming.name, " ", " ".join(below)))
        case PlainText():
            return Reply(text(incoming.text))
        case Checkout() | Charged():
            raise AssertionError(incoming)
