"""The limits of a command's declaration."""

import unicodedata

from sandbox.discord.errors import FormErrors
from sandbox.discord.records import CHAT_INPUT
from sandbox.discord.request import as_object, as_objects
from sandbox.records import Json, JsonValue

MOST_OPTIONS = MOST_CHOICES = 25
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_COMMAND = 32, 100, 8_000
SUBCOMMAND, GROUP, STRING = 1, 2, 3
_LOCALES = {
    *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl"),
    *("no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi"),
    *("th", "zh-CN", "ja", "zh-TW", "ko"),
}
FIELDS = {
    *("name", "name_localizations", "description", "description_localizations", "options", "type"),
    *("default_member_permissions", "dm_permission", "nsfw", "contexts", "integration_types", "id"),
    *("handler", "default_permission"),
}


def check_command(errors: FormErrors, path: str, command: Json) -> None:
    """Note everything wrong with a command's declaration."""
    for name in sorted(set(command) - FIELDS):
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
