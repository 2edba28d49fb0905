"""A person's slash command as Discord's own app would let them send it: found, checked, filled."""

from dataclasses import dataclass, field

from sandbox.discord import permissions
from sandbox.discord.declarations import GROUP, SUBCOMMAND
from sandbox.discord.records import CHAT_INPUT, Channel, Member
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _NUMBER, _ATTACHMENT = 3, 4, 5, 6, 7, 10, 11
_GUILD_CONTEXT, _BOT_DM, _PRIVATE_CHANNEL = 0, 1, 2
_GUILD_INSTALL, _USER_INSTALL = 0, 1


class NotOfferedError(ValueError):
    """Discord's own app would not let a person do this; the message says why."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A command's options as an interaction carries them."""

    options: list[JsonValue]
    attachments: list[int] = field(default_factory=list)
    users: list[Member] = field(default_factory=list)


def context(discord: Discord, channel: Channel) -> int:
    """Where an interaction happens: server, private chat with the bot, or elsewhere."""
    if channel.kind == "text":
        return _GUILD_CONTEXT
    return _BOT_DM if discord.has_bot(channel) else _PRIVATE_CHANNEL


def owners(discord: Discord, channel: Channel, person: Member, types: JsonValue) -> Json:
    """Who installed the app here, by kind of installation; everybody has it with them."""
    installed: Json = {}
    allowed = types if isinstance(types, list) else [_GUILD_INSTALL]
    guild = discord.guild_of(channel)
    if _GUILD_INSTALL in allowed and discord.has_bot(channel):
        installed[str(_GUILD_INSTALL)] = str(guild.id) if guild else "0"
    if _USER_INSTALL in allowed:
        installed[str(_USER_INSTALL)] = str(person.id)
    return installed


def offered(discord: Discord, person: Member, channel: Channel) -> list[Json]:
    """The commands this person sees in this channel; a server's own hide global ones."""
    guild = discord.guild_of(channel)
    found: dict[tuple[JsonValue, JsonValue], Json] = {}
    for command in discord.commands.values():
        scope = command.get("guild_id")
        here = scope is None or (guild is not None and scope == str(guild.id))
        if here and _may_use(discord, person, channel, command):
            key = (command["type"], command["name"])
            if scope is not None or key not in found:
                found[key] = command
    return list(found.values())


def _may_use(discord: Discord, person: Member, channel: Channel, command: Json) -> bool:
    where = context(discord, channel)
    contexts = command.get("contexts")
    if isinstance(contexts, list):
        if where not in contexts:
            return False
    elif where == _PRIVATE_CHANNEL or (where == _BOT_DM and command["dm_permission"] is False):
        return False
    if not owners(discord, channel, person, command["integration_types"]):
        return False
    if command["nsfw"] is True and not channel.age_restricted:
        return False
    return _permitted(discord, person, channel, command["default_member_permissions"])


def _permitted(discord: Discord, person: Member, channel: Channel, wanted: JsonValue) -> bool:
    """Default permissions count in servers; "0" leaves administrators alone."""
    if wanted is None or channel.kind != "text":
        return True
    held = discord.member_permissions(person.key, channel)
    if held & permissions.ADMINISTRATOR:
        return True
    needed = int(str(wanted))
    return bool(needed) and held & needed == needed


def find(
    discord: Discord, person: Member, channel: Channel, name: str, kind: int = CHAT_INPUT
) -> Json:
    """The command of this name, in its own or the person's language.

    Raises:
        NotOfferedError: where they do not see it.
    """
    commands = [c for c in offered(discord, person, channel) if c["type"] == kind]
    for command in commands:
        if name in {command["name"], localized(command, "name", person.locale)}:
            return command
    known = ", ".join(str(command["name"]) for command in commands)
    raise NotOfferedError(f"{person.key} sees no {name!r} in {channel.key}; only: {known}")


