import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.telegram import Dispatch, TelegramAdapter
from chat.commands import Command
from chat.errors import MessageGoneError, TokenRejectedError, TryLaterError, UnreachableError
from chat.model import Address, Button, Incoming, Reply
from chat.platform import Chat
from chat.text import text
from tests.bot.bot_api import TOKEN, BotApi, serve_bot_api

HOME = Address("telegram", "5", private=True)
CARD = replace(HOME, message="30")
HELLO = Reply(text("hello"))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serve_bot_api() as api:
        yield api


@pytest.fixture
async def adapter(api: BotApi) -> AsyncIterator[TelegramAdapter]:
    async with TelegramAdapter(TOKEN, api.url, sleep=at_once) as adapter:
        yield adapter


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


def always(reply: Reply | None) -> Dispatch:
    async def dispatch(_: Incoming) -> Reply | None:
        return reply

    return dispatch


@asynccontextmanager
async def running(adapter: TelegramAdapter, dispatch: Dispatch) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(adapter.run(dispatch))
        yield
        task.cancel()


async def test_what_a_person_says_is_answered_and_then_confirmed(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    async with running(adapter, always(HELLO)):
        await api.until_confirmed(await api.say("/start"))

    methods = [call.method for call in api.calls]
    assert methods.index("deleteWebhook") < methods.index("getUpdates")
    assert [call.params["text"] for call in api.sent("sendMessage")] == ["hello"]


async def test_updates_of_one_chat_keep_their_order_and_other_chats_do_not_wait(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    release = asyncio.Event()
    order: list[tuple[str, str]] = []

    async def dispatch(incoming: Incoming) -> None:
        order.append((incoming.address.chat, incoming.id))
        if incoming.address.chat == "5":
            await release.wait()

    first, second, other = await api.say("1"), await api.say("2"), await api.say("3", chat=6)
    async with running(adapter, dispatch):
        await api.until("getUpdates", count=2)
        release.set()
        await api.until_confirmed(other)

    ids = [("5", first), ("6", other), ("5", second)]
    assert order == [(chat, f"telegram:7:{update}") for chat, update in ids]


async def test_a_handlers_crash_costs_one_answer_and_not_the_bot(
    api: BotApi, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    async def dispatch(incoming: Incoming) -> Reply:
        if incoming.id.endswith(":900"):
            raise ZeroDivisionError
        return HELLO

    async with running(adapter, dispatch):
        await api.press("v1:again:7")
        await api.until_confirmed(await api.say("/start"))

    assert len(api.sent("answerCallbackQuery")) == 1
    assert len(api.sent("sendMessage")) == 1
    assert "update 900 could not be answered" in caplog.text


@pytest.mark.parametrize(
    ("reply", "notice"),
    [(None, None), (HELLO, None), (replace(HELLO, toast=True), "hello")],
)
async def test_a_press_is_always_answered(
    api: BotApi, adapter: TelegramAdapter, reply: Reply | None, notice: str | None
) -> None:
    api.refuse("answerCallbackQuery", 400, "Bad Request: query is too old and … is invalid")
    async with running(adapter, always(reply)):
        await api.until_confirmed(await api.press("v1:again:7"))

    [call] = api.sent("answerCallbackQuery")
    assert call.params["callback_query_id"] == "press-1"
    assert call.params.get("text") == notice
    assert len(api.sent("sendMessage")) == (reply is not None and not reply.toast)


async def test_an_answer_may_take_the_place_of_the_message_with_the_button(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    async with running(adapter, always(replace(HELLO, edit=True))):
        await api.until_confirmed(await api.press("v1:again:7"))
        assert api.sent("editMessageText")[0].params["message_id"] == "30"
        assert api.sent("sendMessage") == []

        api.refuse("editMessageText", 400, "Bad Request: message to edit not found")
        await api.until_confirmed(await api.press("v1:again:7"))
        assert api.sent("sendMessage")[0].params["text"] == "hello"


async def test_a_private_answer_to_a_group_goes_to_the_person(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    async with running(adapter, always(replace(HELLO, private=True))):
        await api.until_confirmed(await api.say("/session", chat=-5))

    assert [call.params["chat_id"] for call in api.sent("sendMessage")] == ["5"]


async def test_a_person_who_asked_nothing_is_spoken_to_in_private(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    await adapter.send(adapter.home("5"), HELLO)

    assert [call.params["chat_id"] for call in api.sent("sendMessage")] == ["5"]


async def test_who_never_wrote_to_the_bot_gets_a_way_to_it(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    api.refuse("sendMessage", 403, "Forbidden: bot can't initiate conversation with a user")
    async with running(adapter, always(replace(HELLO, private=True))):
        await api.until_confirmed(await api.say("/session", chat=-5))

    invitation = api.sent("sendMessage")[-1]
    assert invitation.params["chat_id"] == "-5"
    assert "hello" not in invitation.params["text"]
    assert "https://t.me/HubBot?start=session" in invitation.params["reply_markup"]


async def test_an_answer_is_tried_again_when_telegram_cannot_be_reached(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    api.refuse("sendMessage", 502, "Bad Gateway")
    async with running(adapter, always(HELLO)):
        await api.until_confirmed(await api.say("/start"))

    assert len(api.sent("sendMessage")) == 2


@pytest.mark.parametrize(
    ("status", "description", "retry_after"),
    [(429, "Too Many Requests: retry after 245", 245), (403, "Forbidden: bot was blocked", 0)],
)
async def test_an_answer_that_cannot_be_given_soon_is_given_up(
    api: BotApi, adapter: TelegramAdapter, status: int, description: str, retry_after: int
) -> None:
    more = {"retry_after": retry_after} if retry_after else {}
    api.refuse("sendMessage", status, description, **more)
    async with running(adapter, always(HELLO)):
        await api.until_confirmed(await api.say("/start"))

    assert len(api.sent("sendMessage")) == 1


async def test_a_wrong_token_is_an_error_that_does_not_show_it(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with TelegramAdapter("8:wrong", api.url) as adapter:
        with pytest.raises(TokenRejectedError) as caught:
            await adapter.run(always(None))

    assert "wrong" not in str(caught.value) + caplog.text


async def test_no_log_line_holds_the_token(
    api: BotApi, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api.refuse("getUpdates", 502, "Bad Gateway")
    async with running(adapter, always(HELLO)):
        await api.until_confirmed(await api.say("/start"))

    assert "telegram cannot be reached" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(adapter)


async def test_menus_show_each_reader_what_they_may_use(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    commands = (
        Command("image", {"en": "Draw", "hi": "चित्र बनाएँ"}),
        Command("session", {"en": "Your hour", "hi": "आपका घंटा"}, is_private=True),
        Command("admin", {"en": "Run the shop"}, audience="admins"),
    )
    adapter.introduce(commands, admins=("11",), about={"en": "Pictures by the hour"})
    api.refuse("getMe", 502, "Bad Gateway")

    await adapter.setup()

    menus = {
        (call.json("scope")["type"], call.params.get("language_code")): call.json("commands")
        for call in api.sent("setMyCommands")
    }
    names = {key: [command["command"] for command in menu] for key, menu in menus.items()}
    for language in (None, "hi"):
        assert names["all_private_chats", language] == ["image", "session"]
        assert names["all_group_chats", language] == ["image"]
        assert names["chat", language] == ["image", "session", "admin"]
    assert menus["all_private_chats", "hi"][0]["description"] == "चित्र बनाएँ"
    assert menus["chat", "hi"][2]["description"] == "Run the shop"
    assert api.sent("setMyShortDescription")[0].params == {
        "short_description": "Pictures by the hour"
    }


@pytest.mark.parametrize("status", [400, 500])
async def test_a_menu_that_cannot_be_set_does_not_keep_the_bot_from_starting(
    api: BotApi, adapter: TelegramAdapter, status: int
) -> None:
    adapter.introduce((Command("image", {"en": "Draw"}),), admins=("11",))
    for _ in range(3):
        api.refuse("setMyCommands", status, "Bad Request: chat not found")

    await adapter.setup()


async def test_updates_may_come_by_webhook(api: BotApi, adapter: TelegramAdapter) -> None:
    await adapter.set_webhook("https://hub.example/webhooks/telegram", "s3cret")
    update = {
        "update_id": 900,
        "message": {
            "message_id": 12,
            "date": 1_700_000_000,
            "chat": {"id": 5, "type": "private"},
            "from": {"id": 5, "is_bot": False, "first_name": "Asha"},
            "text": "/start",
        },
    }

    await adapter.handle(json.dumps(update).encode(), always(HELLO))

    [hook] = api.sent("setWebhook")
    assert hook.params["secret_token"] == "s3cret"
    assert hook.json("allowed_updates") == ["message", "callback_query", "pre_checkout_query"]
    assert len(api.sent("sendMessage")) == 1


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7", b"{}", b'{"update_id": 1, "message": {}}'])
async def test_what_is_no_update_is_refused(adapter: TelegramAdapter, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        await adapter.handle(raw, always(HELLO))


async def test_cards_are_sent_edited_and_their_progress_shown(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    chat: Chat = adapter
    address = replace(HOME, message=await chat.send(HOME, HELLO))

    await chat.show_progress(address, Reply(text("40 %")))
    await chat.edit(address, Reply(text("done"), buttons=((Button("Again", press="v1:again:7"),),)))
    await chat.show_progress(address, Reply(text("60 %")))
    await chat.edit(address, Reply(text("done")))

    assert address.message == "101"
    assert [call.params["text"] for call in api.sent("editMessageText")] == ["done", "done"]


async def test_progress_without_a_message_is_dropped(api: BotApi, adapter: TelegramAdapter) -> None:
    await adapter.show_progress(HOME, HELLO)

    assert api.calls == []


async def test_a_flood_beyond_patience_is_the_durable_senders_to_wait_out(
    api: BotApi, adapter: TelegramAdapter
) -> None:
    api.refuse("sendMessage", 429, "Too Many Requests: retry after 245", retry_after=245)

    with pytest.raises(TryLaterError) as caught:
        await adapter.send(HOME, HELLO)

    assert caught.value.seconds > 240


async def test_refusals_reach_the_sender(api: BotApi, adapter: TelegramAdapter) -> None:
    api.refuse("editMessageText", 400, "Bad Request: message to edit not found")
    api.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")

    with pytest.raises(MessageGoneError):
        await adapter.edit(CARD, HELLO)
    with pytest.raises(UnreachableError):
        await adapter.send(HOME, HELLO)
