"""Application commands: registered by the bot, listed for people."""

import unicodedata

from sandbox.discord.errors import ApiError, FormErrors, invalid
from sandbox.discord.records import BOT_ID, CHAT_INPUT
from sandbox.discord.request import Call, as_object, as_objects
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

MOST_COMMANDS = {1: 100, 2: 15, 3: 15}
MOST_OPTIONS = MOST_CHOICES = 25
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_COMMAND = 32, 100, 8_000
SUBCOMMAND, GROUP, STRING = 1, 2, 3
_LOCALES = {
    *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl"),
    *("no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi"),
    *("th", "zh-CN", "ja", "zh-TW", "ko"),
}
_FIELDS = {
    *("name", "name_localizations", "description", "description_localizations", "options", "type"),
    *("default_member_permissions", "dm_permission", "nsfw", "contexts", "integration_types", "id"),
    *("handler", "default_permission"),
}


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
    command: Json = {k: v for k, v in old.items() if k in _FIELDS} | call.object
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


def check_command(errors: FormErrors, path: str, command: Json) -> None:
    """Note everything wrong with a command's declaration."""
    for name in sorted(set(command) - _FIELDS):
        errors.add(f"{path}.{name}", "UNKNOWN_FIELD", "Unknown field")
    kind = command.get("type", CHAT_INPUT)
    if kind == CHAT_INPUT:
        _check_texts(errors, path, command)
        _check_options(errors, f"{path}.options", command.get("options"))
    else:
        errors.length(f"{path}.name", command.get("name"), LONGEST_NAME, 1)
        if command.get("description") or command.get("options"):
            code = "APPLICATION_COMMAND_INVALID_DESCRIPTION"
            errors.add(path, code, "Context menu commands cannot have a description or options")
    if _size(command) > LONGEST_COMMAND:
        code = "APPLICATION_COMMAND_TOO_LARGE"
        errors.add(path, code, "Command exceeds maximum size (8000)")


def _check_texts(errors: FormErrors, path: str, node: Json) -> None:
    name = node.get("name")
    _check_name(errors, f"{path}.name", name)
    errors.length(f"{path}.description", node.get("description"), LONGEST_DESCRIPTION, 1)
    for field, check_longest in (("name", LONGEST_NAME), ("description", LONGEST_DESCRIPTION)):
        translated = as_object(node.get(f"{field}_localizations") or {}, path)
        for locale, text in translated.items():
            here = f"{path}.{field}_localizations.{locale}"
            if locale not in _LOCALES:
                errors.add(here, "ENUM_TYPE_COERCE", f'Value "{locale}" is not a locale.')
            errors.length(here, text, check_longest, 1)
            if field == "name":
                _check_name(errors, here, text)


def _check_name(errors: FormErrors, path: str, name: JsonValue) -> None:
    text = name if isinstance(name, str) else ""
    fits = 1 <= len(text) <= LONGEST_NAME and text == text.lower()
    if not fits or not all(_may_name(letter) for letter in text):
        code = "APPLICATION_COMMAND_INVALID_NAME"
        errors.add(path, code, "Command name is invalid")


def _may_name(letter: str) -> bool:
    """Letters and numbers of any script, the marks of Devanagari and Thai, and - _ '."""
    if letter in "-_'":
        return True
    kind = unicodedata.category(letter)
    script = unicodedata.name(letter, "").partition(" ")[0]
    return kind[0] in "LN" or (kind[0] == "M" and script in {"DEVANAGARI", "THAI"})


def _check_options(errors: FormErrors, path: str, value: JsonValue) -> None:
    options = as_objects(value, path)
    if len(options) > MOST_OPTIONS:
        errors.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_OPTIONS} or fewer in length.")
    names = [option.get("name") for option in options]
    if len(set(map(str, names))) < len(names):
        code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
        errors.add(path, code, "The specified option name is already used")
    optional_before = False
    for index, option in enumerate(options):
        _check_option(errors, f"{path}.{index}", option)
        required = option.get("required") is True
        if required and optional_before:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            errors.add(f"{path}.{index}", code, "Required options must be placed before others")
        optional_before = optional_before or not required


def _check_option(errors: FormErrors, path: str, option: Json) -> None:
    _check_texts(errors, path, option)
    kind = option.get("type")
    if kind in {SUBCOMMAND, GROUP}:
        _check_options(errors, f"{path}.options", option.get("options"))
    elif not isinstance(kind, int) or kind not in range(3, 12):
        errors.add(f"{path}.type", "UNION_TYPE_CHOICES", "Value of field must be in 1 to 11.")
    choices = as_objects(option.get("choices"), f"{path}.choices")
    if len(choices) > MOST_CHOICES:
        message = f"Must be {MOST_CHOICES} or fewer in length."
        errors.add(f"{path}.choices", "BASE_TYPE_MAX_LENGTH", message)
    if choices and option.get("autocomplete") is True:
        code = "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE"
        errors.add(path, code, "Choices and autocomplete cannot be used together")
    for index, choice in enumerate(choices):
        here = f"{path}.choices.{index}"
        errors.length(f"{here}.name", choice.get("name"), 100, 1)
        if kind == STRING:
            errors.length(f"{here}.value", choice.get("value"), 100, 1)


def _size(node: JsonValue) -> int:
    """The characters that count: names, descriptions and values, the longest translation each."""
    if isinstance(node, list):
        return sum(_size(child) for child in node)
    if not isinstance(node, dict):
        return 0
    total = 0
    for field in ("name", "description", "value"):
        translated = node.get(f"{field}_localizations")
        texts = [node.get(field), *(translated.values() if isinstance(translated, dict) else ())]
        total += max((len(text) for text in texts if isinstance(text, str)), default=0)
    return total + sum(_size(node.get(field)) for field in ("options", "choices"))
