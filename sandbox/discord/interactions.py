"""Answers to interactions: a callback within three seconds, then a webhook for 15 minutes."""

from dataclasses import replace

from sandbox.discord import components, events, modals, permissions, render
from sandbox.discord.drafts import filled, read_draft
from sandbox.discord.errors import (
    ApiError,
    FormErrors,
    already_acknowledged,
    invalid,
    invalid_token,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from sandbox.discord.records import (
    ACKNOWLEDGE_WITHIN,
    AUTOCOMPLETE,
    BOT,
    BOT_ID,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    EPHEMERAL,
    LOADING,
    MODAL,
    MODAL_SUBMIT,
    REPLY,
    UPDATE,
    Choices,
    Interaction,
    Message,
    Modal,
    Notice,
)
from sandbox.discord.request import Call, as_object, as_objects
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

MOST_CHOICES = 25
FOREIGN_FOLLOWUPS = 5
_ALLOWED = {
    COMMAND: {REPLY, DEFER, MODAL},
    COMPONENT: {REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {REPLY, DEFER, DEFER_UPDATE, UPDATE},
}
_KIND_OF_REPLY = {COMMAND: 20, COMPONENT: 19, MODAL_SUBMIT: 19}
_MENU_REPLY = 23
_FOLLOWUP = 19


async def create_interaction_response(discord: Discord, call: Call) -> JsonValue:
    """The first answer; it must come in time and only once."""
    interaction = discord.interactions.get(call.number("interaction_id"))
    if interaction is None or interaction.token != call.path["interaction_token"]:
        raise unknown_interaction()
    if interaction.answered is not None:
        raise already_acknowledged()
    if discord.now() > interaction.created + ACKNOWLEDGE_WITHIN:
        raise unknown_interaction()
    kind = _callback_type(interaction, call.object)
    message = _answer(discord, interaction, kind, call)
    interaction.answered = kind
    notice = Notice(interaction.id, interaction.title)
    discord.news.tell("acknowledged", interaction.channel, notice, person=interaction.person)
    return _callback_result(discord, interaction, kind, message, call)


def _callback_type(interaction: Interaction, body: Json) -> int:
    kind = body.get("type")
    allowed = _ALLOWED[interaction.kind]
    if interaction.kind == MODAL_SUBMIT and interaction.message is None:
        allowed = allowed - {DEFER_UPDATE, UPDATE}
    if not isinstance(kind, int) or kind not in allowed:
        listed = ", ".join(map(str, sorted(allowed)))
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
    return kind


def _answer(discord: Discord, interaction: Interaction, kind: int, call: Call) -> Message | None:
    data = as_object(call.object.get("data") or {}, "data")
    if kind == REPLY:
        return _speak(discord, interaction, call, data)
    if kind == DEFER:
        return _think(discord, interaction, data)
    if kind in {UPDATE, DEFER_UPDATE}:
        source = discord.message(interaction.channel, interaction.message)
        if source is None:
            raise unknown_message()
        interaction.original = source.id
        return source if kind == DEFER_UPDATE else _change(discord, source, call, data)
    if kind == CHOICES:
        _offer(discord, interaction, data)
    else:
        _show_modal(discord, interaction, data)
    return None


def _blank(discord: Discord, interaction: Interaction, *, ephemeral: bool) -> Message:
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


def _speak(discord: Discord, interaction: Interaction, call: Call, data: Json) -> Message:
    channel = discord.channels[interaction.channel]
    draft = read_draft(discord, channel, call, data)
    blank = _blank(discord, interaction, ephemeral=bool(draft.flags & EPHEMERAL))
    message = discord.post(filled(discord, blank, draft))
    interaction.original = message.id
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return message


def _think(discord: Discord, interaction: Interaction, data: Json) -> Message:
    flags = data.get("flags") or 0
    ephemeral = isinstance(flags, int) and bool(flags & EPHEMERAL)
    blank = _blank(discord, interaction, ephemeral=ephemeral)
    message = discord.post(replace(blank, flags=blank.flags | LOADING))
    interaction.original = message.id
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return message


def _change(discord: Discord, message: Message, call: Call, data: Json) -> Message:
    """Put a body's parts into a message that stands; filling a thinking one is no edit."""
    channel = discord.channels[message.channel]
    draft = read_draft(discord, channel, call, data, before=message)
    edited = discord.edit(filled(discord, message, draft), mark=not message.loading)
    events.tell_message(discord, "MESSAGE_UPDATE", edited)
    return edited


def _offer(discord: Discord, interaction: Interaction, data: Json) -> None:
    choices = as_objects(data.get("choices"), "data.choices")
    errors = FormErrors()
    if len(choices) > MOST_CHOICES:
        message = f"Must be {MOST_CHOICES} or fewer in length."
        errors.add("data.choices", "BASE_TYPE_MAX_LENGTH", message)
    for index, choice in enumerate(choices):
        errors.length(f"data.choices.{index}.name", choice.get("name"), 100, 1)
        if isinstance(choice.get("value"), str):
            errors.length(f"data.choices.{index}.value", choice["value"], 100)
    errors.raise_if_any()
    offered = Choices(interaction.id, tuple(choices))
    discord.news.tell("choices", interaction.channel, offered, person=interaction.person)


def _show_modal(discord: Discord, interaction: Interaction, data: Json) -> None:
    errors = FormErrors()
    modals.check_modal(errors, data)
    errors.raise_if_any()
    rows = as_objects(data["components"], "data.components")
    shown: Json = {**data, "components": [*components.numbered(rows)]}
    modal = Modal(
        str(interaction.id), interaction.person, interaction.channel, interaction.message, shown
    )
    discord.modals[modal.id] = modal
    discord.news.tell("modal", interaction.channel, modal, person=interaction.person)


def _callback_result(
    discord: Discord, interaction: Interaction, kind: int, message: Message | None, call: Call
) -> JsonValue:
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    about: Json = {"id": str(interaction.id), "type": interaction.kind}
    if message:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.loading,
            "response_message_ephemeral": message.ephemeral,
        }
    result: Json = {"interaction": about}
    if message and kind in {REPLY, UPDATE}:
        result["resource"] = {"type": kind, "message": render.message(discord, message)}
    return result


# The webhook that lives as long as the token


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
        return render.message(discord, _change(discord, original, call, call.object))
    if not discord.has_bot(channel) and interaction.followups >= FOREIGN_FOLLOWUPS:
        message = "Maximum number of follow up messages for this interaction has been reached"
        raise ApiError(400, 40094, message)
    draft = read_draft(discord, channel, call, call.object)
    blank = _blank(discord, interaction, ephemeral=bool(draft.flags & EPHEMERAL))
    blank = replace(blank, kind=_FOLLOWUP, reply_to=interaction.original)
    message_ = discord.post(filled(discord, blank, draft))
    interaction.followups += 1
    events.tell_message(discord, "MESSAGE_CREATE", message_)
    return render.message(discord, message_)


async def get_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """One of the token's messages."""
    return render.message(discord, _own_message(discord, call))


async def update_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """PATCH one of the token's messages."""
    return render.message(discord, _change(discord, _own_message(discord, call), call, call.object))


async def delete_webhook_message(discord: Discord, call: Call) -> JsonValue:
    """DELETE one of the token's messages."""
    message = _own_message(discord, call)
    discord.delete(message)
    events.tell_deleted(discord, message)
    return None


def forced_ephemeral(discord: Discord, person: str, channel_key: str) -> bool:
    """Where external apps are not welcome, what a person brought answers them alone."""
    channel = discord.channels[channel_key]
    allowed = discord.member_permissions(person, channel) & permissions.USE_EXTERNAL_APPS
    return bool(channel.guild) and not discord.has_bot(channel) and not allowed
