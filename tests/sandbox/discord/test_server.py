import aiohttp
import discord
import pytest

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson
from sandbox.discord.records import BOT_NAME
from tests.sandbox.discord.conftest import Bot, file


async def test_an_unknown_route_is_not_found_and_noted(bot: Bot, client: SandboxClient) -> None:
    with pytest.raises(discord.NotFound):
        await bot.http.request(discord.http.Route("GET", "/stage-instances/7"))
    assert await client.faults() == ["discord: GET /api/v10/stage-instances/7: unknown route"]


async def test_an_unknown_field_is_noted(bot: Bot, client: SandboxClient) -> None:
    route = discord.http.Route(
        "POST", "/channels/{channel_id}/messages", channel_id=bot.guilds[0].text_channels[0].id
    )
    await bot.http.request(route, json={"content": "hello", "colour": "red"})
    assert await client.faults() == ["discord: message with unknown field colour"]


async def test_the_bots_token_is_asked_for(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/api/v10/users/@me") as answer,
    ):
        assert (answer.status, answer.content_type) == (401, "application/json")
        assert await answer.json() == {"message": "401: Unauthorized", "code": 0}


async def test_ordered_refusals_are_tried_again_by_the_library(
    bot: Bot, client: SandboxClient, asha: DiscordPerson
) -> None:
    await client.order("discord/faults", kind="429", method="create_message", retry_after=0)
    await bot.guilds[0].text_channels[0].send("patient")
    assert [m.content for m in await asha.messages()] == ["patient"]
    assert await statuses(client, "create_message") == [429, 200]


async def test_an_order_for_anything_meets_what_is_said(bot: Bot, client: SandboxClient) -> None:
    await client.order("discord/faults", kind="429", method="*", retry_after=0)
    channel = bot.guilds[0].text_channels[0]
    await channel.typing()
    await channel.send("patient")
    assert await statuses(client, "trigger_typing_indicator") == [204]
    assert await statuses(client, "create_message") == [429, 200]


async def test_a_dropped_connection_leaves_the_bot_in_the_dark(
    bot: Bot, client: SandboxClient, ravi: DiscordPerson
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    method = "create_interaction_response"
    await client.order("discord/faults", kind="drop_after", method=method)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await asked.response.send_message("heard")
    assert (await ravi.wait("heard")).content == "heard"


async def test_the_sixth_message_at_once_has_to_wait(bot: Bot, sandbox: Sandbox) -> None:
    channel = bot.guilds[0].text_channels[0].id
    url = f"{sandbox.url}/api/v10/channels/{channel}/messages"
    headers = {"Authorization": f"Bot {bot.http.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for left in (4, 3, 2, 1, 0):
            async with session.post(url, json={"content": "hello"}) as answer:
                assert answer.headers["X-RateLimit-Remaining"] == str(left)
        async with session.post(url, json={"content": "hello"}) as answer:
            body = await answer.json()
            assert (answer.status, body["global"]) == (429, False)
            assert 0 < body["retry_after"] <= 5
            assert answer.headers["Via"]


async def test_links_to_files_are_signed_and_run_out(bot: Bot, client: SandboxClient) -> None:
    said = await bot.guilds[0].text_channels[0].send(file=file())
    url = said.attachments[0].url
    assert await said.attachments[0].read() == await said.attachments[0].read(use_cached=True)
    async with aiohttp.ClientSession() as session:
        async with session.get(url.partition("?")[0]) as answer:
            assert answer.status == 404
        await client.advance(25 * 3600)
        async with session.get(url) as answer:
            assert answer.status == 404


async def test_what_the_library_looks_up_is_found(bot: Bot) -> None:
    assert (await bot.application_info()).name == BOT_NAME
    guild = await bot.fetch_guild(bot.guilds[0].id)
    assert (await guild.fetch_member(guild.owner_id or 0)).display_name == "Meera"
    assert {c.name for c in await guild.fetch_channels()} >= {"general", "words-only"}
    assert [role.name for role in await guild.fetch_roles()] == ["@everyone"]
    for stranger in (bot.fetch_user(1), bot.fetch_channel(1), bot.fetch_guild(1)):
        with pytest.raises(discord.NotFound, match="Unknown"):
            await stranger


async def statuses(client: SandboxClient, method: str) -> list[object]:
    calls = (await client.ask("journal"))["calls"]
    assert isinstance(calls, list)
    return [c["status"] for c in calls if isinstance(c, dict) and c["method"] == method]
