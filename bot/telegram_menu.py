"""Tells Telegram which commands its menus show, to whom and in which language."""

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.constants import BotCommandLimit, BotDescriptionLimit
from telegram.error import BadRequest, TelegramError

from chat.commands import Command, Words

_DEFAULT = "en"

log = logging.getLogger(__name__)


async def publish(
    bot: Bot, commands: Sequence[Command], admins: Sequence[str], about: Words
) -> None:
    """Publish the menus and the line on the bot's profile; a failure is logged, no more.

    `admins` are the Telegram ids of those who also see admins' commands.
    """
    try:
        for language in sorted({key for command in commands for key in command.description}):
            await _publish_menus(bot, commands, admins, language)
        for language, words in about.items():
            await bot.set_my_short_description(
                words[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH], _code(language)
            )
    except TelegramError as error:
        log.warning("the command menus stay as they are: %s", error.message)


async def _publish_menus(
    bot: Bot, commands: Sequence[Command], admins: Sequence[str], language: str
) -> None:
    everyones = [command for command in commands if command.audience == "everyone"]
    public = [command for command in everyones if not command.is_private]
    await _publish_menu(bot, everyones, BotCommandScopeAllPrivateChats(), language)
    await _publish_menu(bot, public, BotCommandScopeAllGroupChats(), language)
    for admin in admins:
        try:
            await _publish_menu(bot, commands, BotCommandScopeChat(admin), language)
        except BadRequest:
            log.info("an admin has not spoken to the bot yet and sees no admin menu")


async def _publish_menu(
    bot: Bot, commands: Sequence[Command], scope: BotCommandScope, language: str
) -> None:
    menu = [BotCommand(command.name, _description(command, language)) for command in commands]
    await bot.set_my_commands(menu, scope, _code(language))


def _description(command: Command, language: str) -> str:
    words = command.description.get(language, command.description[_DEFAULT])
    return words[: BotCommandLimit.MAX_DESCRIPTION]


def _code(language: str) -> str | None:
    """English is what everybody without a menu of their own sees."""
    return None if language == _DEFAULT else language
