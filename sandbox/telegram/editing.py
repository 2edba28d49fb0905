"""Methods that change or remove a message, and the answer to a pressed button."""

from dataclasses import replace

from sandbox.records import BOT, Answer, JsonValue, Message
from sandbox.telegram.bot import Bot
from sandbox.telegram.entities import LONGEST_CAPTION, LONGEST_TEXT, read_text
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import read_keyboard
from sandbox.telegram.media import input_media
from sandbox.telegram.params import Params
from sandbox.telegram.sending import read_caption

ANSWER_WITHIN = 15  # seconds; undocumented, seen to be "roughly 10 to 15"
LONGEST_ANSWER = 200
DELETE_WITHIN = 48 * 3600
MOST_AT_ONCE = 100


async def edit_text(bot: Bot, params: Params) -> JsonValue:
    """New text for a text message."""
    text, entities = read_text(params, "text", "entities", LONGEST_TEXT)
    old = _old(bot, params)
    if old.media:
        raise bad_request("there is no text in the message to edit")
    if not text:
        raise bad_request("message text is empty")
    return _change(bot, old, replace(old, text=text, entities=entities), params)


async def edit_caption(bot: Bot, params: Params) -> JsonValue:
    """A new caption for a message with media."""
    text, entities = read_text(params, "caption", "caption_entities", LONGEST_CAPTION)
    old = _old(bot, params)
    if not old.media:
        raise bad_request("there is no caption in the message to edit")
    above = params.flag("show_caption_above_media")
    new = replace(old, text=text, entities=entities, caption_above=above)
    return _change(bot, old, new, params)


async def edit_media(bot: Bot, params: Params) -> JsonValue:
    """Other media; a text message may become one with media, but not the other way round."""
    shape = params.object("media", "input media")
    media = await input_media(bot.world, params, shape)
    text, entities = read_caption(shape)
    old = _old(bot, params)
    if old.album and media.kind not in {"photo", "video"}:
        raise bad_request("message content type can't be changed in an album")
    return _change(bot, old, replace(old, media=media, text=text, entities=entities), params)


async def edit_keyboard(bot: Bot, params: Params) -> JsonValue:
    """Another keyboard, or none."""
    old = _old(bot, params)
    return _change(bot, old, old, params)


def _old(bot: Bot, params: Params) -> Message:
    """The message to edit, after every check that does not count against the limits."""
    return bot.message_to_edit(bot.chat(params), params)


def _change(bot: Bot, old: Message, new: Message, params: Params) -> JsonValue:
    """Put the changed message in place; leaving the keyboard out takes it away."""
    new = replace(new, keyboard=read_keyboard(params, edit=True))
    if new == old:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are"
            " exactly the same as a current content and reply markup of the message"
        )
    bot.chat_to_speak_in(params)
    only_keyboard = replace(new, keyboard=old.keyboard) == old
    return bot.render.message(bot.world.edit(new, mark=not only_keyboard))


async def delete_message(bot: Bot, params: Params) -> JsonValue:
    """Remove a message: the bot's own, or a person's in a private chat."""
    chat = bot.chat(params)
    message = bot.world.message(chat.key, params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _check_deletable(bot, message)
    bot.world.delete(message)
    return True


async def delete_messages(bot: Bot, params: Params) -> JsonValue:
    """Remove up to a hundred messages; those that are gone are passed over."""
    chat = bot.chat(params)
    wanted = params.json("message_ids", "message identifiers")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise bad_request("message identifiers are not specified")
    numbers = [item for item in wanted if isinstance(item, int)]
    found = [m for n in numbers if (m := bot.world.message(chat.key, n))]
    for message in found:
        _check_deletable(bot, message)
    for message in found:
        bot.world.delete(message)
    return True


def _check_deletable(bot: Bot, message: Message) -> None:
    foreign = message.sender != BOT and bot.world.chats[message.chat].kind == "group"
    if foreign or bot.world.now() - message.sent > DELETE_WITHIN:
        raise bad_request("message can't be deleted for everyone")


async def answer_callback_query(bot: Bot, params: Params) -> JsonValue:
    """React to a pressed button; works once, and only for a short time."""
    query = bot.queries.pop(params.text("callback_query_id"), None)
    if query is None or bot.world.now() - query.asked > ANSWER_WITHIN:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url") or None
    bot.world.emit(
        "answer", query.chat, Answer(query.person, query.id, text, params.flag("show_alert"), url)
    )
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_keyboard,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
