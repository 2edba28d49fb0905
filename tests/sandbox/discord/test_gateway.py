import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord import gateway
from sandbox.discord.client import DiscordPerson
from sandbox.discord.records import BOT_NAME
from tests.sandbox.discord.conftest import PATIENCE, Bot, running


async def resumed(bot: Bot) -> None:
    async with asyncio.timeout(PATIENCE):
        await bot.resumed.wait()


async def test_a_dropped_connection_resumes_and_hears_what_it_missed(
    bot: Bot, client: SandboxClient, ravi: DiscordPerson
) -> None:
    assert await client.order("discord/drop") == {"dropped": 1}
    await ravi.slash("/image", prompt="while you were away")
    missed = await bot.next()
    assert "while you were away" in str(missed.data)
    await resumed(bot)


async def test_an_interaction_can_come_twice(
    bot: Bot, client: SandboxClient, ravi: DiscordPerson
) -> None:
    await ravi.slash("/image", prompt="a fox")
    assert await client.order("discord/redeliver") == {"count": 1}
    assert (await bot.next()).id == (await bot.next()).id


async def test_a_bot_asked_to_reconnect_does_so(bot: Bot, client: SandboxClient) -> None:
    await client.order("discord/drop", ask=True)
    await resumed(bot)


async def test_a_forgotten_session_begins_anew(
    bot: Bot, client: SandboxClient, ravi: DiscordPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _self: 0)
    greeted = asyncio.Event()
    bot.on_shard_connect = lambda _shard: _set(greeted)  # type: ignore[attr-defined]  # looked up by name
    await client.order("discord/drop", forget=True)
    async with asyncio.timeout(PATIENCE):
        await greeted.wait()
    await ravi.slash("/image", prompt="a fox")
    await (await bot.next()).response.defer()
    await ravi.wait_acknowledged()
    assert not bot.resumed.is_set()


async def _set(event: asyncio.Event) -> None:
    event.set()


async def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(discord.LoginFailure):
        async with Bot() as stranger:
            await stranger.start("wrong")
    closed = await spoken(sandbox, identify(token="wrong"))
    assert closed == gateway.BAD_TOKEN


@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")
async def test_intents_that_were_not_granted_are_refused(
    sandbox: Sandbox, client: SandboxClient
) -> None:
    everything = identify(intents=discord.Intents.all().value)
    assert await spoken(sandbox, everything) == gateway.DISALLOWED_INTENTS
    await client.order("discord/settings", privileged_intents=discord.Intents.all().value)
    greeted = await spoken(sandbox, everything)
    assert isinstance(greeted, dict)
    assert greeted["t"] == "READY"


async def test_granted_members_are_told(client: SandboxClient) -> None:
    intents = discord.Intents.default()
    intents.members = True
    await client.order("discord/settings", privileged_intents=discord.Intents.all().value)
    async for bot in running(Bot(intents=intents), client):
        names = {member.display_name for member in bot.guilds[0].members}
        assert names == {"Asha", "Ravi", "Meera", BOT_NAME}
        found = await bot.guilds[0].query_members(query="Asha")
        assert found


async def test_without_the_intent_only_the_bot_is_told_of(bot: Bot) -> None:
    assert [member.id for member in bot.guilds[0].members] == [bot.application_id]
    assert bot.guilds[0].member_count == 4


async def test_each_shard_hears_its_own(client: SandboxClient) -> None:
    async for bot in running(Bot(shard_count=2), client):
        await DiscordPerson(client, "asha", "general").slash("/image", prompt="server")
        await DiscordPerson(client, "asha", "dm").slash("/image", prompt="private")
        heard = [await bot.next(), await bot.next()]
        assert sorted("server" in str(i.data) for i in heard) == [False, True]
        assert bot.heard.empty()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", gateway.DECODE_ERROR),
        ("[1]", gateway.DECODE_ERROR),
        ('{"op": 8, "d": {}}', gateway.NOT_AUTHENTICATED),
        (json.dumps({"op": 2, "d": {"token": gateway.TOKEN, "intents": 1, "shard": [2, 2]}}), 4010),
    ],
)
async def test_nonsense_closes_the_connection(sandbox: Sandbox, frame: str, code: int) -> None:
    assert await spoken(sandbox, frame) == code


async def test_a_heartbeat_is_answered(sandbox: Sandbox) -> None:
    answer = await spoken(sandbox, '{"op": 1, "d": null}')
    assert isinstance(answer, dict)
    assert answer["op"] == 11


async def test_an_unknown_session_cannot_be_resumed(sandbox: Sandbox) -> None:
    frame = {"op": 6, "d": {"token": gateway.TOKEN, "session_id": "none", "seq": 1}}
    answer = await spoken(sandbox, json.dumps(frame))
    assert answer == {"op": 9, "d": False, "s": None, "t": None}


def identify(token: str = gateway.TOKEN, intents: int = 1) -> str:
    return json.dumps({"op": 2, "d": {"token": token, "intents": intents, "properties": {}}})


async def spoken(sandbox: Sandbox, frame: str) -> dict[str, Any] | int:
    """What the plain gateway answers to a first frame: a frame, or the code it closes with."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{sandbox.url}/gateway?v=10&encoding=json") as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(frame)
        answer = await socket.receive()
        if answer.type is aiohttp.WSMsgType.TEXT:
            heard: dict[str, Any] = json.loads(answer.data)
            return heard
        assert socket.close_code
        return socket.close_code
