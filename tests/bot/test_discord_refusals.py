"""What Discord refuses, and how the adapter and the real library live with it.

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from discord.gateway import DiscordWebSocket

from chat.errors import RefusedError, TooLargeError, TryLaterError
from chat.model import Address, Button, Form, Media, Reply
from chat.text import bold, text
from sandbox.app import Sandbox
from tests.bot.discord_stage import AGAIN, ASK, Stage, echo

ACKNOWLEDGE = "create_interaction_response"
SEND = "create_message"
FILL_IN = "update_original_webhook_message"
PICTURE = Media("photo", "job_1.png", b"\x89PNG\r\n\x1a\n" + b"0" * 99, 1, 1, alt="a fox")
MINUTE = 60.0


async def calls(stage: Stage, method: str, count: int = 0) -> list[dict[str, Any]]:
    """The bot's calls of a method, once there are so many."""
    async with asyncio.timeout(10):
        while True:
            journal = cast("list[dict[str, Any]]", (await stage.client.ask("journal"))["calls"])
            found = [call for call in journal if call["method"] == method]
            if len(found) >= count:
                return found


async def asked(stage: Stage, channel: str = "general") -> Address:
    """Somebody gave a command whose answer is still to come."""
    stage.says(None)
    await stage.person("asha", channel).slash("/image", prompt="a fox")
    address = await stage.address()
    stage.handle = echo
    return address


