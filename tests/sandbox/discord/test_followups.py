import discord
import pytest

from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson
from tests.sandbox.discord.conftest import Bot, file


async def test_the_first_followup_takes_the_place_of_thinking(
    bot: Bot, ravi: DiscordPerson, asha: DiscordPerson
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.defer(ephemeral=True)
    await asked.followup.send("only for you")
    shown = await ravi.wait("only for you")
    assert shown.ephemeral
    assert len(await ravi.messages()) == 1
    assert await asha.messages() == []


async def test_later_followups_are_replies_that_can_be_edited_and_deleted(
    bot: Bot, ravi: DiscordPerson
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.send_message("a fox")
    said = await asked.followup.send("and an owl", file=file("owl.png"), wait=True)
    shown = await ravi.wait("and an owl")
    assert shown.reply_to == (await ravi.messages())[0].id
    await said.edit(content="and two owls", attachments=[])
    assert (await ravi.wait("two owls")).files == ()
    await said.delete()
    assert [m.content for m in await ravi.messages()] == ["a fox"]
    with pytest.raises(discord.NotFound, match="10008"):
        await said.edit(content="gone")


async def test_editing_keeps_the_files_it_lists(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.defer()
    first = await asked.edit_original_response(attachments=[file("one.png")])
    await asked.edit_original_response(attachments=[*first.attachments, file("two.png")])
    both = await ravi.wait(lambda m: len(m.files) == 2)
    assert [f.name for f in both.files] == ["one.png", "two.png"]


async def test_a_token_lives_for_fifteen_minutes(
    bot: Bot, ravi: DiscordPerson, client: SandboxClient
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.defer()
    await client.advance(15 * 60 + 1)
    with pytest.raises(discord.HTTPException, match="50027"):
        await asked.edit_original_response(content="too late")


async def test_nothing_follows_an_unanswered_interaction(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    with pytest.raises(discord.NotFound, match="10015"):
        await asked.followup.send("before the answer")


async def test_what_somebody_brought_elsewhere_speaks_five_more_times(
    bot: Bot, client: SandboxClient
) -> None:
    ravi = DiscordPerson(client, "ravi", "lounge")
    await client.order("discord/settings", profile="none")
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    assert asked.is_user_integration()
    assert not asked.is_guild_integration()
    await asked.response.send_message("a fox")
    for number in range(5):
        await asked.followup.send(f"more {number}")
    with pytest.raises(discord.HTTPException, match="40094"):
        await asked.followup.send("one too many")


async def test_where_such_apps_are_unwelcome_only_their_user_sees_them(
    bot: Bot, client: SandboxClient
) -> None:
    asha = DiscordPerson(client, "asha", "lounge")
    await client.order(
        "discord/permissions", channel="lounge", subject="everyone", deny=["use_external_apps"]
    )
    await asha.slash("/image", prompt="a fox")
    await (await bot.next()).response.send_message("a fox")
    assert (await asha.wait("a fox")).ephemeral


async def test_a_private_group_is_out_of_the_bots_reach(bot: Bot, client: SandboxClient) -> None:
    asha = DiscordPerson(client, "asha", "friends")
    await asha.slash("/image", prompt="a fox")
    asked = await bot.next()
    assert asked.context.private_channel
    await asked.response.defer()
    await asked.edit_original_response(content="a fox")
    await asha.wait("a fox")
    assert asked.channel_id
    with pytest.raises(discord.Forbidden, match="50001"):
        await bot.get_partial_messageable(asked.channel_id).send("hello")
