"""What Discord reports, in the conversation's words."""

from collections.abc import Mapping
from typing import Any

from discord import DMChannel, Interaction, Message, Permissions, Thread

from bot.discord_address import PLATFORM, Ticket, person_chat
from chat.model import Address, ButtonPress, CommandCall, PlainText, UserRef

TICKET_S = 15 * 60
"""How long an interaction can be answered."""
_MARGIN_S = 15
"""A ticket is not used in its last seconds: an answer takes time on its way."""


def to_call(interaction: Interaction, *, is_hidden: bool, now: float) -> CommandCall:
    """A slash command; `is_hidden` when it was acknowledged for the asker's eyes alone."""
    data = data_of(interaction)
    arguments = {given["name"]: given["value"] for given in data.get("options", ())}
    address = _address(interaction, is_hidden=is_hidden, pressed="", now=now)
    return CommandCall(_event_id(interaction), _user(interaction), address, data["name"], arguments)


def to_press(interaction: Interaction, now: float) -> ButtonPress:
    """A press of a button, however old the message is that carries it."""
    assert interaction.message is not None, "Discord sends the message with each press"
    pressed = str(interaction.message.id)
    is_hidden = interaction.message.flags.ephemeral
    address = _address(interaction, is_hidden=is_hidden, pressed=pressed, now=now)
    press = str(data_of(interaction)["custom_id"])
    return ButtonPress(_event_id(interaction), _user(interaction), address, press)


def to_words(message: Message) -> PlainText | None:
    """What a person wrote to the bot in private; None when it does not concern the bot."""
    if message.author.bot or not isinstance(message.channel, DMChannel) or not message.content:
        return None
    address = Address(PLATFORM, str(message.channel.id), private=True, reply_to=str(message.id))
    user = UserRef(PLATFORM, str(message.author.id), message.author.display_name)
    return PlainText(f"{PLATFORM}:{message.id}", user, address, message.content)


def data_of(interaction: Interaction) -> Mapping[str, Any]:
    """The interaction's own JSON: a command with its options, or a component."""
    return dict(interaction.data or {})


def is_home(interaction: Interaction) -> bool:
    """Whether this happens in the bot's private chat with the person."""
    return interaction.context.dm_channel


def may_answer(interaction: Interaction) -> bool:
    """Whether the bot may show words and pictures where it was asked.

    Private chats always allow it. Where only the person brought the bot along, no message is sent
    in the bot's own name.
    """
    if interaction.guild_id is None:
        return True
    needed = Permissions(attach_files=True)
    if interaction.is_guild_integration():
        is_thread = isinstance(interaction.channel, Thread)
        needed.update(
            view_channel=True,
            send_messages=not is_thread,
            send_messages_in_threads=is_thread,
        )
    return needed <= interaction.app_permissions


def _address(interaction: Interaction, *, is_hidden: bool, pressed: str, now: float) -> Address:
    user = str(interaction.user.id)
    ticket = Ticket(
        str(interaction.application_id),
        interaction.token,
        round(now) + TICKET_S - _MARGIN_S,
        user,
        pressed,
    )
    is_personal = (is_hidden and not is_home(interaction)) or interaction.channel_id is None
    return Address(
        PLATFORM,
        person_chat(user) if is_personal else str(interaction.channel_id),
        private=is_personal or is_home(interaction),
        message=pressed or None,
        token=str(ticket),
    )


def _user(interaction: Interaction) -> UserRef:
    user = interaction.user
    return UserRef(PLATFORM, str(user.id), user.display_name, str(interaction.locale))


def _event_id(interaction: Interaction) -> str:
    return f"{PLATFORM}:{interaction.id}"
