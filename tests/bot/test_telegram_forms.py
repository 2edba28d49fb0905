"""Forms against the pretended Telegram: asked for by a message, answered by another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.telegram import TelegramAdapter
from chat.model import Button, ButtonPress, Form, FormAnswer, Incoming, Reply
from chat.text import text
from sandbox.app import serve
from sandbox.client import SandboxClient
from sandbox.telegram.bot import TOKEN

CARD = Reply(text("a card"), ((Button("Edit prompt", press="v1:ask:7"),),))
FORM = Form("v1:ask:7", "Edit prompt", "What to draw " * 9)


@dataclass
class Stage:
    client: SandboxClient
    heard: "asyncio.Queue[Incoming]" = field(default_factory=asyncio.Queue)

    async def dispatch(self, incoming: Incoming) -> Reply:
        self.heard.put_nowait(incoming)
        match incoming:
            case ButtonPress():
                return Reply(text("Answer this"), form=FORM)
            case FormAnswer():
                return Reply(text(f"{incoming.form} {incoming.words}"))
            case _:
                return CARD


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with (
        serve(limits="none") as sandbox,
        SandboxClient(sandbox.url) as client,
        TelegramAdapter(TOKEN, sandbox.url) as adapter,
        asyncio.TaskGroup() as tasks,
    ):
        stage = Stage(client)
        listening = tasks.create_task(adapter.run(stage.dispatch))
        await client.ready()
        yield stage
        listening.cancel()


async def test_the_answer_to_a_form_comes_back_with_the_forms_id(stage: Stage) -> None:
    asha = stage.client.person("asha")
    await asha.say("/start")
    card = await asha.wait("a card")
    await asha.press(card, "Edit prompt")
    asked = await asha.wait("Answer this")
    assert asked.asks == ("asha",)
    assert asked.reply_to == card.id

    said = await asha.say("a hat", reply_to=asked)
    answer = await asha.wait("v1:ask:7 a hat")
    assert answer.reply_to == said
    assert await stage.client.faults() == []


async def test_in_a_group_the_form_asks_one_person_alone(stage: Stage) -> None:
    ravi = stage.client.person("ravi", "friends")
    await ravi.say("/start")
    await ravi.press(await ravi.wait("a card"), "Edit prompt")
    asked = await ravi.wait("Answer this")
    assert asked.asks == ("ravi",)
    assert "Ravi" in asked.text

    await ravi.say("a hat", reply_to=asked)
    await ravi.wait("v1:ask:7 a hat")
