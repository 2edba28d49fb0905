"""What people do in Discord, and what the bot hears of it."""

import secrets

from sandbox.discord import asking, components, events, render
from sandbox.discord.asking import Filled, NotOfferedError
from sandbox.discord.interactions import forced_ephemeral
from sandbox.discord.mentions import Mentions
from sandbox.discord.records import (
    AUTOCOMPLETE,
    BOT_ID,
    COMMAND,
    COMPONENT,
    MESSAGE_MENU,
    MODAL_SUBMIT,
    Attachment,
    Channel,
    Interaction,
    Member,
    Message,
    Modal,
)
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

_ONE_VALUE = 1


def say(
    discord: Discord,
    person: Member,
    channel: Channel,
    text: str,
    *,
    attachments: tuple[Attachment, ...] = (),
    reply_to: int | None = None,
) -> Message:
    """A person writes."""
    original = discord.message(channel.key, reply_to)
    message = Message(
        id=discord.new_id(),
        channel=channel.key,
        author=person.key,
        sent=discord.now(),
        content=text,
        attachments=attachments,
        kind=19 if original else 0,
        reply_to=original.id if original else None,
        mentions=Mentions().of(discord, text, original.author if original else None),
    )
    discord.post(message)
    events.tell_message(discord, "MESSAGE_CREATE", message)
    return message


def slash(
    discord: Discord, person: Member, channel: Channel, name: str, options: Json
) -> Interaction:
    """A person sends a command; `name` may go on with subcommands.

    Raises:
        NotOfferedError: where Discord's own app would not let them.
    """
    first, *steps = name.removeprefix("/").split()
    command = asking.find(discord, person, channel, first)
    inner, way = asking.descend(command, steps)
    filled = asking.fill(discord, inner, options)
    data = _command_data(discord, command, way, filled)
    return _interact(
        discord, person, channel, COMMAND, data, command["integration_types"], title=f"/{name}"
    )


def autocomplete(
    discord: Discord, person: Member, channel: Channel, name: str, options: Json, focused: str
) -> Interaction:
    """A person types in an option.

    Raises:
        NotOfferedError: where that option offers nothing.
    """
    first, *steps = name.removeprefix("/").split()
    command = asking.find(discord, person, channel, first)
    inner, way = asking.descend(command, steps)
    listed = inner.get("options")
    assert isinstance(listed, list)
    option = next((o for o in listed if isinstance(o, dict) and o["name"] == focused), None)
    if option is None or option.get("autocomplete") is not True:
        raise NotOfferedError(f"{focused!r} of {name!r} has no autocomplete")
    given: Json = {focused: ""} | options
    filled = asking.fill(discord, inner, given, focused=focused, complete=False)
    data = _command_data(discord, command, way, filled)
    types = command["integration_types"]
    return _interact(discord, person, channel, AUTOCOMPLETE, data, types, title=f"/{name}")


def _command_data(discord: Discord, command: Json, way: list[Json], filled: Filled) -> Json:
    options = filled.options
    for step in reversed(way):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    data["options"] = options
    resolved: Json = {}
    if filled.attachments:
        chosen = {
            str(n): render.attachment(discord, discord.attachments[n]) for n in filled.attachments
        }
        resolved["attachments"] = {**chosen}
    if filled.users:
        resolved["users"] = {str(m.id): render.user(m) for m in filled.users}
        resolved["members"] = {
            str(m.id): {**render.member_fields(), "permissions": "0"} for m in filled.users
        }
    data["resolved"] = resolved
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def use_menu(discord: Discord, person: Member, message: Message, name: str) -> Interaction:
    """A person chooses Apps ▸ `name` on a message.

    Raises:
        NotOfferedError: where they do not see it.
    """
    channel = discord.channels[message.channel]
    command = asking.find(discord, person, channel, name, MESSAGE_MENU)
    target = str(message.id)
    data: Json = {
        "id": command["id"],
        "name": command["name"],
        "type": command["type"],
        "target_id": target,
        "resolved": {"messages": {target: render.message(discord, message)}},
    }
    types = command["integration_types"]
    return _interact(discord, person, channel, COMMAND, data, types, title=name)


def press(
    discord: Discord, person: Member, message: Message, custom_id: str, values: list[str]
) -> Interaction:
    """A person presses a button, or chooses values in a select.

    Raises:
        NotOfferedError: where that cannot be pressed or chosen.
    """
    component = components.find(message.components, custom_id)
    if component is None:
        raise NotOfferedError("that message has no such button or select")
    if component.get("disabled") is True:
        raise NotOfferedError("that is disabled")
    kind = component["type"]
    data: Json = {"component_type": kind, "custom_id": custom_id, "id": component["id"]}
    if kind == components.SELECT:
        _check_values(component, values)
        data["values"] = [*values]
    channel = discord.channels[message.channel]
    source = discord.interactions.get(message.interaction or 0)
    types: list[JsonValue] = [int(key) for key in source.owners] if source else [0]
    return _interact(discord, person, channel, COMPONENT, data, types, message=message)


