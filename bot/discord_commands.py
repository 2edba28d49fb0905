"""Tells Discord which slash commands there are, in its readers' languages."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from discord import HTTPException, Locale, RateLimited
from discord.app_commands import Choice
from discord.http import HTTPClient, Route

from chat.commands import Command, MenuItem, Option, Suggestion, Value, Words

_CHAT_INPUT = 1
MESSAGE_MENU = 3
"""The kind of a command in the menu of messages."""
_KINDS = {"text": 3, "integer": 4, "flag": 5, "number": 10}
ATTACHMENT = 11
"""The kind of an option that takes a file."""
_GUILD_INSTALL, _USER_INSTALL = 0, 1
_GUILD, _BOT_DM, _PRIVATE_CHANNEL = 0, 1, 2

_EVERYWHERE = {
    "contexts": [_GUILD, _BOT_DM, _PRIVATE_CHANNEL],
    "integration_types": [_GUILD_INSTALL, _USER_INSTALL],
}

_DESCRIPTION_MAX = 100
_SUGGESTION_MAX = 100
_CHOICES_MAX = 25
_LENGTH_MAX = 6000

_LANGUAGES = {locale.value for locale in Locale}
"""Plain "en" is none of them: English is what everybody else sees."""

log = logging.getLogger(__name__)


async def publish(http: HTTPClient, application: int, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Publish declarations if they are not what Discord has; a failure is logged, no more."""
    route = Route("GET", "/applications/{application_id}/commands", application_id=application)
    try:
        known = await http.request(route, params={"with_localizations": "true"})
        if _comparable(known) != _comparable(wanted):
            await http.bulk_upsert_global_commands(application, [dict(each) for each in wanted])
            log.info("%d commands are published", len(wanted))
    except (HTTPException, RateLimited) as error:
        log.warning("the slash commands stay as they are: %s", error)


def declaration(command: Command) -> dict[str, Any]:
    """The command as Discord wants it; everywhere, for servers and for people who install it."""
    described = [(option, _option(option)) for option in command.options]
    if command.picture:
        described.append((command.picture, _option(command.picture) | {"type": ATTACHMENT}))
    described.sort(key=lambda pair: not pair[0].required)
    return {
        "type": _CHAT_INPUT,
        **_named(command.name, command.names, command.description),
        "options": [option for _, option in described],
        **_EVERYWHERE,
        # Hides admins' commands in servers; who may use them is the router's to check.
        "default_member_permissions": 0 if command.audience == "admins" else None,
    }


def menu_declaration(item: MenuItem) -> dict[str, Any]:
    """An item in the menu of messages as Discord wants it."""
    named = {"name": item.label["en"], "name_localizations": _localized(item.label)}
    return {"type": MESSAGE_MENU, **named, **_EVERYWHERE, "default_member_permissions": None}


def typed_in(command: Command, data: Mapping[str, Any]) -> tuple[Option, str] | None:
    """The option that is being typed in, and what stands there."""
    typed = next((given for given in data.get("options", ()) if given.get("focused")), None)
    option = next((o for o in command.options if typed and o.name == typed["name"]), None)
    return None if typed is None or option is None else (option, str(typed["value"]))


def listed(option: Option, words: str) -> list[Choice[Value]]:
    """The choices that fit what is being typed, for options with more than Discord can list."""
    words = words.casefold()
    begin = [choice for choice in option.choices if choice.casefold().startswith(words)]
    contain = [choice for choice in option.choices if words in choice.casefold()[1:]]
    fitting = list(dict.fromkeys(begin + contain))[:_CHOICES_MAX]
    return [Choice(name=choice, value=_value(option, choice)) for choice in fitting]


def suggested(suggestions: Sequence[Suggestion]) -> list[Choice[Value]]:
    """Suggestions as Discord shows them."""
    return [
        Choice(name=it.label[:_SUGGESTION_MAX], value=it.value)
        for it in suggestions[:_CHOICES_MAX]
        if len(it.value) <= _SUGGESTION_MAX
    ]


def _option(option: Option) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": _KINDS[option.kind],
        **_named(option.name, option.names, option.description),
        "required": option.required,
    }
    if option.is_suggested or len(option.choices) > _CHOICES_MAX:
        described["autocomplete"] = True
    elif option.choices:
        described["choices"] = [
            {"name": choice, "value": _value(option, choice)} for choice in option.choices
        ]
    if option.kind == "text" and option.length_max is not None:
        described["max_length"] = min(option.length_max, _LENGTH_MAX)
    bounds = {"min_value": option.minimum, "max_value": option.maximum}
    for key, bound in bounds.items():
        if option.kind in {"integer", "number"} and bound is not None:
            described[key] = int(bound) if option.kind == "integer" else bound
    return described


def _named(name: str, names: Words, description: Words) -> dict[str, Any]:
    about = {language: words[:_DESCRIPTION_MAX] for language, words in description.items()}
    return {
        "name": name,
        "name_localizations": _localized(names),
        "description": about["en"],
        "description_localizations": _localized(about),
    }


def _localized(words: Words) -> dict[str, str]:
    return {language: said for language, said in words.items() if language in _LANGUAGES}


def _value(option: Option, choice: str) -> Value:
    match option.kind:
        case "text" | "flag":
            return choice
        case "integer":
            return int(choice)
        case "number":
            return float(choice)


def _comparable(commands: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """What was declared, without what Discord adds or leaves out."""
    return {f"{command['type']} {command['name']}": _declared(command) for command in commands}


_ADDED = {"id", "application_id", "version", "guild_id", "dm_permission", "nsfw", "handler"}
_UNORDERED = {"contexts", "integration_types"}


def _declared(value: object) -> object:
    match value:
        case dict():
            kept = {key: _field(key, item) for key, item in value.items() if key not in _ADDED}
            return {key: item for key, item in kept.items() if not _is_default(item)}
        case list():
            return [_declared(item) for item in value]
        case _:
            return value


def _field(key: str, value: object) -> object:
    if key in _UNORDERED and isinstance(value, list):
        return sorted(value)
    if key == "default_member_permissions" and value is not None:
        return str(value)  # a number when it is declared, its digits when it is read
    return _declared(value)


def _is_default(value: object) -> bool:
    return value is None or value is False or (isinstance(value, list | dict | str) and not value)
