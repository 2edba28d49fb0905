from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from discord import AutoShardedClient, Intents
from discord.http import HTTPClient

from bot.discord_address import Ticket, person_chat
from bot.discord_gateway import redirect
from bot.discord_sending import edit, send
from chat.errors import (
    DeliveryError,
    MessageGoneError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)
from chat.model import Address, Media, Reply
from chat.text import text
from tests.bot.discord_api import TOKEN, DiscordApi

NOW = 1_700_000_000.0
LATER = NOW + 3600
CALLED = Address(
    "discord", "2", private=False, token=str(Ticket("1", "tok", round(NOW) + 900, "5"))
)
PRESSED = replace(
    CALLED, message="30", token=str(Ticket("1", "tok", round(NOW) + 900, "5", pressed="30"))
)
SENT = replace(CALLED, message="40")
ASIDE = replace(CALLED, chat=person_chat("5"), private=True)
HELLO = Reply(text("hello"))
PNG = Media("photo", "job_1.png", b"\x89PNG", 512, 512, alt="a fox")

ORIGINAL = "PATCH /webhooks/1/tok/messages/@original"
FOLLOW_UP = "POST /webhooks/1/tok"
CHANNEL = "POST /channels/2/messages"
OPEN = "POST /users/@me/channels"
WHISPER = "POST /channels/77/messages"


@pytest.fixture
async def http(discord_api: DiscordApi) -> AsyncIterator[HTTPClient]:
    redirect(discord_api.url, discord_api.gateway_url)
    intents = Intents(guilds=True)
    async with AutoShardedClient(intents=intents, max_ratelimit_timeout=30) as client:
        await client.login(TOKEN)
        discord_api.calls.clear()
        yield client.http


def asked(api: DiscordApi) -> list[str]:
    return [call.request for call in api.calls]


async def test_a_commands_answer_takes_the_place_of_its_thinking(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    first = await send(http, CALLED, HELLO, NOW)
    again = await send(http, CALLED, HELLO, NOW)
    assert asked(discord_api) == [ORIGINAL, ORIGINAL]
    assert discord_api.calls[0].json["content"] == "hello"
    assert first.isdecimal()
    assert again.isdecimal()


async def test_a_press_is_answered_below_its_message(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    await send(http, replace(PRESSED, message=None), HELLO, NOW)
    [call] = discord_api.calls
    assert call.request == FOLLOW_UP
    assert "flags" not in call.json


@pytest.mark.parametrize("reply", [HELLO, replace(HELLO, private=True)])
async def test_what_is_private_is_shown_to_one_person(
    discord_api: DiscordApi, http: HTTPClient, reply: Reply
) -> None:
    address = replace(PRESSED, message=None)
    if not reply.private:
        address = replace(address, chat=person_chat("5"), private=True)
    await send(http, address, reply, NOW)
    [call] = discord_api.calls
    assert call.json["flags"] == 64


async def test_what_is_private_takes_the_place_of_a_command_that_all_see(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    for _ in range(2):  # the second time there is nothing to take away
        await send(http, CALLED, replace(HELLO, private=True), NOW)
        discord_api.refuse("DELETE", 404, 10008)
    assert asked(discord_api) == [ORIGINAL.replace("PATCH", "DELETE"), FOLLOW_UP] * 2
    assert {call.json["flags"] for call in discord_api.sent(FOLLOW_UP)} == {64}


async def test_after_a_quarter_of_an_hour_the_bot_answers_in_the_channel(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    await send(http, replace(CALLED, reply_to="30"), HELLO, LATER)
    await send(http, replace(CALLED, reply_to="30"), HELLO, LATER)
    first, again = discord_api.calls
    assert first.request == CHANNEL
    assert first.json["message_reference"] == {"message_id": "30", "fail_if_not_exists": False}
    assert first.json["enforce_nonce"]
    assert first.json["nonce"] == again.json["nonce"]
    assert len(first.json["nonce"]) <= 25


async def test_each_message_has_a_nonce_of_its_own(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    for reply in (HELLO, Reply(text("bye")), replace(HELLO, media=PNG)):
        await send(http, CALLED, reply, LATER)
    assert len({call.json["nonce"] for call in discord_api.calls}) == 3


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015), (404, 10062)])
async def test_a_ticket_that_discord_forgot_costs_no_answer(
    discord_api: DiscordApi, http: HTTPClient, status: int, code: int
) -> None:
    discord_api.refuse("webhooks", status, code)
    discord_api.refuse("webhooks", status, code)
    await send(http, CALLED, HELLO, NOW)
    assert asked(discord_api) == [ORIGINAL, FOLLOW_UP, CHANNEL]


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (404, 10003)])
async def test_where_the_channel_is_closed_the_answer_comes_in_private(
    discord_api: DiscordApi, http: HTTPClient, status: int, code: int
) -> None:
    discord_api.refuse(CHANNEL, status, code)
    message = await send(http, CALLED, HELLO, LATER)
    assert asked(discord_api) == [CHANNEL, OPEN, WHISPER]
    assert discord_api.sent(OPEN)[0].json == {"recipient_id": "5"}

    await edit(http, replace(CALLED, message=message), HELLO, LATER)
    assert asked(discord_api)[-1] == f"PATCH /channels/77/messages/{message.removeprefix('77/')}"


