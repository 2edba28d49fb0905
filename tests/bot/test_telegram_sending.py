from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.pacing import FloodedError
from bot.telegram_sending import edit, send
from chat.errors import (
    DeliveryError,
    MessageGoneError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)
from chat.model import Address, Button, Media, Reply
from chat.text import bold, text
from tests.bot.bot_api import TOKEN, BotApi, serve_bot_api

HOME = Address("telegram", "5", private=True, message="30")
TOPIC = Address("telegram", "-1001", private=False, thread="44", reply_to="12")
PHOTO = Media("photo", "fox.png", b"png bytes", 512, 768, "a fox")
CLIP = Media("video", "fox.mp4", b"mp4 bytes", 576, 320, "a fox runs", 3.6, b"jpeg bytes")
CARD = Reply(text("A ", bold("fox")), buttons=((Button("Again", press="v1:again:7"),),))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serve_bot_api() as api:
        yield api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    request = HTTPXRequest()
    yield Bot(TOKEN, base_url=f"{api.url}/bot", request=request)
    await request.shutdown()


async def test_a_text_goes_with_its_keyboard_to_its_topic_as_an_answer(
    api: BotApi, bot: Bot
) -> None:
    assert await send(bot, TOPIC, CARD) == "101"

    [call] = api.calls
    assert call.method == "sendMessage"
    assert call.params["chat_id"] == "-1001"
    assert call.params["text"] == "A <b>fox</b>"
    assert call.params["parse_mode"] == "HTML"
    assert call.params["message_thread_id"] == "44"
    assert call.json("reply_parameters") == {"message_id": 12, "allow_sending_without_reply": True}
    assert call.json("link_preview_options") == {"is_disabled": True}
    assert call.json("reply_markup") == {
        "inline_keyboard": [[{"text": "Again", "callback_data": "v1:again:7"}]]
    }


async def test_a_photo_goes_with_its_name_and_caption(api: BotApi, bot: Bot) -> None:
    await send(bot, HOME, replace(CARD, media=PHOTO))

    [call] = api.calls
    assert call.method == "sendPhoto"
    assert call.files == {"photo": b"png bytes"}
    assert call.params["photo filename"] == "fox.png"
    assert call.params["caption"] == "A <b>fox</b>"
    assert "reply_parameters" not in call.params


async def test_a_clip_goes_with_its_size_length_and_first_picture(api: BotApi, bot: Bot) -> None:
    await send(bot, HOME, replace(CARD, media=CLIP))

    [call] = api.calls
    assert call.method == "sendVideo"
    assert (call.params["width"], call.params["height"]) == ("576", "320")
    assert call.params["duration"] == "4"
    assert call.params["supports_streaming"] == "true"
    assert call.files[call.params["thumbnail"].removeprefix("attach://")] == b"jpeg bytes"


async def test_an_original_goes_as_a_file(api: BotApi, bot: Bot) -> None:
    await send(bot, HOME, replace(CARD, media=replace(PHOTO, kind="document")))

    assert api.calls[0].method == "sendDocument"
    assert api.calls[0].files == {"document": b"png bytes"}


@pytest.mark.parametrize("media", [PHOTO, CLIP])
async def test_a_covered_medium_stays_covered(api: BotApi, bot: Bot, media: Media) -> None:
    covered = replace(CARD, media=replace(media, spoiler=True))
    await send(bot, HOME, covered)
    await edit(bot, HOME, covered)

    sent, edited = api.calls
    assert sent.params["has_spoiler"] == "true"
    assert '"has_spoiler": true' in edited.params["media"]


async def test_an_edit_changes_the_words_and_takes_the_old_keyboard_away(
    api: BotApi, bot: Bot
) -> None:
    await edit(bot, HOME, Reply(text("done")))

    [call] = api.calls
    assert call.method == "editMessageText"
    assert (call.params["chat_id"], call.params["message_id"]) == ("5", "30")
    assert "reply_markup" not in call.params


@pytest.mark.parametrize(("media", "kind"), [(PHOTO, "photo"), (CLIP, "video")])
async def test_a_card_becomes_its_result(api: BotApi, bot: Bot, media: Media, kind: str) -> None:
    await edit(bot, HOME, replace(CARD, media=media))

    [call] = api.calls
    assert call.method == "editMessageMedia"
    described = call.json("media")
    assert (described["type"], described["caption"]) == (kind, "A <b>fox</b>")
    assert call.files[described["media"].removeprefix("attach://")] == media.data
    assert described.get("duration") == (4 if kind == "video" else None)


