import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.discord import DiscordAdapter, Dispatch
from chat.commands import Command, Option
from chat.errors import CannotAnswerHereError, TokenRejectedError, TryLaterError
from chat.model import Address, Chat, Incoming, Reply
from chat.text import text
from tests.bot.discord_api import TOKEN, DiscordApi
from tests.bot.discord_events import (
    APPLICATION,
    ASHA,
    CARD,
    CHANNEL,
    IN_HOME,
    guild_with,
    message,
    press,
    slash,
)

NOW = 1_700_000_000.0
HELLO = Reply(text("hello"))
STYLES = tuple(f"style {number}" for number in range(30))
IMAGE = Command(
    "image",
    {"en": "Draw a picture", "hi": "तस्वीर बनाएँ"},
    (
        Option("seed", {"en": "Same seed"}, kind="integer", minimum=0),
        Option("prompt", {"en": "What to draw"}, required=True, length_max=1000),
        Option("style", {"en": "A style"}, choices=STYLES),
    ),
)
SESSION = Command("session", {"en": "What is left"}, is_private=True)

CALLBACK = "POST /interactions/1574090482944835596/tok-1/callback"
WEBHOOK = f"/webhooks/{APPLICATION}/tok-1"
ORIGINAL = f"PATCH {WEBHOOK}/messages/@original"
COMMANDS = f"/applications/{APPLICATION}/commands"


@pytest.fixture
async def adapter(discord_api: DiscordApi) -> AsyncIterator[DiscordAdapter]:
    async with adapter_of(discord_api) as adapter:
        yield adapter


def adapter_of(api: DiscordApi, token: str = TOKEN) -> DiscordAdapter:
    adapter = DiscordAdapter(
        token, api.url, api.gateway_url, explain=explain, clock=lambda: NOW, sleep=at_once
    )
    adapter.introduce([IMAGE, SESSION])
    return adapter


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


def explain(error: Exception, _incoming: Incoming) -> Reply:
    return Reply(text(type(error).__name__), private=True)


class Talk:
    """Answers what comes with one reply after the other; an exception is raised."""

    def __init__(self, *replies: Reply | Exception | None) -> None:
        self.heard: list[Incoming] = []
        self._replies = iter(replies)
        self._changed = asyncio.Condition()

    async def __call__(self, incoming: Incoming) -> Reply | None:
        self.heard.append(incoming)
        reply = next(self._replies)
        async with self._changed:
            self._changed.notify_all()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.heard) >= count)


@asynccontextmanager
async def running(adapter: DiscordAdapter, dispatch: Dispatch) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(adapter.run(dispatch))
        yield
        task.cancel()


def asked(api: DiscordApi, since: str = "GET /gateway/bot") -> Sequence[str]:
    requests = [call.request for call in api.calls]
    return requests[requests.index(since) + 1 :]