@pytest.fixture
def gateway_is_open(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Clear it to keep the bot from connecting again; what is heard meanwhile is resumed later."""
    is_open, connect = asyncio.Event(), DiscordWebSocket.from_client

    async def when_open(*given: Any, **named: Any) -> Any:
        await is_open.wait()
        return await connect(*given, **named)

    monkeypatch.setattr(DiscordWebSocket, "from_client", when_open)
    is_open.set()
    return is_open


async def test_40060_what_was_acknowledged_before_is_not_begun_again(stage: Stage) -> None:
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    await asha.wait("a fox")
    await stage.client.order("discord/redeliver")

    first, second = await calls(stage, ACKNOWLEDGE, 2)
    assert (first["status"], second["status"]) == (200, 400)
    assert "already been acknowledged" in second["problem"]
    assert stage.heard.qsize() == 1
    assert len(await asha.messages()) == 1


async def test_10062_what_is_heard_after_three_seconds_is_not_begun(
    gateway_is_open: asyncio.Event, stage: Stage
) -> None:
    asha = stage.person("asha")
    gateway_is_open.clear()
    await stage.client.order("discord/drop")
    await asha.slash("/image", prompt="a fox")
    await stage.client.advance(3.5)
    await asha.wait_failed()
    gateway_is_open.set()

    [late] = await calls(stage, ACKNOWLEDGE, 1)
    assert late["status"] == 404
    assert "Unknown interaction" in late["problem"]
    assert stage.heard.empty()
    await asha.slash("/image", prompt="an owl")
    await asha.wait("an owl")


async def test_resume_brings_what_happened_while_the_connection_was_gone_in_its_order(
    gateway_is_open: asyncio.Event, sandbox: Sandbox, stage: Stage
) -> None:
    asha, before = stage.person("asha"), set(sandbox.discord.sessions.live)
    gateway_is_open.clear()
    await stage.client.order("discord/drop")
    for prompt in ("a fox", "an owl"):
        await asha.slash("/image", prompt=prompt)
    gateway_is_open.set()

    await asha.wait("an owl")
    heard = [(await stage.heard.get()).id for _ in range(2)]
    assert heard == sorted(heard)
    assert stage.heard.empty()
    assert set(sandbox.discord.sessions.live) == before, "resumed, not identified anew"


async def test_50035_whatever_is_said_is_cut_to_what_discord_takes(stage: Stage) -> None:
    long = tuple(Button("label " * 40, press=f"v1:again:{number}") for number in range(40))
    media = replace(PICTURE, alt="a fox " * 500)
    stage.says(Reply(text(bold("*_~|`>" * 1500), "🦊" * 1500), (long,), media=media))
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    said = await asha.wait("…")

    assert len(said.content) <= 2000
    assert len(said.buttons) == 25
    assert len(said.files[0].description or "") == 1024
    assert {call["status"] for call in await calls(stage, FILL_IN, 1)} == {200}


async def test_50035_a_form_is_cut_to_what_discord_takes(stage: Stage) -> None:
    form = Form("v1:ask:7", "title " * 20, "label " * 20, "x" * 9000, 9000)
    stage.says(Reply(text("a fox"), ((ASK,),)), Reply(text("how"), form=form))
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    await asha.press(await asha.wait("a fox"), "Edit prompt")

    assert (await asha.wait_modal()).fields == {"words": "x" * 4000}


async def test_50035_what_cannot_be_cut_is_refused_for_good(stage: Stage) -> None:
    address = await asked(stage)
    with pytest.raises(RefusedError):
        await stage.adapter.send(address, Reply(text("pay"), ((Button("Pay", url="no link"),),)))


async def test_429_a_short_silence_is_waited_out_and_said_once(stage: Stage) -> None:
    address = await asked(stage)
    for method in (FILL_IN, SEND):
        await stage.client.order("discord/faults", kind="429", method=method, retry_after=0)

    await stage.adapter.send(address, Reply(text("filled in")))
    await stage.adapter.send(replace(address, token=None), Reply(text("by token")))
    for method in (FILL_IN, SEND):
        assert [call["status"] for call in await calls(stage, method)] == [429, 200]
    said = [message.text for message in await stage.person("asha").messages()]
    assert said == ["filled in", "by token"]


async def test_429_a_long_silence_puts_the_message_off(stage: Stage) -> None:
    address = replace(await asked(stage), token=None)
    await stage.client.order("discord/faults", kind="429", method=SEND, retry_after=120)

    with pytest.raises(TryLaterError) as put_off:
        await stage.adapter.send(address, Reply(text("later")))
    assert put_off.value.seconds > 100


async def test_an_answer_that_is_lost_is_tried_again_and_shown_once(stage: Stage) -> None:
    address = replace(await asked(stage), token=None)
    await stage.client.order("discord/faults", kind="drop_after", method=SEND, count=9)
    with pytest.raises(TryLaterError):
        await stage.adapter.send(address, Reply(text("drawn")))
    while True:
        try:
            await stage.adapter.send(address, Reply(text("drawn")))
        except TryLaterError:
            continue
        break

    said = [message.text for message in await stage.person("asha").messages()]
    assert said.count("drawn") == 1


async def test_50013_where_the_bot_may_no_longer_write_the_answer_comes_in_private(
    stage: Stage,
) -> None:
    address = await asked(stage, "art")
    await stage.client.order("discord/permissions", channel="art", deny=["send_messages"])
    await stage.client.advance(20 * MINUTE)

    sent = await stage.adapter.send(address, Reply(text("late"), ((AGAIN,),)))
    assert "/" in sent, "the private chat is part of the message's id"
    late = await stage.person("asha", "dm").wait("late")
    await stage.adapter.edit(replace(address, message=sent), Reply(text("later")))
    assert (await stage.person("asha", "dm").wait("later")).id == late.id
    assert [call["status"] for call in await calls(stage, SEND)] == [403, 200]


async def test_50013_where_files_are_no_longer_allowed_the_picture_comes_in_private(
    stage: Stage,
) -> None:
    address = await asked(stage, "art")
    await stage.client.order("discord/permissions", channel="art", deny=["attach_files"])
    await stage.client.advance(20 * MINUTE)

    await stage.adapter.send(address, Reply(text("late"), media=PICTURE))
    assert (await stage.person("asha", "dm").wait("late")).files


@pytest.mark.parametrize("is_over", [False, True])
async def test_40005_a_file_that_is_too_large_is_said_to_be_so_on_every_way(
    stage: Stage, *, is_over: bool
) -> None:
    address = await asked(stage)
    sent = await stage.adapter.send(address, Reply(text("queued")))
    await stage.client.order("discord/settings", attachment_size_limit=10)
    if is_over:
        await stage.client.advance(20 * MINUTE)

    for call in (
        stage.adapter.send(replace(address, message=None), Reply(text("done"), media=PICTURE)),
        stage.adapter.edit(replace(address, message=sent), Reply(text("done"), media=PICTURE)),
    ):
        with pytest.raises(TooLargeError):
            await call
    assert [message.text for message in await stage.person("asha").messages()] == ["queued"]
