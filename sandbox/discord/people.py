"""What people do in Discord, and what the bot hears of it."""

from sandbox.discord import asking, attachments, components, events, render, render_messages
from sandbox.discord.asking import Filled, NotOfferedError
from sandbox.discord.interacting import interact
from sandbox.discord.mentions import Mentions
from sandbox.discord.records import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MESSAGE_MENU,
    Attachment,
    Channel,
    Interaction,
    Member,
    Message,
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
    return interact(
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
    given: Json = {focused: "", **options}
    filled = asking.fill(discord, inner, given, focused=focused, complete=False)
    data = _command_data(discord, command, way, filled)
    types = command["integration_types"]
    return interact(discord, person, channel, AUTOCOMPLETE, data, types, title=f"/{name}")


def _command_data(discord: Discord, command: Json, way: list[Json], filled: Filled) -> Json:
    options = filled.options
    for step in reversed(way):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    data["options"] = options
    resolved: Json = {}
    if filled.attachments:
        chosen = {
            str(n): attachments.attachment(discord, discord.attachments[n])
            for n in filled.attachments
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
        "resolved": {"messages": {target: render_messages.message(discord, message)}},
    }
    types = command["integration_types"]
    return interact(discord, person, channel, COMMAND, data, types, title=name)


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
    return interact(discord, person, channel, COMPONENT, data, types, message=message)


def _check_values(select: Json, values: list[str]) -> None:
    options = select["options"]
    assert isinstance(options, list)
    known = {o["value"] for o in options if isinstance(o, dict)}
    least, most = select.get("min_values", _ONE_VALUE), select.get("max_values", _ONE_VALUE)
    assert isinstance(least, int)
    assert isinstance(most, int)
    if not set(values) <= known or not least <= len(values) <= most:
        raise NotOfferedError(f"choose {least} to {most} of {sorted(map(str, known))}")


def dismiss(discord: Discord, person: Member, message: Message) -> None:
    """A person sends away what only they see.

    Raises:
        NotOfferedError: for any other message.
    """
    if message.viewer != person.key:
        raise NotOfferedError("only a message for you alone can be dismissed")
    discord.delete(message)
