import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram import Bot, Update
from telegram.request import HTTPXRequest

from bot.telegram_polling import Handle, Polling
from chat.errors import TokenRejectedError
from tests.bot.bot_api import TOKEN, BotApi, serve_bot_api


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serve_bot_api() as api:
        yield api


@asynccontextmanager
async def polling(
    api: BotApi, handle: Handle, token: str = TOKEN
) -> AsyncGenerator[tuple[list[float], asyncio.Task[None]]]:
    """Polls meanwhile; gives the waits that were asked for."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    requests = HTTPXRequest(), HTTPXRequest()
    bot = Bot(token, f"{api.url}/bot", request=requests[0], get_updates_request=requests[1])

    async def run() -> None:
        await Polling(bot, handle, sleep=sleep, grace_s=0.02).run()

    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(run())
            yield waits, task
            task.cancel()
    finally:
        for request in requests:
            await request.shutdown()


def words(update: Update) -> str:
    assert update.message is not None
    return update.message.text or ""


async def test_updates_are_handled_once_and_then_confirmed(api: BotApi) -> None:
    handled: list[str] = []

    async def handle(update: Update) -> None:
        handled.append(words(update))

    async with polling(api, handle):
        await api.until_confirmed(await api.say("one"))
        await api.say("two")
        await api.until_confirmed(await api.say("three"))

    assert handled == ["one", "two", "three"]
    assert api.calls[0].json("allowed_updates") == [
        "message",
        "callback_query",
        "pre_checkout_query",
    ]


async def test_a_slow_update_is_not_confirmed_and_holds_back_no_other(api: BotApi) -> None:
    handled: list[str] = []
    release, quick = asyncio.Event(), asyncio.Event()

    async def handle(update: Update) -> None:
        handled.append(words(update))
        if words(update) == "slow":
            await release.wait()
        else:
            quick.set()

    async with polling(api, handle):
        slow = await api.say("slow")
        await api.until("getUpdates", count=3)
        last = await api.say("quick")
        await asyncio.wait_for(quick.wait(), 10)
        await api.until("getUpdates", count=len(api.sent("getUpdates")) + 3)
        assert api.confirmed <= slow
        release.set()
        await api.until_confirmed(last)

    assert handled == ["slow", "quick"]


async def test_what_was_in_hand_at_a_stop_comes_again_and_what_was_done_does_not(
    api: BotApi,
) -> None:
    handled: list[str] = []
    stuck = asyncio.Event()

    async def hang(update: Update) -> None:
        if words(update) == "second":
            stuck.set()
            await asyncio.Event().wait()

    async def handle(update: Update) -> None:
        handled.append(words(update))

    await api.say("first")
    second = await api.say("second")
    async with polling(api, hang):
        await asyncio.wait_for(stuck.wait(), 10)
    assert api.confirmed == second

    async with polling(api, handle):
        await api.until_confirmed(second)

    assert handled == ["second"]


async def test_an_unreachable_server_is_asked_again_with_growing_waits(api: BotApi) -> None:
    async def handle(_: Update) -> None:
        handled.set()

    handled = asyncio.Event()
    for _ in range(8):
        api.refuse("getUpdates", 502, "Bad Gateway")
    async with polling(api, handle) as (waits, _):
        await api.say("hello")
        await asyncio.wait_for(handled.wait(), 10)

    assert len(waits) == 8
    assert waits[0] <= 1
    assert 15 <= waits[-1] <= 30


async def test_a_flooded_poll_waits_as_long_as_it_is_told(api: BotApi) -> None:
    async def handle(_: Update) -> None:
        handled.set()

    handled = asyncio.Event()
    api.refuse("getUpdates", 429, "Too Many Requests: retry after 9", retry_after=9)
    async with polling(api, handle) as (waits, _):
        await api.say("hello")
        await asyncio.wait_for(handled.wait(), 10)

    assert waits == [9]


async def test_a_second_poller_is_reported_and_outlived(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(_: Update) -> None:
        handled.set()

    handled = asyncio.Event()
    api.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    async with polling(api, handle):
        await api.say("hello")
        await asyncio.wait_for(handled.wait(), 10)

    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "another program receives this bot's updates" in record.message


async def test_a_wrong_token_ends_polling_without_showing_it(api: BotApi) -> None:
    async def handle(_: Update) -> None:
        raise AssertionError

    with pytest.raises(ExceptionGroup) as caught:
        async with polling(api, handle, token="8:wrong") as (_, task):
            await asyncio.wait([task])

    [error] = caught.value.exceptions
    assert isinstance(error, TokenRejectedError)
    assert "wrong" not in str(error)