async def test_words_for_a_message_that_shows_a_picture_become_its_caption(
    api: BotApi, bot: Bot
) -> None:
    api.refuse("editMessageText", 400, "Bad Request: there is no text in the message to edit")

    await edit(bot, HOME, Reply(text("x" * 2000), buttons=CARD.buttons))

    [call] = api.sent("editMessageCaption")
    assert len(call.params["caption"]) == 1024
    assert "Again" in call.params["reply_markup"]


async def test_a_message_that_may_show_no_picture_any_more_makes_way_for_a_new_one(
    api: BotApi, bot: Bot
) -> None:
    api.refuse("editMessageText", 400, "Bad Request: there is no text in the message to edit")

    with pytest.raises(MessageGoneError):
        await edit(bot, HOME, Reply(text("Cancelled"), is_bare=True))

    [call] = api.sent("deleteMessage")
    assert (call.params["chat_id"], call.params["message_id"]) == ("5", "30")
    assert api.sent("editMessageCaption") == []


async def test_a_message_too_old_to_be_deleted_gets_its_words_all_the_same(
    api: BotApi, bot: Bot
) -> None:
    api.refuse("editMessageText", 400, "Bad Request: there is no text in the message to edit")
    api.refuse("deleteMessage", 400, "Bad Request: message can't be deleted")

    await edit(bot, HOME, Reply(text("Cancelled"), is_bare=True))

    assert len(api.sent("editMessageCaption")) == 1


async def test_an_edit_that_changes_nothing_is_done(api: BotApi, bot: Bot) -> None:
    api.refuse("editMessageText", 400, "Bad Request: message is not modified: specified new …")

    await edit(bot, HOME, CARD)


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (400, "Bad Request: message to edit not found", MessageGoneError),
        (400, "Bad Request: message can't be edited", MessageGoneError),
        (400, "Bad Request: MESSAGE_ID_INVALID", MessageGoneError),
        (400, "Bad Request: chat not found", UnreachableError),
        (400, "Bad Request: not enough rights to send text messages to the chat", UnreachableError),
        (400, "Bad Request: can't parse entities", RefusedError),
        (403, "Forbidden: bot was blocked by the user", UnreachableError),
        (413, "Request Entity Too Large", TooLargeError),
        (500, "Internal Server Error", TryLaterError),
        (502, "Bad Gateway", TryLaterError),
    ],
)
async def test_refusals_are_told_apart(
    api: BotApi, bot: Bot, status: int, description: str, expected: type[DeliveryError]
) -> None:
    api.refuse("editMessageText", status, description)

    with pytest.raises(DeliveryError) as caught:
        await edit(bot, HOME, CARD)

    assert type(caught.value) is expected


@pytest.mark.fault("F49")
async def test_a_flood_says_how_long_to_wait(api: BotApi, bot: Bot) -> None:
    api.refuse("sendMessage", 429, "Too Many Requests: retry after 17", retry_after=17)

    with pytest.raises(FloodedError) as caught:
        await send(bot, HOME, CARD)

    assert caught.value.seconds == 17


async def test_a_silent_server_is_tried_later(bot: Bot) -> None:
    lost = Bot(TOKEN, base_url="http://127.0.0.1:9/bot", request=bot.request)

    with pytest.raises(TryLaterError):
        await send(lost, HOME, CARD)


async def test_a_topic_that_was_deleted_is_answered_in_its_group(api: BotApi, bot: Bot) -> None:
    api.refuse("sendMessage", 400, "Bad Request: message thread not found")

    await send(bot, TOPIC, CARD)

    assert "message_thread_id" not in api.calls[-1].params


@pytest.mark.fault("F49")
async def test_a_group_that_became_a_supergroup_is_followed(api: BotApi, bot: Bot) -> None:
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    api.refuse("sendMessage", 400, description, migrate_to_chat_id=-1002)

    await send(bot, TOPIC, CARD)

    assert api.calls[-1].params["chat_id"] == "-1002"
