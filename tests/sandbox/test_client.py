import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.app import Sandbox, serve
from sandbox.client import NothingCame, Person, SandboxClient
from tests.sandbox.conftest import picture


async def test_waiting_sees_every_state_a_message_went_through(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    sent = await bot.send_message(asha_id, "Queued")
    for text in ("Drawing 50 %", "Done"):
        await bot.edit_message_text(text, asha_id, sent.message_id)
    assert (await asha.wait("Queued")).edited is False
    assert (await asha.wait("50 %")).edited is True
    assert (await asha.wait(lambda message: message.text == "Done")).id == sent.message_id


async def test_waiting_looks_only_at_what_came_after_the_last_act(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    await bot.send_message(asha_id, "Old answer")
    await asha.say("Again")
    with pytest.raises(NothingCame, match=r"asha waited for 'answer'; came: \[\]"):
        await asha.wait("answer", patience=0.01)


async def test_waiting_lasts_until_the_message_comes(bot: Bot, asha: Person, asha_id: int) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(asha.wait("Hello"))
        await asyncio.sleep(0)
        await bot.send_message(asha_id, "Hello")
    assert waiting.result().sender == "bot"


async def test_what_came_instead_is_told(bot: Bot, asha: Person, asha_id: int) -> None:
    await bot.send_photo(asha_id, picture())
    await bot.send_message(asha_id, "Sorry")
    with pytest.raises(NothingCame, match=r"came: \['\[photo\]', 'Sorry'\]"):
        await asha.wait("Done", patience=0.1)


async def test_a_press_that_is_not_answered_is_reported(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Buy an hour", callback_data="b")]])
    await bot.send_message(asha_id, "Plans", reply_markup=keyboard)
    await asha.press(await asha.wait("Plans"), "buy")
    with pytest.raises(NothingCame, match="not answered"):
        await asha.wait_answer(patience=0.01)


async def test_a_person_can_send_a_photo_and_a_reply(bot: Bot, asha: Person, asha_id: int) -> None:
    await bot.send_message(asha_id, "Send me a photo")
    asked = await asha.wait("Send me")
    await asha.say("Here", photo=picture(30, 20), reply_to=asked)
    last = (await asha.messages())[-1]
    assert last.media
    assert (last.media.width, last.media.height, last.reply_to) == (30, 20, asked.id)


async def test_two_worlds_do_not_meet(sandbox: Sandbox, asha: Person) -> None:
    async with serve() as other, SandboxClient(other.url) as client:
        assert other.url != sandbox.url
        assert await client.person("asha").messages() == []
    assert len(await asha.messages()) == 1
