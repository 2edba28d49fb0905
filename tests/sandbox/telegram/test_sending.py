from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.client import Person
from tests.sandbox.conftest import picture


async def test_a_text_reaches_the_person_with_its_buttons(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Buy", callback_data="v1:buy:1")]])
    await bot.send_message(asha_id, "<b>Welcome</b>", parse_mode="HTML", reply_markup=keyboard)
    message = await asha.wait("Welcome")
    assert message.buttons == ["Buy"]
    updates = await bot.get_updates()
    await asha.press(message, "Buy")
    query = (await bot.get_updates(offset=updates[-1].update_id + 1))[0].callback_query
    assert query
    assert query.data == "v1:buy:1"
    await query.answer("Thanks")
    assert (await asha.wait_answer()).text == "Thanks"


async def test_a_photo_arrives(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = await bot.send_photo(asha_id, picture(512, 512), caption="done")
    assert [size.width for size in sent.photo] == [90, 320, 512]
    message = await asha.wait("done")
    assert message.photo
