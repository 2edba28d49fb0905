import discord
import pytest

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson
from tests.sandbox.discord.conftest import Bot, file


async def channel(bot: Bot, client: SandboxClient, key: str) -> discord.TextChannel:
    state = await client.ask("discord/state")
    assert isinstance(state["channels"], list)
    ids = {c["key"]: int(str(c["id"])) for c in state["channels"] if isinstance(c, dict)}
    found = bot.get_channel(ids[key])
    assert isinstance(found, discord.TextChannel)
    return found


async def private(bot: Bot, client: SandboxClient, key: str) -> discord.DMChannel:
    state = await client.ask("discord/state")
    assert isinstance(state["people"], list)
    ids = {p["key"]: int(str(p["id"])) for p in state["people"] if isinstance(p, dict)}
    return await (await bot.fetch_user(ids[key])).create_dm()


async def test_a_nonce_that_is_enforced_says_it_once(
    bot: Bot, client: SandboxClient, asha: DiscordPerson
) -> None:
    general = await channel(bot, client, "general")
    params = discord.http.handle_message_parameters(content="once", nonce="job-7")
    assert params.payload
    params.payload["enforce_nonce"] = True
    first = await bot.http.send_message(general.id, params=params)
    second = await bot.http.send_message(general.id, params=params)
    assert first["id"] == second["id"]
    await client.advance(10 * 60)
    assert (await bot.http.send_message(general.id, params=params))["id"] != first["id"]
    assert len(await asha.messages()) == 2


async def test_messages_are_edited_deleted_and_told_of(
    bot: Bot, client: SandboxClient, asha: DiscordPerson
) -> None:
    general = await channel(bot, client, "general")
    said = await general.send("one", file=file())
    assert (await bot.next_message()).id == said.id
    await said.edit(content="two")
    assert [m.content for m in await asha.messages()] == ["two"]
    assert [m.content async for m in general.history()] == ["two"]
    await said.delete()
    assert await asha.messages() == []
    with pytest.raises(discord.NotFound, match="10008"):
        await said.edit(content="three")


async def test_others_messages_are_theirs(bot: Bot, asha: DiscordPerson) -> None:
    await asha.say("hello <@1290000000000000001>")
    heard = await bot.next_message()
    assert heard.author.display_name == "Asha"
    with pytest.raises(discord.Forbidden, match="50005"):
        await heard.edit(content="mine")
    with pytest.raises(discord.Forbidden, match="50013"):
        await heard.delete()


async def test_words_in_servers_are_hidden_without_the_intent(
    bot: Bot, asha: DiscordPerson, client: SandboxClient
) -> None:
    await asha.say("a secret")
    assert (await bot.next_message()).content == ""
    await DiscordPerson(client, "asha", "dm").say("a question")
    assert (await bot.next_message()).content == "a question"


async def test_what_the_bot_may_not_do_is_refused(bot: Bot, client: SandboxClient) -> None:
    words_only = await channel(bot, client, "words-only")
    assert not words_only.permissions_for(words_only.guild.me).attach_files
    await words_only.send("words")
    with pytest.raises(discord.Forbidden, match="50013"):
        await words_only.send(file=file())
    await client.order("discord/permissions", channel="art", deny=["send_messages"])
    with pytest.raises(discord.Forbidden, match="50013"):
        await (await channel(bot, client, "art")).send("hello")
    assert not (await channel(bot, client, "art")).permissions_for(bot.guilds[0].me).send_messages
    await client.order("discord/permissions", channel="art", deny=["view_channel"])
    with pytest.raises(discord.Forbidden, match="50001"):
        await (await channel(bot, client, "art")).send("hello")


async def test_an_interaction_carries_the_channels_permissions(
    bot: Bot, client: SandboxClient
) -> None:
    meera = DiscordPerson(client, "meera", "words-only")
    await meera.slash("/image", prompt="a fox")
    asked = await bot.next()
    assert not asked.app_permissions.attach_files
    assert asked.app_permissions.send_messages
    assert asked.permissions.administrator
    assert asked.extras == {}
    await asked.response.defer()
    with pytest.raises(discord.Forbidden, match="50013"):
        await asked.edit_original_response(attachments=[file()])


async def test_age_restricted_channels_say_so(bot: Bot, client: SandboxClient) -> None:
    await DiscordPerson(client, "asha", "after-dark").slash("/image", prompt="a fox")
    asked = await bot.next()
    assert isinstance(asked.channel, discord.TextChannel)
    assert asked.channel.is_nsfw()


async def test_private_chats_can_be_written_to_unless_closed(
    bot: Bot, client: SandboxClient
) -> None:
    await (await private(bot, client, "ravi")).send("Your picture")
    ravi = DiscordPerson(client, "ravi", "dm")
    assert [m.content for m in await ravi.messages()] == ["Your picture"]
    await client.order("discord/settings", closed_dms=["ravi"])
    with pytest.raises(discord.Forbidden, match="50007"):
        await (await private(bot, client, "ravi")).send("More")


async def test_mentions_ring_only_for_those_allowed(
    bot: Bot, client: SandboxClient, asha: DiscordPerson
) -> None:
    general = await channel(bot, client, "general")
    state = await client.ask("discord/state")
    assert isinstance(state["people"], list)
    ids = {p["key"]: int(str(p["id"])) for p in state["people"] if isinstance(p, dict)}
    ravi_id, meera_id = ids["ravi"], ids["meera"]
    text = f"<@{ravi_id}> drew it for <@{meera_id}> @everyone"
    await general.send(text)
    only_ravi = discord.AllowedMentions(
        everyone=False, users=[discord.Object(ravi_id)], roles=False
    )
    await general.send(text, allowed_mentions=only_ravi)
    await general.send(text, allowed_mentions=discord.AllowedMentions.none())
    shown = await asha.messages()
    assert [m.mentions for m in shown] == [("ravi", "meera"), ("ravi",), ()]
    assert not (await general.fetch_message(int(shown[0].id))).mention_everyone


async def test_replies_name_what_they_answer(bot: Bot, asha: DiscordPerson) -> None:
    await asha.say("hello")
    heard = await bot.next_message()
    await heard.reply("hello yourself", mention_author=False)
    replied = (await asha.messages())[-1]
    assert (replied.reply_to, replied.mentions) == (str(heard.id), ())
    with pytest.raises(discord.HTTPException, match="Unknown message"):
        await heard.channel.send(
            "to nothing",
            reference=discord.MessageReference(message_id=1, channel_id=heard.channel.id),
        )


async def test_a_reset_empties_every_channel(
    bot: Bot, client: SandboxClient, asha: DiscordPerson, sandbox: Sandbox
) -> None:
    await (await channel(bot, client, "general")).send("hello", file=file())
    await client.order("reset")
    assert await asha.messages() == []
    assert sandbox.world.files == {}
    await (await channel(bot, client, "general")).send("again")
    assert [m.content for m in await asha.messages()] == ["again"]
