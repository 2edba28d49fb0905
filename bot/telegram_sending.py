"""Puts a reply into Telegram's calls: a new message, or one in the place of another."""

from dataclasses import replace

from telegram import (
    Bot,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot.telegram_album import send_album
from bot.telegram_errors import says, translated
from bot.telegram_render import Rendered, render, upload_kind
from chat.errors import MessageGoneError
from chat.model import Address, Media, Reply

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def send(bot: Bot, address: Address, reply: Reply) -> str:
    """Send a new message and return its id; errors as in `translated`.

    A topic or group that moved since the address was written down is followed.
    """
    with translated():
        try:
            message = await _send(bot, address, reply)
        except ChatMigrated as moved:
            address = replace(address, chat=str(moved.new_chat_id), thread=None)
            message = await _send(bot, address, reply)
        except BadRequest as error:
            if address.thread is None or not says(error, "thread not found"):
                raise
            message = await _send(bot, replace(address, thread=None), reply)
    return str(message.message_id)


async def edit(bot: Bot, address: Address, reply: Reply) -> None:
    """Put a reply in the place of `address.message`; once more changes nothing."""
    assert address.message is not None, "there is a message to edit"
    with translated():
        try:
            await _edit(bot, address, int(address.message), reply)
        except BadRequest as error:
            if not says(error, "message is not modified"):
                raise


async def _send(bot: Bot, address: Address, reply: Reply) -> Message:
    if reply.album:
        await send_album(bot, address, reply.all_media, _quoted(address))
        reply = replace(reply, media=None, album=())
    rendered = render(reply)
    if reply.media is not None:
        return await _send_media(bot, address, reply.media, rendered)
    return await bot.send_message(
        address.chat,
        rendered.html,
        parse_mode=ParseMode.HTML,
        reply_markup=rendered.form or rendered.keyboard,
        reply_parameters=_quoted(address),
        message_thread_id=_thread(address),
        link_preview_options=_NO_PREVIEW,
    )


async def _send_media(bot: Bot, address: Address, media: Media, rendered: Rendered) -> Message:
    match upload_kind(media):
        case "photo":
            return await bot.send_photo(
                address.chat,
                media.data,
                filename=media.name,
                has_spoiler=media.spoiler or None,
                caption=rendered.html,
                parse_mode=ParseMode.HTML,
                reply_markup=rendered.keyboard,
                reply_parameters=_quoted(address),
                message_thread_id=_thread(address),
            )
        case "video":
            return await bot.send_video(
                address.chat,
                media.data,
                filename=media.name,
                width=media.width,
                height=media.height,
                duration=_duration_s(media),
                thumbnail=media.thumbnail,
                supports_streaming=True,
                has_spoiler=media.spoiler or None,
                caption=rendered.html,
                parse_mode=ParseMode.HTML,
                reply_markup=rendered.keyboard,
                reply_parameters=_quoted(address),
                message_thread_id=_thread(address),
            )
        case "document":
            return await bot.send_document(
                address.chat,
                media.data,
                filename=media.name,
                thumbnail=media.thumbnail,
                disable_content_type_detection=True,  # else a clip without sound becomes a GIF
                caption=rendered.html,
                parse_mode=ParseMode.HTML,
                reply_markup=rendered.keyboard,
                reply_parameters=_quoted(address),
                message_thread_id=_thread(address),
            )


async def _edit(bot: Bot, address: Address, message: int, reply: Reply) -> None:
    if reply.album:
        # The words first: when they cannot be edited, both are sent anew.
        await _edit(bot, address, message, replace(reply, media=None, album=()))
        quoted = ReplyParameters(message, allow_sending_without_reply=True)
        await send_album(bot, address, reply.all_media, quoted)
        return
    chat, rendered = address.chat, render(reply)
    if reply.media is not None:
        media = _input_media(reply.media, rendered.html)
        await bot.edit_message_media(media, chat, message, reply_markup=rendered.keyboard)
        return
    try:
        await bot.edit_message_text(
            rendered.html,
            chat,
            message,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
            link_preview_options=_NO_PREVIEW,
        )
    except BadRequest as error:
        if not says(error, "no text in the message"):
            raise
        # The message shows a picture or clip, and cannot become one without.
        if reply.is_bare and await _deleted(bot, chat, message):
            raise MessageGoneError("what is to be shown needs a new message") from error
        # The words go under it.
        await bot.edit_message_caption(
            chat,
            message,
            caption=render(reply, as_caption=True).html,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
        )


async def _deleted(bot: Bot, chat: str, message: int) -> bool:
    """Delete a message; false when it is too old for that."""
    try:
        return await bot.delete_message(chat, message)
    except BadRequest:
        return False


def _input_media(
    media: Media, caption: str
) -> InputMediaPhoto | InputMediaVideo | InputMediaDocument:
    match upload_kind(media):
        case "photo":
            return InputMediaPhoto(
                media.data,
                caption,
                ParseMode.HTML,
                filename=media.name,
                has_spoiler=media.spoiler or None,
            )
        case "video":
            return InputMediaVideo(
                media.data,
                caption,
                media.width,
                media.height,
                _duration_s(media),
                supports_streaming=True,
                has_spoiler=media.spoiler or None,
                parse_mode=ParseMode.HTML,
                thumbnail=media.thumbnail,
                filename=media.name,
            )
        case "document":
            return InputMediaDocument(
                media.data,
                caption,
                ParseMode.HTML,
                filename=media.name,
                thumbnail=media.thumbnail,
            )


def _duration_s(media: Media) -> int | None:
    return None if media.duration_s is None else max(1, round(media.duration_s))


def _quoted(address: Address) -> ReplyParameters | None:
    if address.reply_to is None:
        return None
    return ReplyParameters(int(address.reply_to), allow_sending_without_reply=True)


def _thread(address: Address) -> int | None:
    return None if address.thread is None else int(address.thread)
