"""What Telegram waits for: the end of a button's spinner, the word before a payment."""

import logging

from telegram import Bot, CallbackQuery, PreCheckoutQuery
from telegram.error import TelegramError

from bot.telegram_render import render_toast
from chat.model import Reply

log = logging.getLogger(__name__)

TRIES = 2


async def answer_press(query: CallbackQuery, reply: Reply | None) -> None:
    """Put an end to the button's spinner, with the notice if there is one."""
    notice, is_long = render_toast(reply.text) if reply and reply.toast else (None, None)
    try:
        await query.get_bot().answer_callback_query(query.id, notice, is_long)
    except TelegramError as error:  # too old by now, or nobody there to see it
        log.debug("a press could not be answered: %s", error.message)


async def answer_checkout(bot: Bot, query: PreCheckoutQuery, refusal: Reply | None) -> None:
    """Let a person pay, or say why not; without a word within ten seconds nobody pays.

    https://core.telegram.org/bots/api#answerprecheckoutquery
    """
    words = render_toast(refusal.text)[0] if refusal else None
    for left in reversed(range(TRIES)):
        try:
            await bot.answer_pre_checkout_query(query.id, refusal is None, words)
        except TelegramError as error:
            log.warning("a payment could not be answered: %s", error.message)
            if left == 0:
                return
        else:
            return
