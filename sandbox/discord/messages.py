"""Messages by the bot's own token: send, read, edit, delete in channels and private chats."""

from dataclasses import replace

from sandbox.discord import events, permissions, render, render_messages
from sandbox.discord.drafts import filled, read_draft
from sandbox.discord.errors import (
    ApiError,
    invalid,
    missing_access,
    missing_permissions,
    unknown_channel,
    unknown_message,
)
from sandbox.discord.records import BOT, Channel, Message
from sandbox.discord.request import Call, as_object
from sandbox.discord.world import Discord, person_of
from sandbox.records import Json, JsonValue

LONGEST_NONCE = 25
NONCE_LIFE = 5 * 60.0
_MOST_LISTED = 100
_REPLY = 19


def bot_channel(discord: Discord, call: Call) -> Channel:
    """The channel a request names, if the bot is in it.

    Raises:
        ApiError: 10003 or 50001.
    """
    channel = discord.channel_by_id(call.number("channel_id"))
    if channel is None:
        raise unknown_channel()
    if not discord.bot_sees(channel):
        raise missing_access()
    return channel


def _may_speak(discord: Discord, channel: Channel) -> None:
    if channel.kind == "dm":
        person_of(discord, channel)
    elif not discord.app_permissions(channel) & permissions.SEND_MESSAGES:
        raise missing_permissions()


async def create_message(discord: Discord, call: Call) -> JsonValue:
    """POST a message; the same enforced nonce gives the message that is already there."""
    channel = bot_channel(discord, call)
    _may_speak(discord, channel)
    body = call.object
    nonce = _nonce(body)
    if body.get("enforce_nonce") is True and (said := _said(discord, channel, nonce)):
        return render_messages.message(discord, said)
    reply_to = _reply_target(discord, channel, body)
    draft = read_draft(discord, channel, call, body)
    number = discord.new_id()
    blank = Message(number, channel.key, BOT, discord.now(), reply_to=reply_to, nonce=nonce)
    if reply_to is not None:
        blank = replace(blank, kind=_REPLY)
    message = discord.post(filled(discord, blank, draft))
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return render_messages.message(discord, message)


def _nonce(body: Json) -> str | int | None:
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > LONGEST_NONCE:
        message = f"Must be {LONGEST_NONCE} or fewer in length."
        raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", message)
    return nonce if isinstance(nonce, str | int) else None


def _said(discord: Discord, channel: Channel, nonce: str | int | None) -> Message | None:
    """What the bot said under this nonce in the last minutes."""
    if nonce is None:
        raise invalid("nonce", "BASE_TYPE_REQUIRED", "This field is required")
    for message in discord.messages(channel.key):
        fresh = discord.now() - message.sent < NONCE_LIFE
        if message.author == BOT and fresh and str(message.nonce) == str(nonce):
            return message
    return None


def _reply_target(discord: Discord, channel: Channel, body: Json) -> int | None:
    if not body.get("message_reference"):
        return None
    reference = as_object(body["message_reference"], "message_reference")
    number = int(str(reference.get("message_id") or 0))
    original = discord.message(channel.key, number)
    if original and not original.ephemeral:
        return number
    if reference.get("fail_if_not_exists") is False:
        return None
    raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")


def _message(discord: Discord, call: Call) -> Message:
    """The message a request names; ephemeral ones do not exist for the bot's token."""
    channel = bot_channel(discord, call)
    message = discord.message(channel.key, call.number("message_id"))
    if message is None or message.ephemeral:
        raise unknown_message()
    return message


async def get_message(discord: Discord, call: Call) -> JsonValue:
    """One message."""
    return render_messages.message(discord, _message(discord, call))


async def list_messages(discord: Discord, call: Call) -> JsonValue:
    """Messages of a channel, newest first."""
    channel = bot_channel(discord, call)
    found = [m for m in discord.messages(channel.key) if not m.ephemeral]
    before, after = (int(call.query.get(name, "0")) for name in ("before", "after"))
    if before:
        found = [m for m in found if m.id < before]
    if after:
        found = [m for m in found if m.id > after]
    limit = min(int(call.query.get("limit", "50")), _MOST_LISTED)
    return [render_messages.message(discord, m) for m in reversed(found[-limit:])]


async def update_message(discord: Discord, call: Call) -> JsonValue:
    """PATCH one of the bot's own messages."""
    message = _message(discord, call)
    if message.author != BOT:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    channel = discord.channels[message.channel]
    draft = read_draft(discord, channel, call, call.object, before=message)
    edited = discord.edit(filled(discord, message, draft))
    events.tell_message(discord, "MESSAGE_UPDATE", edited)
    return render_messages.message(discord, edited)


async def delete_message(discord: Discord, call: Call) -> JsonValue:
    """DELETE one of the bot's own messages; others' need a permission it does not have."""
    message = _message(discord, call)
    if message.author != BOT:
        if discord.channels[message.channel].kind == "dm":
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        raise missing_permissions()
    discord.delete(message)
    events.tell_deleted(discord, message)
    return None


async def trigger_typing(discord: Discord, call: Call) -> JsonValue:
    """Show for ten seconds that the bot is busy."""
    channel = bot_channel(discord, call)
    _may_speak(discord, channel)
    discord.news.tell("typing", channel.key)
    return None


async def create_dm(discord: Discord, call: Call) -> JsonValue:
    """The private chat with a person."""
    wanted = str(call.object.get("recipient_id"))
    member = discord.member_by_id(int(wanted)) if wanted.isdecimal() else None
    if member is None:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return render.channel(discord, discord.dm(member.key))
