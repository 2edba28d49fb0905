"""Messages that answer an interaction, born or changed by its token."""

from sandbox.discord import events
from sandbox.discord.drafts import filled, read_draft
from sandbox.discord.records import (
    BOT,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    MODAL_SUBMIT,
    Interaction,
    Message,
)
from sandbox.discord.request import Call
from sandbox.discord.world import Discord
from sandbox.records import Json

_KIND_OF_REPLY = {COMMAND: 20, COMPONENT: 19, MODAL_SUBMIT: 19}
_MENU_REPLY = 23


def blank_answer(discord: Discord, interaction: Interaction, *, ephemeral: bool) -> Message:
    """An empty answer; people see which interaction it belongs to."""
    ephemeral = ephemeral or interaction.forced_ephemeral
    menu = interaction.kind == COMMAND and interaction.data.get("type") != 1
    return Message(
        id=discord.new_id(),
        channel=interaction.channel,
        author=BOT,
        sent=discord.now(),
        flags=EPHEMERAL if ephemeral else 0,
        kind=_MENU_REPLY if menu else _KIND_OF_REPLY[interaction.kind],
        interaction=interaction.id,
        viewer=interaction.person if ephemeral else "",
        reply_to=interaction.message if interaction.kind != COMMAND else None,
    )


def change(discord: Discord, message: Message, call: Call, data: Json) -> Message:
    """Put a body's parts into a message that stands; filling a thinking one is no edit."""
    channel = discord.channels[message.channel]
    draft = read_draft(discord, channel, call, data, before=message)
    edited = discord.edit(filled(discord, message, draft), mark=not message.loading)
    events.tell_message(discord, "MESSAGE_UPDATE", edited)
    return edited
