"""What Discord reports, in the conversation's words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from discord import DMChannel, Interaction, Message, Permissions, Thread

from bot.discord_address import PLATFORM, Ticket, person_chat
from bot.discord_answering import words_of
from bot.discord_commands import ATTACHMENT
from chat.model import (
    Address,
    ButtonPress,
    CommandCall,
    FormAnswer,
    MenuCall,
    PictureRef,
    PlainText,
    Typing,
    UserRef,
)

TICKET_S = 15 * 60
"""How long an interaction can be answered."""
_MARGIN_S = 15
"""A ticket is not used in its last seconds: an answer takes time on its way."""


def to_call(interaction: Interaction, *, is_hidden: bool, now: float) -> CommandCall:
    """A slash command; `is_hidden` when it was acknowledged for the asker's eyes alone."""
    data = data_of(interaction)
    given = data.get("options", ())
    arguments = {each["name"]: each["value"] for each in given if each["type"] != ATTACHMENT}
    address = _address(interaction, is_hidden=is_hidden, pressed="", now=now)
    user, picture = _user(interaction), _picture(data)
    return CommandCall(_event_id(interaction), user, address, data["name"], arguments, picture)


def to_menu_call(interaction: Interaction, name: str, *, is_hidden: bool, now: float) -> MenuCall:
    """A choice from a message's menu; `is_hidden` as for `to_call`."""
    data = data_of(interaction)
    message = data["resolved"]["messages"][data["target_id"]]
    presses = tuple(_custom_ids(message["components"]))
    address = _address(interaction, is_hidden=is_hidden, pressed="", now=now)
    return MenuCall(_event_id(interaction), _user(interaction), address, name, presses)


def to_answer(interaction: Interaction, now: float) -> FormAnswer:
    """What somebody wrote into a form, however long ago it was opened."""
    data, address = data_of(interaction), _below(interaction, now)
    user, form = _user(interaction), str(data["custom_id"])
    return FormAnswer(_event_id(interaction), user, address, form, words_of(data))


def to_press(interaction: Interaction, now: float) -> ButtonPress:
    """A press of a button, however old the message is that carries it."""
    assert interaction.message is not None, "Discord sends the message with each press"
    address = _below(interaction, now)
    press = str(data_of(interaction)["custom_id"])
    return ButtonPress(_event_id(interaction), _user(interaction), address, press)


def to_typing(interaction: Interaction, option: str, words: str) -> Typing:
    """An option that is being written."""
    return Typing(_user(interaction), data_of(interaction)["name"], option, words)


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


def _picture(data: Mapping[str, Any]) -> PictureRef | None:
    """The file that was attached to a command."""
    chosen = [each["value"] for each in data.get("options", ()) if each["type"] == ATTACHMENT]
    files = data.get("resolved", {}).get("attachments", {})
    file = files.get(chosen[0]) if chosen else None
    return PictureRef(file["url"], int(file["size"])) if file else None


def _custom_ids(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if "custom_id" in component:
            yield str(component["custom_id"])
        yield from _custom_ids(component.get("components", ()))


def _below(interaction: Interaction, now: float) -> Address:
    """Below the message with the button, or where an answer is awaited if there was none."""
    message = interaction.message
    is_hidden = message is not None and message.flags.ephemeral
    pressed = str(message.id) if message else ""
    return _address(interaction, is_hidden=is_hidden, pressed=pressed, now=now)


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
