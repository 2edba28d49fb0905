from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.client import NothingCame, SandboxClient
from sandbox.discord.client import DiscordPerson
from sandbox.discord.given import Picture
from tests.sandbox.conftest import picture
from tests.sandbox.discord.conftest import ANYWHERE, IMAGE, Bot


def command(name: str = "buy", **fields: Any) -> dict[str, Any]:
    return {"name": name, "description": "Something", **fields}


async def names(person: DiscordPerson) -> list[str]:
    return [c.name for c in await person.commands()]


async def test_the_librarys_own_command_tree_works(bot: Bot, ravi: DiscordPerson) -> None:
    group = app_commands.Group(name="settings", description="What you like")

    @group.command(description="Choose a style")
    async def style(asked: discord.Interaction, name: str) -> None:
        await asked.response.send_message(f"From now on {name}")

    tree = app_commands.CommandTree(bot)
    tree.add_command(group)
    await tree.sync()
    await ravi.slash("/settings style", name="anime")
    await ravi.wait("From now on anime")


async def test_commands_keep_their_ids(bot: Bot) -> None:
    first = await bot.declare(command("buy"), command("sell"))
    second = await bot.declare(command("sell"), command("buy"))
    assert [c["id"] for c in first] == [c["id"] for c in reversed(second)]


async def test_people_see_commands_in_their_language(
    bot: Bot, asha: DiscordPerson, ravi: DiscordPerson
) -> None:
    assert [c.label for c in await asha.commands()] == ["image"]
    assert [(c.label, c.description) for c in await ravi.commands()] == [("चित्र", "एक चित्र बनाओ")]
    await ravi.slash("/चित्र", prompt="a fox")
    asked = await bot.next()
    assert (asked.locale, asked.data and asked.data["name"]) == (discord.Locale.hindi, "image")  # type: ignore[typeddict-item]  # a command's data has a name


async def test_commands_are_offered_where_they_are_meant(
    bot: Bot, asha: DiscordPerson, meera: DiscordPerson
) -> None:
    await bot.declare(
        command("here"),
        command("everywhere", **ANYWHERE),
        command("private", contexts=[1]),
        command("admin", default_member_permissions="0"),
        command("adult", nsfw=True),
    )
    assert await names(asha) == ["here", "everywhere"]
    assert await names(meera) == ["here", "everywhere", "admin"]
    assert await names(asha.elsewhere("after-dark")) == ["here", "everywhere", "adult"]
    assert await names(asha.elsewhere("dm")) == ["here", "everywhere", "private", "admin"]
    assert await names(asha.elsewhere("lounge")) == ["everywhere"]
    assert await names(asha.elsewhere("friends")) == ["everywhere"]
    with pytest.raises(NothingCame, match="asha sees no 'admin' in general"):
        await asha.slash("/admin")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "image needs 'prompt'"),
        ({"prompt": "a fox", "colour": "red"}, "image has no option 'colour'"),
        ({"prompt": "a fox", "steps": 51}, "steps must be 1 to 50"),
        ({"prompt": "a fox", "steps": 1.5}, "steps must be a whole number"),
        ({"prompt": "a fox", "start": "7"}, "start cannot be '7'"),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_discords_own_app_checks_what_people_enter(
    ravi: DiscordPerson, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(NothingCame, match=why):
        await ravi.slash("/image", **options)


async def test_pictures_can_be_options(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox", start=Picture(picture(), "me.png"))
    asked = await bot.next()
    resolved = app_commands.Namespace(
        asked,
        asked.data["resolved"],  # type: ignore[index,typeddict-item]  # a command's data has it
        asked.data["options"],  # type: ignore[index,typeddict-item]  # a command's data has them
    )
    assert (resolved.start.filename, resolved.start.width) == ("me.png", 64)
    assert await resolved.start.read() == picture()


async def test_message_menus_carry_the_message(bot: Bot, ravi: DiscordPerson) -> None:
    await bot.declare({"name": "Animate", "type": 3, **ANYWHERE})
    await ravi.say("look at this", files=(Picture(picture()),))
    await ravi.use_menu((await ravi.messages())[0], "Animate")
    asked = await bot.next()
    assert asked.data
    target = asked.data["target_id"]  # type: ignore[typeddict-item]  # a menu's data has it
    resolved = asked.data["resolved"]["messages"][str(target)]  # type: ignore[typeddict-item]  # likewise
    assert len(resolved["attachments"]) == 1
    await asked.response.send_message("It moves")
    await ravi.wait("It moves")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "upper case": (command("Buy"), "Command name is invalid"),
    "spaces": (command("buy now"), "Command name is invalid"),
    "no description": ({"name": "buy", "description": ""}, "Must be between 1 and 100 in length"),
    "long": (command(description="x" * 101), "Must be between 1 and 100 in length"),
    "locale": (command(name_localizations={"tlh": "je"}), 'Value "tlh" is not a locale'),
    "many options": (
        command(options=[{"type": 3, **command(f"o{n}")} for n in range(26)]),
        "Must be 25 or fewer in length",
    ),
    "order": (
        command(
            options=[{"type": 3, **command("a")}, {"type": 3, **command("b"), "required": True}]
        ),
        "Required options must be placed before others",
    ),
    "size": (
        command(
            options=[
                {
                    "type": 3,
                    **command("o"),
                    "choices": [{"name": "n" * 100, "value": f"{n:0>100}"} for n in range(25)],
                },
                {
                    "type": 3,
                    **command("p"),
                    "choices": [{"name": "n" * 100, "value": f"{n:0>100}"} for n in range(25)],
                },
            ]
        ),
        "Command exceeds maximum size",
    ),
    "menu": ({"name": "Animate", "type": 3, "description": "x"}, "cannot have a description"),
    "unknown": (command(colour="red"), "Unknown field"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_declarations_have_limits(bot: Bot, case: str) -> None:
    wrong, why = WRONG[case]
    with pytest.raises(discord.HTTPException, match=why):
        await bot.declare(wrong)


async def test_too_many_or_equal_commands_are_refused(bot: Bot) -> None:
    with pytest.raises(discord.HTTPException, match="Maximum number"):
        await bot.declare(*(command(f"c{n}") for n in range(101)))
    with pytest.raises(discord.HTTPException, match="must be unique"):
        await bot.declare(command("a"), command("a"))


async def test_single_commands_come_change_and_go(bot: Bot, client: SandboxClient) -> None:
    app = bot.application_id or 0
    one: Any = await bot.http.upsert_global_command(app, command("buy"))  # type: ignore[arg-type]  # raw JSON
    await bot.http.edit_global_command(app, one["id"], {"description": "Pay"})
    listed = await bot.http.get_global_commands(app)
    assert [c["description"] for c in listed] == [IMAGE["description"], "Pay"]
    await bot.http.delete_global_command(app, one["id"])
    with pytest.raises(discord.NotFound, match="10063"):
        await bot.http.get_global_command(app, one["id"])
    guild = bot.guilds[0].id
    await bot.http.bulk_upsert_guild_commands(app, guild, [command("only-here")])
    asha = DiscordPerson(client, "asha")
    assert await names(asha) == ["image", "only-here"]
    assert await names(asha.elsewhere("dm")) == ["image"]
