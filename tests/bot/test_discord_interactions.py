from dataclasses import replace
from typing import Any

import pytest

from bot.discord_address import Ticket, in_private, live_ticket, person
from bot.discord_interactions import may_answer, to_call, to_press, to_typing, to_words
from chat.model import Address, ButtonPress, CommandCall, PlainText, Typing, UserRef
from tests.bot.discord_events import (
    APPLICATION,
    ASHA,
    BOT_USER,
    CARD,
    CHANNEL,
    HOME,
    IN_GROUP,
    IN_HOME,
    guild_with,
    interaction,
    message,
    press,
    private_message,
    slash,
)

NOW = 1_700_000_000.0
TICKET = f"{APPLICATION}/tok-1/1700000885/{ASHA}/"
USER = UserRef("discord", ASHA, "Asha Rao", "hi")
SEND, ATTACH, VIEW, IN_THREADS = 1 << 11, 1 << 15, 1 << 10, 1 << 38


def test_a_slash_command_keeps_its_options_as_discord_parsed_them() -> None:
    event = slash("image", prompt="a fox", seed=7, guidance=7.5)
    assert to_call(interaction(event), is_hidden=False, now=NOW) == CommandCall(
        "discord:1574090482944835596",
        USER,
        Address("discord", CHANNEL, private=False, token=TICKET),
        "image",
        {"prompt": "a fox", "seed": 7, "guidance": 7.5},
    )


def test_what_is_hidden_in_a_server_is_a_private_conversation() -> None:
    call = to_call(interaction(slash("session")), is_hidden=True, now=NOW)
    assert call.address == Address("discord", f"@{ASHA}", private=True, token=TICKET)


def test_the_bots_own_chat_with_a_person_is_private() -> None:
    call = to_call(interaction(slash("session", IN_HOME)), is_hidden=True, now=NOW)
    assert call.address == Address("discord", HOME, private=True, token=TICKET)


def test_a_group_of_people_that_one_brought_the_bot_to_is_not_private() -> None:
    call = to_call(interaction(slash("image", IN_GROUP)), is_hidden=False, now=NOW)
    assert not call.address.private


def test_a_press_points_at_the_message_that_carries_the_button() -> None:
    assert to_press(interaction(press("v1:again:7")), NOW) == ButtonPress(
        "discord:1574090482944835596",
        USER,
        Address("discord", CHANNEL, private=False, message=CARD, token=TICKET + CARD),
        "v1:again:7",
    )


def test_a_press_on_a_hidden_message_is_private() -> None:
    heard = to_press(interaction(press("v1:plan:pro", is_ephemeral=True)), NOW)
    assert heard.address.private
    assert heard.address.chat == f"@{ASHA}"


def test_who_is_typing_what_is_known() -> None:
    event = interaction(slash("pictures", kind=4, picture="fo"))
    assert to_typing(event, "picture", "fo") == Typing(USER, "pictures", "picture", "fo")


def test_words_in_private_are_heard() -> None:
    assert to_words(private_message(message("a fox"))) == PlainText(
        "discord:1574090482944835700",
        UserRef("discord", ASHA, "Asha Rao"),
        Address("discord", HOME, private=True, reply_to="1574090482944835700"),
        "a fox",
    )


@pytest.mark.parametrize(
    "event",
    [message("hi", author=BOT_USER), message(""), message("hi", CHANNEL, guild_id="2")],
    ids=["a bot's", "without words", "in a server"],
)
def test_other_messages_are_left_alone(event: dict[str, Any]) -> None:
    assert to_words(private_message(event)) is None


@pytest.mark.parametrize(
    ("place", "is_allowed"),
    [
        ({"app_permissions": str(VIEW | SEND | ATTACH)}, True),
        ({"app_permissions": str(VIEW | SEND)}, False),
        ({"app_permissions": str(VIEW | ATTACH)}, False),
        ({"app_permissions": str(ATTACH), "authorizing_integration_owners": {"1": ASHA}}, True),
        ({"app_permissions": "0", "authorizing_integration_owners": {"1": ASHA}}, False),
    ],
)
def test_permissions_decide_where_the_bot_may_answer(
    place: dict[str, Any], is_allowed: bool
) -> None:
    assert may_answer(interaction(slash("image", guild_with(**place)))) == is_allowed


@pytest.mark.parametrize(("own", "is_allowed"), [(SEND, False), (IN_THREADS, True)])
def test_threads_have_a_permission_of_their_own(own: int, is_allowed: bool) -> None:
    thread = {
        "id": "4",
        "parent_id": CHANNEL,
        "owner_id": ASHA,
        "type": 11,
        "name": "foxes",
        "member_count": 1,
        "message_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2024-01-01T00:00:00+00:00",
            "locked": False,
        },
    }
    place = guild_with(channel=thread, app_permissions=str(VIEW | ATTACH | own))
    assert may_answer(interaction(slash("image", place))) == is_allowed


def test_private_chats_always_allow_an_answer() -> None:
    assert may_answer(interaction(slash("image", IN_HOME | {"app_permissions": "0"})))


def test_a_ticket_is_read_as_it_was_written() -> None:
    ticket = Ticket("1", "a/b+c=", 1_700_000_900, "5", CARD)
    address = Address("discord", CHANNEL, private=False, token=str(ticket))
    assert Ticket.of(Address.from_json(address.to_json())) == ticket
    assert "a/b+c=" not in repr(ticket)


def test_a_ticket_ends_before_discord_forgets_it() -> None:
    address = to_call(interaction(slash("image")), is_hidden=False, now=NOW).address
    assert live_ticket(address, NOW + 14 * 60)
    assert live_ticket(address, NOW + 15 * 60 - 1) is None
    assert live_ticket(replace(address, token=None), NOW) is None


def test_the_asker_can_be_reached_wherever_they_asked() -> None:
    address = to_call(interaction(slash("image")), is_hidden=False, now=NOW).address
    assert person(address) == ASHA
    assert person(in_private(address, "5")) == "5"
    assert person(Address("discord", HOME, private=True)) is None