def _check_values(select: Json, values: list[str]) -> None:
    options = select["options"]
    assert isinstance(options, list)
    known = {o["value"] for o in options if isinstance(o, dict)}
    least, most = select.get("min_values", _ONE_VALUE), select.get("max_values", _ONE_VALUE)
    assert isinstance(least, int)
    assert isinstance(most, int)
    if not set(values) <= known or not least <= len(values) <= most:
        raise NotOfferedError(f"choose {least} to {most} of {sorted(map(str, known))}")


def submit(discord: Discord, person: Member, modal: Modal, values: Json) -> Interaction:
    """A person sends a form; what they leave alone keeps its first value.

    Raises:
        NotOfferedError: where the form would not let them.
    """
    if modal.person != person.key or modal.id not in discord.modals:
        raise NotOfferedError("that form is not open")
    rows = modal.data["components"]
    assert isinstance(rows, list)
    known = {c["custom_id"] for c in components.walk(rows) if "custom_id" in c}
    for name in values.keys() - known:
        raise NotOfferedError(f"the form has no field {name!r}")
    data: Json = {
        "custom_id": modal.data["custom_id"],
        "components": [_answered(row, values) for row in rows if isinstance(row, dict)],
        "resolved": {},
    }
    channel = discord.channels[modal.channel]
    asked = discord.interactions[int(modal.id)]
    types: list[JsonValue] = [int(key) for key in asked.owners]
    message = discord.message(modal.channel, modal.message)
    sent = _interact(discord, person, channel, MODAL_SUBMIT, data, types, message=message)
    del discord.modals[modal.id]
    return sent


def _answered(node: Json, values: Json) -> Json:
    """A form's component with what was entered, stripped of how it looked."""
    answer: Json = {"type": node["type"], "id": node["id"]}
    if isinstance(children := node.get("components"), list):
        answer["components"] = [_answered(c, values) for c in children if isinstance(c, dict)]
    elif isinstance(child := node.get("component"), dict):
        answer["component"] = _answered(child, values)
    elif "custom_id" in node:
        name = str(node["custom_id"])
        answer["custom_id"] = name
        if node["type"] == components.TEXT_INPUT:
            answer["value"] = _entered(node, str(values.get(name, node.get("value") or "")))
        else:
            chosen = values.get(name) or []
            answer["values"] = chosen if isinstance(chosen, list) else [chosen]
    return answer


def _entered(field: Json, text: str) -> str:
    least, most = field.get("min_length") or 0, field.get("max_length") or 4_000
    assert isinstance(least, int)
    assert isinstance(most, int)
    required = field.get("required") is not False
    if (required and not text) or (text and not least <= len(text) <= most):
        raise NotOfferedError(f"{field['custom_id']} needs {least} to {most} characters")
    return text


def _interact(
    discord: Discord,
    person: Member,
    channel: Channel,
    kind: int,
    data: Json,
    types: JsonValue,
    *,
    message: Message | None = None,
    title: str = "",
) -> Interaction:
    if person.key not in channel.members:
        raise NotOfferedError(f"{person.key} is not in {channel.key}")
    interaction = Interaction(
        id=discord.new_id(),
        token=secrets.token_urlsafe(48),
        kind=kind,
        person=person.key,
        channel=channel.key,
        created=discord.now(),
        data=data,
        owners=asking.owners(discord, channel, person, types),
        message=message.id if message else None,
        title=title,
        forced_ephemeral=forced_ephemeral(discord, person.key, channel.key),
    )
    discord.interactions[interaction.id] = interaction
    events.tell_interaction(discord, channel, render_interaction(discord, interaction))
    return interaction


def render_interaction(discord: Discord, shown: Interaction) -> Json:
    """An Interaction as the gateway carries it."""
    channel = discord.channels[shown.channel]
    person = discord.members[shown.person]
    guild = discord.guild_of(channel)
    held = str(discord.member_permissions(person.key, channel))
    body: Json = {
        "id": str(shown.id),
        "application_id": str(BOT_ID),
        "type": shown.kind,
        "token": shown.token,
        "version": 1,
        "data": shown.data,
        "channel_id": str(channel.id),
        "channel": render.channel(discord, channel) | {"permissions": held},
        "locale": person.locale,
        "app_permissions": str(discord.app_permissions(channel)),
        "entitlements": [],
        "attachment_size_limit": discord.size_limit,
        "authorizing_integration_owners": shown.owners,
        "context": asking.context(discord, channel),
    }
    message = discord.message(shown.channel, shown.message)
    if message:
        body["message"] = render.message(discord, message)
    if guild is None:
        return body | {"user": render.user(person)}
    return body | {
        "guild_id": str(guild.id),
        "guild_locale": "en-US",
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "member": render.guild_member(render.user(person)) | {"permissions": held},
    }


def dismiss(discord: Discord, person: Member, message: Message) -> None:
    """A person sends away what only they see.

    Raises:
        NotOfferedError: for any other message.
    """
    if message.viewer != person.key:
        raise NotOfferedError("only a message for you alone can be dismissed")
    discord.delete(message)
