from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.discord import DiscordAdapter
from chat.errors import CannotAnswerHereError, TryLaterError
from chat.model import Address, Reply
from chat.platform import Chat
from chat.text import text
from tests.bot.discord_api import DiscordApi
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
from tests.bot.discord_talk import HELLO, Talk, adapter_of, running

CALLBACK = "POST /interactions/1574090482944835596/tok-1/callback"
WEBHOOK = f"/webhooks/{APPLICATION}/tok-1"
ORIGINAL = f"PATCH {WEBHOOK}/messages/@original"


def asked(api: DiscordApi, since: str = "GET /gateway/bot") -> Sequence[str]:
    requests = [call.request for call in api.calls]
    return requests[requests.index(since) + 1 :]


async def test_a_command_is_acknowledged_before_it_is_answered(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    talk = Talk(HELLO)
    async with running(discord_adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a fox"))
        [answer] = await discord_api.until(ORIGINAL)

    assert asked(discord_api) == [CALLBACK, ORIGINAL]
    assert discord_api.sent(CALLBACK)[0].json == {"type": 5}
    assert answer.json["content"] == "hello"
    assert [incoming.id for incoming in talk.heard] == ["discord:1574090482944835596"]


async def test_a_private_command_is_hidden_from_the_server(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    talk = Talk(HELLO)
    async with running(discord_adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("session"))
        await discord_api.until(ORIGINAL)

    assert discord_api.sent(CALLBACK)[0].json == {"type": 5, "data": {"flags": 64}}
    assert talk.heard[0].address.private


async def test_nothing_needs_hiding_in_a_private_chat(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    async with running(discord_adapter, Talk(HELLO)):
        await discord_api.report("INTERACTION_CREATE", slash("session", IN_HOME))
        await discord_api.until(ORIGINAL)
    assert discord_api.sent(CALLBACK)[0].json == {"type": 5}


async def test_a_card_takes_the_place_of_the_thinking_after_a_restart_too(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    talk = Talk(None)
    async with running(discord_adapter, talk):
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
    discord_api: DiscordApi, discord_adapter: DiscordAdapter, place: dict[str, object]
) -> None:
    replies = (None, HELLO, replace(HELLO, edit=True), replace(HELLO, toast=True))
    talk = Talk(*replies)
    async with running(discord_adapter, talk):
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
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    discord_api.refuse("PATCH .*webhooks", 404, 10008)
    discord_api.refuse("PATCH .*channels", 404, 10008)
    async with running(discord_adapter, Talk(replace(HELLO, edit=True))):
        await discord_api.report("INTERACTION_CREATE", press("v1:again:7"))
        await discord_api.until(f"POST {WEBHOOK}")


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_what_cannot_be_acknowledged_is_not_begun(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter, status: int, code: int
) -> None:
    discord_api.refuse(CALLBACK, status, code)
    talk = Talk(HELLO)
    async with running(discord_adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="late"))
        await discord_api.until(CALLBACK)
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="in time"))
        await discord_api.until(ORIGINAL)
    assert len(talk.heard) == 1


async def test_where_the_bot_may_not_answer_nothing_is_begun_and_the_asker_learns_it(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    talk = Talk()
    mute = guild_with(app_permissions="1024")
    async with running(discord_adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", mute, prompt="a fox"))
        [answer] = await discord_api.until(ORIGINAL)

    assert talk.heard == []
    assert discord_api.sent(CALLBACK)[0].json["data"] == {"flags": 64}
    assert answer.json["content"] == CannotAnswerHereError.__name__


async def test_a_private_command_needs_no_permission(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    async with running(discord_adapter, Talk(HELLO)):
        await discord_api.report(
            "INTERACTION_CREATE", slash("session", guild_with(app_permissions="0"))
        )
        [answer] = await discord_api.until(ORIGINAL)
    assert answer.json["content"] == "hello"


async def test_words_in_private_are_answered_there(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    async with running(discord_adapter, Talk(HELLO)):
        await discord_api.report("MESSAGE_CREATE", message("a fox"))
        [answer] = await discord_api.until("POST /channels/2000000000000000003/messages")
    assert answer.json["message_reference"]["message_id"] == "1574090482944835700"


async def test_suggestions_come_while_a_person_types(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    event = slash("image", kind=4, style="style 2")
    event["data"]["options"][0]["focused"] = True
    async with running(discord_adapter, Talk()):
        await discord_api.report("INTERACTION_CREATE", event)
        [call] = await discord_api.until(CALLBACK)
    assert call.json["type"] == 8
    assert call.json["data"]["choices"][0] == {"name": "style 2", "value": "style 2"}


async def test_a_handlers_crash_costs_one_answer_and_not_the_bot(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    talk = Talk(ZeroDivisionError(), HELLO)
    async with running(discord_adapter, talk):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a"))
        await talk.until(1)
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="b"))
        await discord_api.until(ORIGINAL)
    assert "could not be answered" in caplog.text


async def test_before_the_first_connection_messages_are_put_off(
    discord_adapter: DiscordAdapter,
) -> None:
    with pytest.raises(TryLaterError):
        await discord_adapter.send(Address("discord", CHANNEL, private=False), HELLO)


async def test_progress_is_shown_and_the_result_stays(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    card = Address("discord", CHANNEL, private=False, message="40")
    request = f"PATCH /channels/{CHANNEL}/messages/40"
    async with running(discord_adapter, Talk()):
        await discord_api.until("GET /gateway/bot")
        await discord_adapter.show_progress(card, Reply(text("40 %")))
        await discord_api.until(request)
        await discord_adapter.edit(card, Reply(text("done")))
        await discord_adapter.show_progress(card, Reply(text("60 %")))
    assert [call.json["content"] for call in discord_api.sent(request)] == ["40 %", "done"]


async def test_a_card_that_takes_another_messages_place_goes_on_to_show_progress(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    card = Address("discord", CHANNEL, private=False, message="40")
    request = f"PATCH /channels/{CHANNEL}/messages/40"
    async with running(discord_adapter, Talk()):
        await discord_api.until("GET /gateway/bot")
        await discord_adapter.edit(card, Reply(text("queued"), is_live=True))
        await discord_adapter.show_progress(card, Reply(text("40 %")))
        await discord_api.until(request, 2)
    assert [call.json["content"] for call in discord_api.sent(request)] == ["queued", "40 %"]


def test_the_adapter_is_a_chat(discord_api: DiscordApi) -> None:
    chat: Chat = adapter_of(discord_api)
    assert chat.platform == "discord"
    assert ASHA not in repr(chat)
