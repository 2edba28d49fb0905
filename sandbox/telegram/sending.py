"""sendMessage, sendPhoto and the other methods that put something new into a chat."""

import secrets
from dataclasses import replace

from sandbox.records import BOT, Action, Chat, Json, JsonValue, Media, Message
from sandbox.telegram.bot import Bot
from sandbox.telegram.entities import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Formatted,
    format_text,
    read_text,
)
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import read_force_reply, read_keyboard
from sandbox.telegram.media import input_media, sent_media
from sandbox.telegram.params import Params, string

ALBUM = range(2, 11)
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip


async def send_message(bot: Bot, params: Params) -> JsonValue:
    """A text message."""
    text, entities = read_text(params, "text", "entities", LONGEST_TEXT)
    if not text:
        raise bad_request("message text is empty")
    keyboard = read_keyboard(params)
    chat = bot.chat_to_speak_in(params)
    message = replace(_new(bot, chat, params), text=text, entities=entities, keyboard=keyboard)
    return bot.render.message(bot.world.post(_asking(bot, chat, params, message)))


async def send_photo(bot: Bot, params: Params) -> JsonValue:
    """A picture; it is recompressed."""
    return await _send_media(bot, params, await sent_media(bot.world, params, "photo"))


async def send_video(bot: Bot, params: Params) -> JsonValue:
    """A clip with sound."""
    return await _send_media(bot, params, await sent_media(bot.world, params, "video"))


async def send_animation(bot: Bot, params: Params) -> JsonValue:
    """A clip without sound, which plays by itself."""
    return await _send_media(bot, params, await sent_media(bot.world, params, "animation"))


async def send_document(bot: Bot, params: Params) -> JsonValue:
    """A file, byte for byte; a clip that Telegram may look at becomes one that plays by itself."""
    media = await sent_media(bot.world, params, "document")
    if media.file.mime == "video/mp4" and not params.flag("disable_content_type_detection"):
        media = replace(media, kind="animation")
    return await _send_media(bot, params, media)


async def _send_media(bot: Bot, params: Params, media: Media) -> JsonValue:
    text, entities = read_text(params, "caption", "caption_entities", LONGEST_CAPTION)
    keyboard = read_keyboard(params)
    chat = bot.chat_to_speak_in(params)
    message = replace(
        _new(bot, chat, params),
        text=text,
        entities=entities,
        media=media,
        keyboard=keyboard,
        caption_above=params.flag("show_caption_above_media"),
    )
    return bot.render.message(bot.world.post(message))


async def send_media_group(bot: Bot, params: Params) -> JsonValue:
    """An album of two to ten; it carries no keyboard."""
    items = params.objects("media", "media")
    if len(items) not in ALBUM:
        raise bad_request("there must be from 2 to 10 messages to send as an album")
    _check_album({string(item.get("type")) for item in items})
    parts = [await _album_part(bot, params, item) for item in items]
    chat = bot.chat_to_speak_in(params, len(items))
    album = str(10**16 + secrets.randbelow(10**15))
    sent: list[JsonValue] = []
    for media, (text, entities) in parts:
        message = replace(
            _new(bot, chat, params), text=text, entities=entities, media=media, album=album
        )
        sent.append(bot.render.message(bot.world.post(message)))
    return sent


def _check_album(kinds: set[str]) -> None:
    if "animation" in kinds or ("document" in kinds and len(kinds) > 1):
        raise bad_request("type of media can't be mixed with other media types in the album")


async def _album_part(bot: Bot, params: Params, item: Json) -> tuple[Media, Formatted]:
    return await input_media(bot.world, params, item), read_caption(item)


def read_caption(item: Json) -> Formatted:
    """The caption of one InputMedia."""
    explicit = item.get("caption_entities")
    return format_text(
        string(item.get("caption")),
        string(item.get("parse_mode")),
        [e for e in explicit if isinstance(e, dict)] if isinstance(explicit, list) else [],
        LONGEST_CAPTION,
    )


async def send_chat_action(bot: Bot, params: Params) -> JsonValue:
    """Show for five seconds that the bot is busy; not counted against the limits."""
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = bot.open_chat(params)
    bot.world.emit("action", chat.key, Action(action))
    return True


def _asking(bot: Bot, chat: Chat, params: Params, message: Message) -> Message:
    """The message with the field to answer that it opens, and for whom."""
    field = read_force_reply(params)
    if field is None:
        return message
    original = bot.world.message(chat.key, message.reply_to or 0)
    concerned = {entity.user_id for entity in message.entities}
    asks = tuple(
        key
        for key in chat.members
        if not field.selective
        or chat.kind == "private"
        or bot.world.people[key].id in concerned
        or (original is not None and original.sender == key)
    )
    return replace(message, asks=asks, placeholder=field.placeholder)


def _new(bot: Bot, chat: Chat, params: Params) -> Message:
    return Message(
        id=bot.world.next_message_id(),
        chat=chat.key,
        sender=BOT,
        sent=int(bot.world.now()),
        reply_to=bot.reply_target(chat, params),
        silent=params.flag("disable_notification"),
        protected=params.flag("protect_content"),
    )


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendVideo": send_video,
    "sendAnimation": send_animation,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
