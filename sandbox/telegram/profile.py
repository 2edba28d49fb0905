"""What the bot tells about itself: name, descriptions, menu button and its lists of commands."""

import re

from sandbox.records import Chat, Json, JsonValue
from sandbox.telegram.bot import Bot
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params, string

MOST_COMMANDS = 100
LONGEST_COMMAND_DESCRIPTION = 256
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
    "chat_administrators", "chat_member",
}  # fmt: skip


async def get_me(bot: Bot, _params: Params) -> JsonValue:
    """The bot itself, with what only getMe tells."""
    return bot.render.bot() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def _scope(params: Params) -> str:
    scope = params.object("scope", "BotCommandScope")
    kind = string(scope.get("type")) or "default"
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if "chat_id" not in scope:
        return kind
    return ":".join([kind, string(scope["chat_id"]), string(scope.get("user_id"))]).rstrip(":")


async def set_commands(bot: Bot, params: Params) -> JsonValue:
    """The commands for a scope and a language."""
    commands = params.objects("commands", "commands")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    listed: list[Json] = [_command(item) for item in commands]
    bot.profile.commands[_scope(params), params.text("language_code")] = listed
    bot.world.emit("commands")
    return True


def _command(item: Json) -> Json:
    name = string(item.get("command")).removeprefix("/")
    description = string(item.get("description"))
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= LONGEST_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


async def get_commands(bot: Bot, params: Params) -> JsonValue:
    """The commands set for exactly this scope and language."""
    listed = bot.profile.commands.get((_scope(params), params.text("language_code")), [])
    return [*listed]


async def delete_commands(bot: Bot, params: Params) -> JsonValue:
    """Let wider scopes apply again."""
    bot.profile.commands.pop((_scope(params), params.text("language_code")), None)
    bot.world.emit("commands")
    return True


def commands_for(bot: Bot, chat: Chat, language: str) -> list[Json]:
    """What a person sees in a chat: the narrowest scope that has commands, own language first."""
    wide = "all_private_chats" if chat.kind == "private" else "all_group_chats"
    for scope in (f"chat:{chat.id}", wide, "default"):
        for spoken in (language, ""):
            if listed := bot.profile.commands.get((scope, spoken)):
                return listed
    return []


async def set_name(bot: Bot, params: Params) -> JsonValue:
    """The name people see."""
    _keep(bot.profile.names, params, "name", LONGEST_NAME)
    bot.render.bot_name = bot.profile.names.get("") or bot.render.bot_name
    bot.world.emit("commands")
    return True


async def set_description(bot: Bot, params: Params) -> JsonValue:
    """What an empty chat shows."""
    _keep(bot.profile.descriptions, params, "description", LONGEST_DESCRIPTION)
    bot.world.emit("commands")
    return True


async def set_short_description(bot: Bot, params: Params) -> JsonValue:
    """What the bot's profile page shows."""
    _keep(bot.profile.short_descriptions, params, "short_description", LONGEST_SHORT_DESCRIPTION)
    return True


def _keep(texts: dict[str, str], params: Params, name: str, limit: int) -> None:
    text = params.text(name)
    if len(text) > limit:
        raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
    texts[params.text("language_code")] = text


def told(texts: dict[str, str], language: str, default: str = "") -> str:
    """A text in a language, else in the language of everybody else."""
    return texts.get(language) or texts.get("") or default


async def get_name(bot: Bot, params: Params) -> JsonValue:
    """The name in a language."""
    spoken = params.text("language_code")
    return {"name": told(bot.profile.names, spoken, bot.render.bot_name)}


async def get_description(bot: Bot, params: Params) -> JsonValue:
    """The description in a language."""
    return {"description": told(bot.profile.descriptions, params.text("language_code"))}


async def get_short_description(bot: Bot, params: Params) -> JsonValue:
    """The short description in a language."""
    short = told(bot.profile.short_descriptions, params.text("language_code"))
    return {"short_description": short}


async def set_menu_button(bot: Bot, params: Params) -> JsonValue:
    """The button beside the composer, for one chat or for all."""
    button = params.object("menu_button", "menu button") or {"type": "default"}
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: unsupported type specified")
    bot.profile.menu_buttons[params.text("chat_id")] = button
    return True


async def get_menu_button(bot: Bot, params: Params) -> JsonValue:
    """The button beside the composer."""
    buttons = bot.profile.menu_buttons
    return buttons.get(params.text("chat_id")) or buttons.get("") or {"type": "commands"}


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": set_name,
    "getMyName": get_name,
    "setMyDescription": set_description,
    "getMyDescription": get_description,
    "setMyShortDescription": set_short_description,
    "getMyShortDescription": get_short_description,
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
