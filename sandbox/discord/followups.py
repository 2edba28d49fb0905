"""What an interaction's token can do for fifteen minutes: the webhook routes."""

from dataclasses import replace

from sandbox.discord import events, render_messages
from sandbox.discord.answering import blank_answer, change
from sandbox.discord.drafts import filled, read_draft
from sandbox.discord.errors import (
    ApiError,
    invalid_token,
    unknown_message,
    unknown_webhook,
)
from sandbox.discord.records import (
    AUTOCOMPLETE,
    BOT_ID,
    DEFER,
    EPHEMERAL,
    Interaction,
    Message,
)
from sandbox.discord.request import Call
from sandbox.discord.world import Discord
from sandbox.records import JsonValue

FOREIGN_FOLLOWUPS = 5
_FOLLOWUP = 19


def _interaction(discord: Discord, call: Call) -> Interaction:
    token = call.path["webhook_token"]
    found = next((i for i in discord.interactions.values() if i.token == token), None)
    if found is None or call.number("webhook_id") != BOT_ID:
        raise unknown_webhook()
    if found.expired(discord.now()):
        raise invalid_token()
    if found.answered is None or found.kind == AUTOCOMPLETE:
        raise unknown_webhook()
    return found


def _own_message(discord: Discord, call: Call) -> Message:
    """The message a token may touch: the original, or one it made."""
    interaction = _interaction(discord, call)
    name = call.path.get("message_id", "@original")
    number = interaction.original if name == "@original" else call.number("message_id")
    message = discord.message(interaction.channel, number)
    if message is None:
        raise unknown_message()
    if message.interaction != interaction.id and message.id != interaction.original:
        raise unknown_message()
    return message


async def execute_webhook(discord: Discord, call: Call) -> JsonValue:
    """A follow-up; the first one after "thinking…" takes that message's place."""
    interaction = _interaction(discord, call)
    channel = discord.channels[interaction.channel]
    original = discord.message(interaction.channel, interaction.original)
    if original and original.loading and interaction.answered == DEFER:
        return render_messages.message(discord, change(discord, original, call, call.object))
    if not discord.has_bot(channel) and interaction.followups >= FOREIGN_FOLLOWUPS:
        message = "Maximum number of follow up messages for this interaction has been reached"
        raise ApiError(400, 40094, message)
    draft = read_draft(discord, channel, call, call.object)
    blank = blank_answer(discord, interaction, ephemeral=bool(draft.flags & EPHEMERAL))
    blank = replace(blank, kind=_FOLLOWUP, reply_to=interaction.original)
    message_ = discord.post(filled(discord, blank, draft))
    interaction.followups += 1
    events.tell_message(discord, "MESSAGE_CREATE", message_)
    return render_messages.message(discord, message_)


async def get_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """One of the token's messages."""
    return render_messages.message(discord, _own_message(discord, call))


async def update_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """PATCH one of the token's messages."""
    return render_messages.message(
        discord, change(discord, _own_message(discord, call), call, call.object)
    )


async def delete_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """DELETE one of the token's messages."""
    message = _own_message(discord, call)
    discord.delete(message)
    events.tell_deleted(discord, message)
    return None
