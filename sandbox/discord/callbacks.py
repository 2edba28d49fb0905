"""The first answer to an interaction: within three seconds, and only once."""

from dataclasses import replace

from sandbox.discord import components, events, modals, render_messages
from sandbox.discord.answering import blank_answer, change
from sandbox.discord.drafts import filled, read_draft
from sandbox.discord.errors import (
    FormErrors,
    already_acknowledged,
    invalid,
    unknown_interaction,
    unknown_message,
)
from sandbox.discord.records import (
    ACKNOWLEDGE_WITHIN,
    AUTOCOMPLETE,
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
_ALLOWED = {
    COMMAND: {REPLY, DEFER, MODAL},
    COMPONENT: {REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {REPLY, DEFER, DEFER_UPDATE, UPDATE},
}


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
        return source if kind == DEFER_UPDATE else change(discord, source, call, data)
    if kind == CHOICES:
        _offer(discord, interaction, data)
    else:
        _show_modal(discord, interaction, data)
    return None


def _speak(discord: Discord, interaction: Interaction, call: Call, data: Json) -> Message:
    channel = discord.channels[interaction.channel]
    draft = read_draft(discord, channel, call, data)
    blank = blank_answer(discord, interaction, ephemeral=bool(draft.flags & EPHEMERAL))
    message = discord.post(filled(discord, blank, draft))
    interaction.original = message.id
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return message


def _think(discord: Discord, interaction: Interaction, data: Json) -> Message:
    flags = data.get("flags") or 0
    ephemeral = isinstance(flags, int) and bool(flags & EPHEMERAL)
    blank = blank_answer(discord, interaction, ephemeral=ephemeral)
    message = discord.post(replace(blank, flags=blank.flags | LOADING))
    interaction.original = message.id
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return message


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
        result["resource"] = {"type": kind, "message": render_messages.message(discord, message)}
    return result
