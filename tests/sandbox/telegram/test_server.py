import aiohttp
import pytest
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from sandbox.app import Sandbox
from sandbox.client import Person, SandboxClient
from sandbox.telegram import server
from sandbox.telegram.bot import TOKEN
from sandbox.telegram.methods import PARAMETERS
from tests.sandbox.conftest import picture


async def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{sandbox.url}/bot"):
            pass


async def test_an_unknown_method_is_not_found_and_noted(bot: Bot, client: SandboxClient) -> None:
    with pytest.raises(TelegramError, match="method not found"):
        await bot.send_dice(1)
    assert await client.faults() == ["sendDice: unknown method"]


async def test_an_unknown_parameter_is_noted(bot: Bot, asha_id: int, client: SandboxClient) -> None:
    await bot.send_message(asha_id, "Hello", api_kwargs={"colour": "red"})
    assert await client.faults() == ["sendMessage: unknown parameter colour"]


async def test_a_missing_parameter_is_noted(sandbox: Sandbox, client: SandboxClient) -> None:
    url = f"{sandbox.url}/bot{TOKEN}/sendMessage"
    async with aiohttp.ClientSession() as session, session.post(url, data={"text": "Hi"}) as answer:
        assert answer.status == 400
    assert await client.faults() == ["sendMessage: missing parameter chat_id"]


def test_every_listed_method_is_answered() -> None:
    assert set(PARAMETERS) == {*server._METHODS, "getUpdates"}


async def test_parameters_come_by_query_form_or_json(
    sandbox: Sandbox, asha: Person, asha_id: int
) -> None:
    url = f"{sandbox.url}/bot{TOKEN}/SENDmessage"
    parameters = {"chat_id": str(asha_id), "text": "Hello"}
    async with aiohttp.ClientSession() as session:
        for request in (
            session.get(url, params=parameters),
            session.post(url, data=parameters),
            session.post(url, json=parameters | {"chat_id": asha_id}),
        ):
            async with request as answer:
                assert (await answer.json())["result"]["text"] == "Hello"
        async with session.post(
            url, data="[1]", headers={"Content-Type": "application/json"}
        ) as answer:
            assert (answer.status, (await answer.json())["ok"]) == (400, False)
    assert len(await asha.messages()) == 4


async def test_ordered_refusals_meet_the_next_calls(
    bot: Bot, asha: Person, asha_id: int, client: SandboxClient
) -> None:
    await client.trouble("429", retry_after=7)
    await client.trouble("500", "sendPhoto")
    with pytest.raises(RetryAfter, match="Retry in 0:00:07"):
        await bot.send_message(asha_id, "one")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_photo(asha_id, picture())
    with pytest.raises(RetryAfter):
        await bot.send_message(asha_id, "two")
    await client.advance(7)
    await bot.send_message(asha_id, "three")
    assert [m.text for m in await asha.messages()] == ["/start", "three"]


async def test_a_dropped_connection_leaves_the_bot_in_the_dark(
    bot: Bot, asha: Person, asha_id: int, client: SandboxClient
) -> None:
    await client.trouble("drop_before")
    await client.trouble("drop_after")
    for text in ("unheard", "heard"):
        with pytest.raises(NetworkError):
            await bot.send_message(asha_id, text)
    assert [m.text for m in await asha.messages()] == ["/start", "heard"]


async def test_the_journal_keeps_every_call(bot: Bot, asha_id: int, client: SandboxClient) -> None:
    await bot.send_message(asha_id, "Hello")
    calls = (await client.ask("journal"))["calls"]
    assert isinstance(calls, list)
    assert isinstance(calls[-1], dict)
    assert (calls[-1]["method"], calls[-1]["status"]) == ("sendMessage", 200)
