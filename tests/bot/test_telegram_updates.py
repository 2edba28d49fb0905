from typing import Any

import pytest
from telegram import Update, User

from bot.telegram_updates import to_incoming
from chat.model import Address, ButtonPress, CommandCall, FormAnswer, PictureRef, PlainText, UserRef

ME = User(7, "Hub", is_bot=True, username="HubBot")
ASHA = {
    "id": 5,
    "is_bot": False,
    "first_name": "Asha",
    "last_name": "Rao",
    "username": "asha",
    "language_code": "hi",
}
PRIVATE = {"id": 5, "first_name": "Asha", "last_name": "Rao", "username": "asha", "type": "private"}
GROUP = {"id": -1001, "title": "Foxes", "type": "supergroup", "is_forum": True}
USER = UserRef("telegram", "5", "Asha Rao", "hi")


def message(text: str, chat: dict[str, Any] = PRIVATE, **more: Any) -> Update:
    body = {"message_id": 12, "from": ASHA, "chat": chat, "date": 1_700_000_000}
    body |= {"text": text} if text else {}
    return Update.de_json({"update_id": 900, "message": body | more})


def press(data: str | None, chat: dict[str, Any] = PRIVATE, **more: Any) -> Update:
    carrier = {"message_id": 30, "from": ME.to_dict(), "chat": chat, "date": 1_700_000_000}
    query = {
        "id": "4382bfdwdsb323b2d9",
        "from": ASHA,
        "message": carrier | {"text": "a card"} | more,
        "chat_instance": "-3",
        "data": data,
    }
    return Update.de_json({"update_id": 901, "callback_query": query})


def test_a_command_keeps_what_follows_it() -> None:
    assert to_incoming(message("/image a fox --style anime"), ME) == CommandCall(
        "telegram:7:900",
        USER,
        Address("telegram", "5", private=True, reply_to="12"),
        "image",
        "a fox --style anime",
    )


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("/image@HubBot a fox", "image", "a fox"),
        ("/IMAGE@hubbot a fox", "image", "a fox"),
        ("/image\na fox\nin snow", "image", "a fox\nin snow"),
        ("/start buy_pro", "start", "buy_pro"),
        ("/start", "start", ""),
        ("/help ", "help", ""),
        ("/image लोमड़ी 🦊", "image", "लोमड़ी 🦊"),
    ],
)
def test_commands_are_read_in_every_form(words: str, name: str, arguments: str) -> None:
    incoming = to_incoming(message(words), ME)

    assert isinstance(incoming, CommandCall)
    assert (incoming.name, incoming.arguments) == (name, arguments)


def test_a_bare_command_in_a_private_chat_is_not_quoted_but_in_a_group_it_is() -> None:
    private, group = to_incoming(message("/help"), ME), to_incoming(message("/help", GROUP), ME)

    assert private is not None
    assert private.address.reply_to is None
    assert group is not None
    assert group.address.reply_to == "12"


@pytest.mark.parametrize("words", ["/image@OtherBot a fox", "/image@OtherBot"])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_a_command_for_another_bot_is_ignored(words: str, chat: dict[str, Any]) -> None:
    assert to_incoming(message(words, chat), ME) is None


@pytest.mark.parametrize("words", ["a fox", "/etc/passwd", "2/3 of a fox", "/", "I like /image"])
def test_plain_text_counts_in_private_chats_alone(words: str) -> None:
    assert to_incoming(message(words), ME) == PlainText(
        "telegram:7:900", USER, Address("telegram", "5", private=True, reply_to="12"), words
    )
    assert to_incoming(message(words, GROUP), ME) is None


def test_a_topic_is_kept_but_a_mere_thread_of_replies_is_not() -> None:
    topic = message("/help", GROUP, message_thread_id=44, is_topic_message=True)
    thread = message("/help", GROUP, message_thread_id=44)

    for update, expected in ((topic, "44"), (thread, None)):
        incoming = to_incoming(update, ME)
        assert incoming is not None
        assert incoming.address == Address(
            "telegram", "-1001", private=False, thread=expected, reply_to="12"
        )


def test_a_person_without_a_language_reads_english() -> None:
    silent = {key: value for key, value in ASHA.items() if key != "language_code"}

    incoming = to_incoming(message("/help", **{"from": silent}), ME)

    assert incoming is not None
    assert incoming.user.language == "en"


