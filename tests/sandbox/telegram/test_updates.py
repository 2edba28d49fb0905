import asyncio

import pytest
from telegram import Bot
from telegram.error import Conflict

from sandbox.client import Person, SandboxClient
from sandbox.telegram.updates import Updates


@pytest.mark.usefixtures("asha")
async def test_an_update_comes_again_until_it_is_confirmed(bot: Bot) -> None:
    first = await bot.get_updates()
    again = await bot.get_updates()
    assert [u.update_id for u in first] == [u.update_id for u in again]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()
    assert await bot.get_updates() == ()


async def test_a_waiting_poller_hears_at_once(bot: Bot, asha: Person) -> None:
    seen = (await bot.get_updates())[-1].update_id
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(offset=seen + 1, timeout=10))
        await asha.sandbox.ready()
        await asha.say("Hello")
    message = poll.result()[0].message
    assert message
    assert message.text == "Hello"


async def test_a_second_poller_ends_the_first(
    bot: Bot, second_bot: Bot, client: SandboxClient
) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(_conflict(bot))
        await client.ready()
        await second_bot.get_updates()
    assert "terminated by other getUpdates request" in first.result()


async def _conflict(bot: Bot) -> str:
    with pytest.raises(Conflict) as ended:
        await bot.get_updates(timeout=10)
    return ended.value.message


async def test_a_webhook_forbids_polling(bot: Bot) -> None:
    await bot.set_webhook("https://hub.example/telegram")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_only_wanted_kinds_come(bot: Bot, asha: Person) -> None:
    await bot.get_updates(offset=-1, allowed_updates=["callback_query"])
    await asha.say("unheard")
    await bot.get_updates(allowed_updates=[])
    await asha.say("heard")
    texts = [u.message.text for u in await bot.get_updates() if u.message]
    assert texts == ["/start", "heard"]


async def test_confirmed_updates_can_be_repeated(bot: Bot, asha: Person) -> None:
    await asha.say("Draw")
    seen = await bot.get_updates()
    offset = seen[-1].update_id + 1
    assert await bot.get_updates(offset=offset) == ()
    await asha.sandbox.redeliver(2)
    again = await bot.get_updates(offset=offset)
    assert [u.update_id for u in again] == [u.update_id for u in seen]
    assert await bot.get_updates(offset=offset) == ()


def kinds(updates: Updates) -> list[str]:
    return [update.kind for update in updates.pending]


async def test_a_negative_offset_keeps_the_last() -> None:
    updates = Updates()
    for _ in range(3):
        updates.add("message", {})
    updates.confirm(-1)
    assert kinds(updates) == ["message"]


async def test_rare_kinds_must_be_asked_for() -> None:
    updates = Updates()
    updates.add("chat_member", {})
    assert kinds(updates) == []
    updates.allow(["chat_member"])
    updates.add("chat_member", {})
    assert kinds(updates) == ["chat_member"]


async def test_at_most_limit_updates_come_at_once() -> None:
    updates = Updates()
    for _ in range(5):
        updates.add("message", {})
    assert len(await updates.poll(0, 2, 0, lambda: True)) == 2
    assert len(updates.pending) == 5


async def test_a_poller_that_hung_up_is_not_waited_for() -> None:
    updates = Updates()
    assert await updates.poll(0, 100, 50, lambda: False) == []
    assert not updates.polled