async def test_a_command_is_acknowledged_before_it_is_answered(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    talk = Talk(HELLO)
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a fox"))
        [answer] = await discord_api.until(ORIGINAL)

    assert asked(discord_api) == [CALLBACK, ORIGINAL]
    assert discord_api.sent(CALLBACK)[0].json == {"type": 5}
    assert answer.json["content"] == "hello"
    assert [incoming.id for incoming in talk.heard] == ["discord:1574090482944835596"]


async def test_no_privileged_intent_is_asked_for(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    async with running(adapter, Talk()):
        await discord_api.report("TYPING_START", {})
    [said] = discord_api.identified
    privileged = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
    assert said["intents"] & privileged == 0
    assert said["shard"] == [0, 1]


async def test_a_private_command_is_hidden_from_the_server(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    talk = Talk(HELLO)
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("session"))
        await discord_api.until(ORIGINAL)

    assert discord_api.sent(CALLBACK)[0].json == {"type": 5, "data": {"flags": 64}}
    assert talk.heard[0].address.private


async def test_nothing_needs_hiding_in_a_private_chat(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    async with running(adapter, Talk(HELLO)):
        await discord_api.report("INTERACTION_CREATE", slash("session", IN_HOME))
        await discord_api.until(ORIGINAL)
    assert discord_api.sent(CALLBACK)[0].json == {"type": 5}


async def test_a_card_takes_the_place_of_the_thinking_after_a_restart_too(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    talk = Talk(None)
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a fox"))
        await talk.until(1)
    stored = talk.heard[0].address.to_json()
    discord_api.calls.clear()

    async with adapter_of(discord_api) as another, running(another, Talk()):
        await discord_api.until("GET /gateway/bot")
        address = Address.from_json(stored)
        message_id = await another.send(address, HELLO)
        await another.edit(replace(address, message=message_id), HELLO)

    assert asked(discord_api) == [ORIGINAL, f"PATCH {WEBHOOK}/messages/{message_id}"]


@pytest.mark.parametrize("place", [guild_with(), IN_HOME])
async def test_a_press_leaves_nothing_dangling(
    discord_api: DiscordApi, adapter: DiscordAdapter, place: dict[str, object]
) -> None:
    replies = (None, HELLO, replace(HELLO, edit=True), replace(HELLO, toast=True))
    talk = Talk(*replies)
    async with running(adapter, talk):
        for count in range(1, len(replies) + 1):
            await discord_api.report("INTERACTION_CREATE", press("v1:again:7", place))
            await talk.until(count)
            await discord_api.until(WEBHOOK, count - 1)

    assert {call.json["type"] for call in discord_api.sent(CALLBACK)} == {6}
    below, in_place, notice = discord_api.sent(WEBHOOK)
    assert below.request == f"POST {WEBHOOK}"
    assert "flags" not in below.json
    assert in_place.request == ORIGINAL
    assert notice.request == f"POST {WEBHOOK}"
    assert notice.json["flags"] == 64
    assert talk.heard[0].address.message == CARD


async def test_an_answer_whose_place_is_gone_comes_below(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    discord_api.refuse("PATCH .*webhooks", 404, 10008)
    discord_api.refuse("PATCH .*channels", 404, 10008)
    async with running(adapter, Talk(replace(HELLO, edit=True))):
        await discord_api.report("INTERACTION_CREATE", press("v1:again:7"))
        await discord_api.until(f"POST {WEBHOOK}")


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_what_cannot_be_acknowledged_is_not_begun(
    discord_api: DiscordApi, adapter: DiscordAdapter, status: int, code: int
) -> None:
    discord_api.refuse(CALLBACK, status, code)
    talk = Talk(HELLO)
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="late"))
        await discord_api.until(CALLBACK)
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="in time"))
        await discord_api.until(ORIGINAL)
    assert len(talk.heard) == 1


async def test_where_the_bot_may_not_answer_nothing_is_begun_and_the_asker_learns_it(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    talk = Talk()
    mute = guild_with(app_permissions="1024")
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", mute, prompt="a fox"))
        [answer] = await discord_api.until(ORIGINAL)

    assert talk.heard == []
    assert discord_api.sent(CALLBACK)[0].json["data"] == {"flags": 64}
    assert answer.json["content"] == CannotAnswerHereError.__name__


async def test_a_private_command_needs_no_permission(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    async with running(adapter, Talk(HELLO)):
        await discord_api.report(
            "INTERACTION_CREATE", slash("session", guild_with(app_permissions="0"))
        )
        [answer] = await discord_api.until(ORIGINAL)
    assert answer.json["content"] == "hello"


async def test_words_in_private_are_answered_there(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    async with running(adapter, Talk(HELLO)):
        await discord_api.report("MESSAGE_CREATE", message("a fox"))
        [answer] = await discord_api.until("POST /channels/2000000000000000003/messages")
    assert answer.json["message_reference"]["message_id"] == "1574090482944835700"


async def test_suggestions_come_while_a_person_types(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    event = slash("image", kind=4, style="style 2")
    event["data"]["options"][0]["focused"] = True
    async with running(adapter, Talk()):
        await discord_api.report("INTERACTION_CREATE", event)
        [call] = await discord_api.until(CALLBACK)
    assert call.json["type"] == 8
    assert call.json["data"]["choices"][0] == {"name": "style 2", "value": "style 2"}


async def test_a_handlers_crash_costs_one_answer_and_not_the_bot(
    discord_api: DiscordApi, adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    talk = Talk(ZeroDivisionError(), HELLO)
    async with running(adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a"))
        await talk.until(1)
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="b"))
        await discord_api.until(ORIGINAL)
    assert "could not be answered" in caplog.text


async def test_commands_are_published_again_only_when_they_changed(
    discord_api: DiscordApi,
) -> None:
    await publish(discord_api, IMAGE, SESSION)
    # Discord adds to what it was given and leaves defaults out.
    for command in discord_api.commands:
        command |= {"id": "1", "version": "2", "dm_permission": True, "nsfw": False}
        command["contexts"].reverse()
        for option in command["options"]:
            if not option["required"]:
                del option["required"]
    await publish(discord_api, SESSION, IMAGE)
    assert len(discord_api.sent(f"PUT {COMMANDS}")) == 1

    await publish(discord_api, SESSION)
    assert [command["name"] for command in discord_api.commands] == ["session"]


async def publish(api: DiscordApi, *commands: Command) -> None:
    connections = len(api.sent("GET /gateway/bot"))
    async with adapter_of(api) as adapter:
        adapter.introduce(commands)
        async with running(adapter, Talk()):
            await api.until("GET /gateway/bot", connections + 1)


async def test_commands_that_cannot_be_published_do_not_stop_the_bot(
    discord_api: DiscordApi, adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    discord_api.refuse("PUT", 400, 50035)
    async with running(adapter, Talk()):
        await discord_api.until("GET /gateway/bot")
    assert "the slash commands stay as they are" in caplog.text


async def test_an_outage_is_waited_out(discord_api: DiscordApi, adapter: DiscordAdapter) -> None:
    discord_api.refuse("GET /users/@me", 503)
    discord_api.refuse("GET /gateway/bot", 503)
    async with running(adapter, Talk(HELLO)):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a fox"))
        await discord_api.until(ORIGINAL)


async def test_before_the_first_connection_messages_are_put_off(adapter: DiscordAdapter) -> None:
    with pytest.raises(TryLaterError):
        await adapter.send(Address("discord", CHANNEL, private=False), HELLO)


@pytest.mark.parametrize("close_code", [None, 4004])
async def test_a_token_that_discord_does_not_know_ends_the_run(
    discord_api: DiscordApi, close_code: int | None
) -> None:
    discord_api.close_code = close_code
    token = TOKEN if close_code else "another"
    async with adapter_of(discord_api, token) as adapter:
        with pytest.raises(TokenRejectedError):
            await adapter.run(Talk())


async def test_progress_is_shown_and_the_result_stays(
    discord_api: DiscordApi, adapter: DiscordAdapter
) -> None:
    card = Address("discord", CHANNEL, private=False, message="40")
    request = f"PATCH /channels/{CHANNEL}/messages/40"
    async with running(adapter, Talk()):
        await discord_api.until("GET /gateway/bot")
        await adapter.show_progress(card, Reply(text("40 %")))
        await discord_api.until(request)
        await adapter.edit(card, Reply(text("done")))
        await adapter.show_progress(card, Reply(text("60 %")))
    assert [call.json["content"] for call in discord_api.sent(request)] == ["40 %", "done"]


async def test_an_error_elsewhere_leaves_no_connection_behind(discord_api: DiscordApi) -> None:
    with pytest.raises(ExceptionGroup):
        async with adapter_of(discord_api) as adapter, running(adapter, Talk()):
            await discord_api.report("TYPING_START", {})
            raise ZeroDivisionError
    await discord_api.until_left()


def test_the_adapter_is_a_chat(discord_api: DiscordApi) -> None:
    chat: Chat = adapter_of(discord_api)
    assert chat.platform == "discord"
    assert ASHA not in repr(chat)
