import pytest
from telegram import (
    Bot,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest

from sandbox.client import NothingCame, Person


def markup(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(rows)


def button(data: str = "x", text: str = "Press") -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data)


async def test_every_kind_of_button_comes_back_as_it_was_sent(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    keyboard = markup(
        [InlineKeyboardButton("Pay ₹200", url="http://127.0.0.1:8900/rzp/1", style="success")],
        [button(), InlineKeyboardButton("Copy", copy_text=CopyTextButton("SEED 7"))],
    )
    sent = await bot.send_message(asha_id, "Pay", reply_markup=keyboard)
    assert sent.reply_markup == keyboard
    message = await asha.wait("Pay")
    assert message.buttons == ["Pay ₹200", "Press", "Copy"]
    assert message.button("pay").url == "http://127.0.0.1:8900/rzp/1"
    with pytest.raises(NothingCame, match="opens"):
        await asha.press(message, "Pay")
    with pytest.raises(NothingCame, match="no button 'Sell'"):
        message.button("Sell")


async def test_callback_data_has_up_to_64_bytes(bot: Bot, asha_id: int) -> None:
    await bot.send_message(asha_id, "ok", reply_markup=markup([button("x" * 64)]))
    for data in ("x" * 65, "₹" * 22):
        with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
            await bot.send_message(asha_id, "no", reply_markup=markup([button(data)]))


async def test_keyboards_have_limits(bot: Bot, asha_id: int) -> None:
    wide = markup([button(str(i)) for i in range(9)])
    long = markup(*[[button(str(i))] for i in range(101)])
    with pytest.raises(BadRequest, match=r"(?i)button_row_too_long"):
        await bot.send_message(asha_id, "wide", reply_markup=wide)
    with pytest.raises(BadRequest, match=r"(?i)reply markup is too long"):
        await bot.send_message(asha_id, "long", reply_markup=long)


@pytest.mark.parametrize("url", ["http://pay here", "ftp://a.in", "http://intranet/x"])
async def test_an_address_that_cannot_be_opened_is_refused(
    bot: Bot, asha_id: int, url: str
) -> None:
    keyboard = markup([InlineKeyboardButton("Pay", url=url)])
    with pytest.raises(BadRequest, match=r"(?i)wrong http url"):
        await bot.send_message(asha_id, "Pay", reply_markup=keyboard)


async def test_a_button_needs_words(bot: Bot, asha_id: int) -> None:
    with pytest.raises(BadRequest, match=r"(?i)text buttons are unallowed"):
        await bot.send_message(asha_id, "?", reply_markup=markup([button(text=" ")]))


async def test_reply_keyboards_are_refused_not_ignored(bot: Bot, asha_id: int) -> None:
    with pytest.raises(BadRequest, match=r"(?i)inline keyboards alone"):
        await bot.send_message(asha_id, "?", reply_markup=ReplyKeyboardMarkup([["Yes"]]))


async def test_a_message_can_ask_to_be_answered(bot: Bot, asha: Person, asha_id: int) -> None:
    field = ForceReply(input_field_placeholder="x" * 64)
    await bot.send_message(asha_id, "Which words?", reply_markup=field)
    asked = await asha.wait("Which words?")
    assert asked.asks == ("asha",)
    assert asked.buttons == []

    with pytest.raises(BadRequest, match="placeholder"):
        longer = ForceReply(input_field_placeholder="x" * 65)
        await bot.send_message(asha_id, "Which words?", reply_markup=longer)
