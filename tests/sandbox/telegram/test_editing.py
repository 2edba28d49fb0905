import pytest
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)
from telegram.error import BadRequest

from sandbox.client import Person, SandboxClient
from tests.sandbox.conftest import picture

BUY = InlineKeyboardMarkup([[InlineKeyboardButton("Buy", callback_data="buy")]])


async def pressed(bot: Bot, asha: Person, asha_id: int) -> CallbackQuery:
    """Asha presses Buy; returns the query the bot gets."""
    await bot.send_message(asha_id, "Plans", reply_markup=BUY)
    await asha.press(await asha.wait("Plans"), "Buy")
    query = (await bot.get_updates(offset=-1))[0].callback_query
    assert query
    return query


async def test_a_text_is_edited_in_place(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = await bot.send_message(asha_id, "Queued", reply_markup=BUY)
    edited = await bot.edit_message_text("Drawing", asha_id, sent.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert edited.reply_markup is None
    message = await asha.wait("Drawing")
    assert (message.id, message.edited, message.buttons) == (sent.message_id, True, [])


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, asha_id: int) -> None:
    sent = await bot.send_message(asha_id, "<b>Same</b>", parse_mode="HTML", reply_markup=BUY)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(
            "<b>Same</b>", asha_id, sent.message_id, parse_mode="HTML", reply_markup=BUY
        )


async def test_a_message_that_is_gone_cannot_be_edited(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    theirs = await asha.say("Mine")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", asha_id, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", asha_id, theirs)


async def test_a_text_becomes_a_photo_but_not_the_other_way(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    sent = await bot.send_message(asha_id, "Drawing")
    await bot.edit_message_media(
        InputMediaPhoto(picture(), caption="<i>Done</i>", parse_mode="HTML"),
        asha_id, sent.message_id, reply_markup=BUY,
    )  # fmt: skip
    message = await asha.wait("Done")
    assert message.photo
    assert message.buttons == ["Buy"]
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", asha_id, sent.message_id)


async def test_a_caption_is_edited_only_where_there_is_media(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    photo = await bot.send_photo(asha_id, picture(), caption="Old")
    await bot.edit_message_caption(asha_id, photo.message_id, caption="New")
    assert (await asha.wait("New")).photo
    text = await bot.send_message(asha_id, "Text")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(asha_id, text.message_id, caption="New")


async def test_a_changed_keyboard_does_not_mark_the_message_as_edited(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    sent = await bot.send_message(asha_id, "Plans", reply_markup=BUY)
    edited = await bot.edit_message_reply_markup(asha_id, sent.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date is None
    assert (await asha.wait(lambda m: not m.buttons)).text == "Plans"


async def test_a_deleted_message_is_gone(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = await bot.send_message(asha_id, "Oops")
    assert await bot.delete_message(asha_id, sent.message_id)
    assert [message.text for message in await asha.messages()] == ["/start"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(asha_id, sent.message_id)


async def test_a_message_older_than_two_days_stays(
    bot: Bot, asha_id: int, client: SandboxClient
) -> None:
    sent = await bot.send_message(asha_id, "Old")
    await client.advance(49 * 3600)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(asha_id, sent.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_messages(asha_id, [sent.message_id])


async def test_many_messages_are_deleted_at_once(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = [await bot.send_message(asha_id, text) for text in ("a", "b")]
    assert await bot.delete_messages(asha_id, [*(m.message_id for m in sent), 999])
    assert len(await asha.messages()) == 1


async def test_a_query_is_answered_with_a_toast_or_an_alert(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    query = await pressed(bot, asha, asha_id)
    assert query.data == "buy"
    assert query.from_user.username == "asha_nair"
    assert query.message
    await query.answer("Paid", show_alert=True)
    answer = await asha.wait_answer()
    assert (answer.text, answer.alert) == ("Paid", True)


async def test_a_query_is_answered_once(bot: Bot, asha: Person, asha_id: int) -> None:
    query = await pressed(bot, asha, asha_id)
    await query.answer()
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_a_query_grows_old(
    bot: Bot, asha: Person, asha_id: int, client: SandboxClient
) -> None:
    query = await pressed(bot, asha, asha_id)
    await client.advance(16)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_an_answer_has_at_most_200_characters(bot: Bot, asha: Person, asha_id: int) -> None:
    query = await pressed(bot, asha, asha_id)
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await query.answer("x" * 201)