def localized(node: Json, field_name: str, locale: str) -> str:
    """A name or description in a person's language."""
    translations = node.get(f"{field_name}_localizations")
    text = translations.get(locale) if isinstance(translations, dict) else None
    return str(text or node[field_name])


def descend(command: Json, steps: list[str]) -> tuple[Json, list[Json]]:
    """The (sub)command that `steps` lead to, and the subcommands on the way.

    Raises:
        NotOfferedError: for a step that is none.
    """
    node, way = command, []
    for step in steps:
        inner = [o for o in _options(node) if o["type"] in {SUBCOMMAND, GROUP}]
        found = next((o for o in inner if o["name"] == step), None)
        if found is None:
            raise NotOfferedError(f"{node['name']} has no subcommand {step!r}")
        node = found
        way.append(found)
    if any(option["type"] in {SUBCOMMAND, GROUP} for option in _options(node)):
        raise NotOfferedError(f"{node['name']} needs a subcommand")
    return node, way


def _options(node: Json) -> list[Json]:
    options = node.get("options")
    return [o for o in options if isinstance(o, dict)] if isinstance(options, list) else []


def fill(
    discord: Discord, command: Json, given: Json, *, focused: str = "", complete: bool = True
) -> Filled:
    """Put values into a command's options.

    Raises:
        NotOfferedError: for a missing, unknown or unacceptable value.
    """
    options = _options(command)
    filled = Filled([])
    for name in given.keys() - {str(option["name"]) for option in options}:
        raise NotOfferedError(f"{command['name']} has no option {name!r}")
    for option in options:
        name = str(option["name"])
        if name not in given:
            if complete and option.get("required") is True:
                raise NotOfferedError(f"{command['name']} needs {name!r}")
            continue
        entry: Json = {"name": name, "type": option["type"]}
        if name == focused:
            entry |= {"value": str(given[name]), "focused": True}
        else:
            entry["value"] = _value(discord, option, given[name], filled)
        filled.options.append(entry)
    return filled


def _value(discord: Discord, option: Json, value: JsonValue, filled: Filled) -> JsonValue:
    name, kind = option["name"], option["type"]
    if choices := option.get("choices"):
        return _choice(name, choices, value)
    if kind == _STRING and isinstance(value, str):
        _within(name, len(value), option.get("min_length"), option.get("max_length"), "characters")
    elif kind in {_INTEGER, _NUMBER} and isinstance(value, int | float):
        if value is True or (kind == _INTEGER and value != int(value)):
            raise NotOfferedError(f"{name} must be a whole number")
        _within(name, value, option.get("min_value"), option.get("max_value"), "as value")
    elif kind != _BOOLEAN or not isinstance(value, bool):
        return _resolved(discord, option, str(value), filled)
    return value


def _resolved(discord: Discord, option: Json, value: str, filled: Filled) -> str:
    """The number of a file, a person or a channel."""
    kind = option["type"]
    if kind == _ATTACHMENT and value.isdecimal() and int(value) in discord.attachments:
        filled.attachments.append(int(value))
        return value
    if kind == _USER and value in discord.members:
        filled.users.append(discord.members[value])
        return str(discord.members[value].id)
    if kind == _CHANNEL and value in discord.channels:
        return str(discord.channels[value].id)
    raise NotOfferedError(f"{option['name']} cannot be {value!r}")


def _choice(name: JsonValue, choices: JsonValue, value: JsonValue) -> JsonValue:
    assert isinstance(choices, list)
    for choice in choices:
        assert isinstance(choice, dict)
        if value in {choice["value"], choice["name"]}:
            return choice["value"]
    raise NotOfferedError(f"{name} must be one of its choices, not {value!r}")


def _within(name: JsonValue, size: float, least: JsonValue, most: JsonValue, unit: str) -> None:
    lowest = least if isinstance(least, int | float) else None
    highest = most if isinstance(most, int | float) else None
    if (lowest is not None and size < lowest) or (highest is not None and size > highest):
        raise NotOfferedError(f"{name} must be {least} to {most} {unit}")