def test_bots_and_what_is_no_new_text_are_ignored() -> None:
    photo = [{"file_id": "A", "file_unique_id": "B", "width": 1, "height": 1}]
    body = message("/help").to_dict()["message"]

    assert to_incoming(message("/help", **{"from": ASHA | {"is_bot": True}}), ME) is None
    assert to_incoming(Update.de_json({"update_id": 1, "edited_message": body}), ME) is None
    del body["text"]
    body["photo"] = photo
    assert to_incoming(Update.de_json({"update_id": 1, "message": body}), ME) is None


def test_a_press_names_the_message_that_carries_the_button() -> None:
    topic = press("v1:again:7", GROUP, message_thread_id=44, is_topic_message=True)

    assert to_incoming(press("v1:again:7"), ME) == ButtonPress(
        "telegram:7:901", USER, Address("telegram", "5", private=True, message="30"), "v1:again:7"
    )
    assert to_incoming(topic, ME) == ButtonPress(
        "telegram:7:901",
        USER,
        Address("telegram", "-1001", private=False, thread="44", message="30"),
        "v1:again:7",
    )


def test_a_press_on_a_message_too_old_to_be_seen_still_counts() -> None:
    update = press("v1:again:7", text=None, date=0)

    incoming = to_incoming(update, ME)

    assert isinstance(incoming, ButtonPress)
    assert incoming.address.message == "30"


def test_a_press_without_data_or_message_is_ignored() -> None:
    query = press("v1:again:7").to_dict()["callback_query"]
    del query["message"]

    assert to_incoming(press(None), ME) is None
    assert to_incoming(Update.de_json({"update_id": 1, "callback_query": query}), ME) is None


def sizes(*widths: int) -> list[dict[str, Any]]:
    return [
        {"file_id": f"w{w}", "file_unique_id": f"u{w}", "width": w, "height": w, "file_size": 9 * w}
        for w in widths
    ]


def document(mime: str) -> dict[str, Any]:
    return {"file_id": "doc", "file_unique_id": "d", "mime_type": mime, "file_size": 70}


@pytest.mark.parametrize(
    ("more", "picture"),
    [
        ({"photo": sizes(90, 1280)}, PictureRef("w1280", 9 * 1280)),
        ({"document": document("image/png")}, PictureRef("doc", 70)),
        ({"document": document("application/pdf")}, None),
    ],
)
def test_a_picture_comes_with_the_command_in_its_caption_or_with_what_is_answered(
    more: dict[str, Any], picture: PictureRef | None
) -> None:
    captioned = message("", caption="/edit a fox", **more)
    answered = {"message_id": 11, "chat": PRIVATE, "date": 1_700_000_000, **more}
    answering = message("/edit a fox", reply_to_message=answered)

    for update in (captioned, answering):
        call = to_incoming(update, ME)
        assert isinstance(call, CommandCall)
        assert (call.name, call.arguments, call.picture) == ("edit", "a fox", picture)


def asked(sender: User = ME, link: str = "https://t.me/HubBot?form=v1%3Aask%3A7") -> dict[str, Any]:
    entities = [
        {"type": "bold", "offset": 0, "length": 1},
        {"type": "text_link", "offset": 0, "length": 1, "url": link},
    ]
    carrier = {"message_id": 30, "from": sender.to_dict(), "chat": PRIVATE, "date": 1_700_000_000}
    return carrier | {"text": "? Answer this", "entities": entities}


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_an_answer_to_a_form_names_the_form(chat: dict[str, Any]) -> None:
    incoming = to_incoming(message("a hat", chat, reply_to_message=asked()), ME)

    assert isinstance(incoming, FormAnswer)
    assert (incoming.form, incoming.words) == ("v1:ask:7", "a hat")
    assert incoming.address.reply_to == "12"
    assert incoming.address.message is None


def test_a_command_stays_a_command_though_it_answers_a_form() -> None:
    incoming = to_incoming(message("/image a fox", reply_to_message=asked()), ME)

    assert isinstance(incoming, CommandCall)


@pytest.mark.parametrize(
    "asked_by",
    [
        asked(User(9, "Another", is_bot=True, username="AnotherBot")),
        asked(link="https://t.me/HubBot?start=buy"),
        asked(link="https://example.com/"),
    ],
)
def test_only_the_bots_own_forms_are_filled_in(asked_by: dict[str, Any]) -> None:
    incoming = to_incoming(message("a hat", reply_to_message=asked_by), ME)

    assert isinstance(incoming, PlainText)
