"""Application commands: registered by the bot, listed for people."""

from sandbox.discord.declarations import FIELDS, check_command
from sandbox.discord.errors import ApiError, FormErrors, invalid
from sandbox.discord.records import BOT_ID, CHAT_INPUT
from sandbox.discord.request import Call, as_objects
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

MOST_COMMANDS = {1: 100, 2: 15, 3: 15}


async def list_commands(discord: Discord, call: Call) -> JsonValue:
    """Every command of a scope."""
    scope = _scope(discord, call)
    return [shown for shown in discord.commands.values() if shown.get("guild_id") == scope]


async def bulk_set_commands(discord: Discord, call: Call) -> JsonValue:
    """Replace every command of a scope; a known name keeps its id."""
    scope = _scope(discord, call)
    wanted = as_objects(call.body, "_")
    errors = FormErrors()
    for index, command in enumerate(wanted):
        check_command(errors, str(index), command)
    errors.raise_if_any()
    _check_counts(wanted)
    old = {(c["name"], c["type"]): number for number, c in _of(discord, scope).items()}
    for number in old.values():
        del discord.commands[number]
    shown = [_keep(discord, scope, c, old.get((c["name"], c.get("type", 1)))) for c in wanted]
    discord.news.tell("commands")
    return [*shown]


def _check_counts(wanted: list[Json]) -> None:
    names = [(command.get("type", CHAT_INPUT), command["name"]) for command in wanted]
    if len(set(names)) < len(names):
        code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
        raise invalid("_", code, "Application command names must be unique")
    for kind, most in MOST_COMMANDS.items():
        if sum(found == kind for found, _ in names) > most:
            message = f"Maximum number of application commands reached ({most})"
            raise ApiError(400, 30032, message)


async def create_command(discord: Discord, call: Call) -> JsonValue:
    """Add one command, or replace the one of that name."""
    scope = _scope(discord, call)
    command = call.object
    errors = FormErrors()
    check_command(errors, "_", command)
    errors.raise_if_any()
    same = (command["name"], command.get("type", CHAT_INPUT))
    old = [n for n, c in _of(discord, scope).items() if (c["name"], c["type"]) == same]
    shown = _keep(discord, scope, command, old[0] if old else None)
    discord.news.tell("commands")
    return shown


async def get_command(discord: Discord, call: Call) -> JsonValue:
    """One command."""
    return _named(discord, call)


async def update_command(discord: Discord, call: Call) -> JsonValue:
    """Change one command."""
    old = _named(discord, call)
    command: Json = {k: v for k, v in old.items() if k in FIELDS} | call.object
    errors = FormErrors()
    check_command(errors, "_", command)
    errors.raise_if_any()
    shown = _keep(discord, _scope(discord, call), command, call.number("command_id"))
    discord.news.tell("commands")
    return shown


async def delete_command(discord: Discord, call: Call) -> JsonValue:
    """Remove one command."""
    _named(discord, call)
    del discord.commands[call.number("command_id")]
    discord.news.tell("commands")
    return None


def _named(discord: Discord, call: Call) -> Json:
    found = _of(discord, _scope(discord, call)).get(call.number("command_id"))
    if found is None:
        raise ApiError(404, 10063, "Unknown application command")
    return found


def _scope(discord: Discord, call: Call) -> str | None:
    """The server commands are for; None means everywhere."""
    if call.number("application_id") != BOT_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this app")
    if "guild_id" not in call.path:
        return None
    number = call.number("guild_id")
    if not any(g.id == number and g.has_bot for g in discord.guilds.values()):
        raise ApiError(403, 50001, "Missing Access")
    return str(number)


def _of(discord: Discord, scope: str | None) -> dict[int, Json]:
    return {n: c for n, c in discord.commands.items() if c.get("guild_id") == scope}


def _keep(discord: Discord, scope: str | None, command: Json, number: int | None) -> Json:
    number = number or discord.new_id()
    shown: Json = {
        "id": str(number),
        "application_id": str(BOT_ID),
        "version": str(discord.new_id()),
        "type": command.get("type", CHAT_INPUT),
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "default_member_permissions": _bits(command.get("default_member_permissions")),
        "dm_permission": command.get("dm_permission") is not False,
        "nsfw": command.get("nsfw") is True,
        "contexts": command.get("contexts"),
        "integration_types": command.get("integration_types") or [0],
        "options": command.get("options") or [],
    }
    if scope is not None:
        shown["guild_id"] = scope
    discord.commands[number] = shown
    return shown


def _bits(value: JsonValue) -> str | None:
    return None if value is None else str(value)
