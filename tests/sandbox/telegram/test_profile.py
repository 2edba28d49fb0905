import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    MenuButtonCommands,
    MenuButtonDefault,
)
from telegram.error import BadRequest

from sandbox.client import SandboxClient
from sandbox.telegram.bot import TOKEN


async def commands_of(client: SandboxClient, person: str, chat: str = "") -> list[str]:
    listed = (await client.ask("telegram/menu", person=person, chat=chat))["commands"]
    assert isinstance(listed, list)
    return [
        f"{item['command']}: {item['description']}" for item in listed if isinstance(item, dict)
    ]


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert str(me.id) == TOKEN.partition(":")[0]
    assert me.username == "sandbox_hub_bot"
    assert me.can_read_all_group_messages is False


async def test_everybody_sees_the_narrowest_commands_in_their_language(
    bot: Bot, client: SandboxClient
) -> None:
    asha_id = 7_001_001
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("image", "Draw")], scope=private)
    await bot.set_my_commands([BotCommand("image", "चित्र")], scope=private, language_code="hi")
    await bot.set_my_commands([("admin", "Rule")], scope=BotCommandScopeChat(asha_id))
    assert await commands_of(client, "asha") == ["admin: Rule"]
    assert await commands_of(client, "ravi") == ["image: चित्र"]
    assert await commands_of(client, "meera") == ["image: Draw"]
    assert await commands_of(client, "meera", "friends") == ["help: Help"]
    await bot.delete_my_commands(scope=BotCommandScopeChat(asha_id))
    assert await commands_of(client, "asha") == ["image: Draw"]
    assert await bot.get_my_commands() == (BotCommand("help", "Help"),)


@pytest.mark.parametrize(
    ("command", "reason"),
    [(("Bad-Name", "x"), "BOT_COMMAND_INVALID"), (("x", ""), "BOT_COMMAND_DESCRIPTION_INVALID")],
)
async def test_bad_commands_are_refused(bot: Bot, command: tuple[str, str], reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_my_commands([command])


async def test_texts_are_kept_per_language(bot: Bot, client: SandboxClient) -> None:
    await bot.set_my_name("Hub")
    await bot.set_my_description("Pictures by the hour")
    await bot.set_my_description("घंटे के हिसाब से चित्र", language_code="hi")
    await bot.set_my_short_description("Pictures")
    assert (await bot.get_my_name()).name == "Hub"
    assert (await bot.get_my_short_description()).short_description == "Pictures"
    assert (await bot.get_my_description("hi")).description == "घंटे के हिसाब से चित्र"
    menu = await client.ask("telegram/menu", person="asha")
    assert (menu["name"], menu["description"]) == ("Hub", "Pictures by the hour")
    assert (await bot.get_me()).first_name == "Hub"
    with pytest.raises(BadRequest, match=r"(?i)too_long"):
        await bot.set_my_short_description("x" * 121)


async def test_the_menu_button_is_kept(bot: Bot) -> None:
    assert await bot.get_chat_menu_button() == MenuButtonCommands()
    await bot.set_chat_menu_button(menu_button=MenuButtonDefault())
    assert await bot.get_chat_menu_button() == MenuButtonDefault()