async def test_private_answers_never_end_in_a_channel(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    await send(http, ASIDE, HELLO, LATER)
    await send(http, CALLED, replace(HELLO, private=True), LATER)
    assert asked(discord_api) == [OPEN, WHISPER] * 2


async def test_who_takes_no_messages_cannot_be_reached(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    discord_api.refuse(WHISPER, 403, 50007)
    with pytest.raises(UnreachableError):
        await send(http, ASIDE, HELLO, LATER)


@pytest.mark.parametrize(
    ("address", "now", "request_"),
    [
        (PRESSED, NOW, ORIGINAL),
        (SENT, NOW, "PATCH /webhooks/1/tok/messages/40"),
        (SENT, LATER, "PATCH /channels/2/messages/40"),
    ],
)
async def test_an_edit_takes_the_way_that_is_open(
    discord_api: DiscordApi, http: HTTPClient, address: Address, now: float, request_: str
) -> None:
    await edit(http, address, HELLO, now)
    assert asked(discord_api) == [request_]


@pytest.mark.parametrize(("is_bare", "kept"), [(True, []), (False, None)])
async def test_a_picture_goes_from_a_message_that_may_show_none_any_more(
    discord_api: DiscordApi, http: HTTPClient, *, is_bare: bool, kept: list[object] | None
) -> None:
    await edit(http, SENT, replace(HELLO, is_bare=is_bare), NOW)

    assert discord_api.calls[-1].json.get("attachments") == kept


async def test_a_message_that_the_ticket_cannot_edit_is_edited_by_the_bots_own_right(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    discord_api.refuse("webhooks", 404, 10008)
    await edit(http, SENT, HELLO, NOW)
    assert asked(discord_api)[-1] == "PATCH /channels/2/messages/40"


async def test_a_message_that_is_not_there_is_gone(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    discord_api.refuse("PATCH", 404, 10008)
    with pytest.raises(MessageGoneError):
        await edit(http, SENT, HELLO, LATER)


async def test_a_hidden_message_out_of_time_is_gone_without_asking(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    with pytest.raises(MessageGoneError):
        await edit(http, replace(ASIDE, message="40"), HELLO, LATER)
    assert discord_api.calls == []


async def test_a_picture_is_uploaded_with_what_it_shows(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    await send(http, CALLED, replace(HELLO, media=PNG), NOW)
    await edit(http, SENT, replace(HELLO, media=PNG), NOW)
    for call in discord_api.calls:
        assert call.files == {"files[0]": b"\x89PNG"}
        assert call.json["attachments"] == [
            {"id": 0, "filename": "job_1.png", "description": "a fox"}
        ]


@pytest.mark.parametrize(
    ("status", "code", "more", "raised"),
    [
        (413, 40005, {}, TooLargeError),
        (400, 50035, {}, RefusedError),
        (503, 0, {}, TryLaterError),
        (401, 0, {}, TryLaterError),
        (429, 0, {"retry_after": 120.0, "global": False}, TryLaterError),
    ],
)
async def test_refusals_are_told_in_the_conversations_words(
    discord_api: DiscordApi,
    http: HTTPClient,
    status: int,
    code: int,
    more: dict[str, Any],
    raised: type[DeliveryError],
) -> None:
    discord_api.refuse("PATCH", status, code, **more)
    with pytest.raises(raised):
        await send(http, CALLED, HELLO, NOW)


async def test_a_short_flood_is_waited_out(discord_api: DiscordApi, http: HTTPClient) -> None:
    discord_api.refuse("PATCH", 429, 0, retry_after=0.01, **{"global": False})
    await send(http, CALLED, replace(HELLO, media=PNG), NOW)
    assert [call.files for call in discord_api.calls] == [{"files[0]": b"\x89PNG"}] * 2


async def test_a_connection_that_breaks_is_worth_another_try(
    discord_api: DiscordApi, http: HTTPClient
) -> None:
    redirect("http://127.0.0.1:9", discord_api.gateway_url)
    with pytest.raises(TryLaterError):
        await send(http, CALLED, HELLO, NOW)
