"""Several pictures at once on Telegram: an album, which can be neither edited nor have buttons.

So the words with their buttons are a message of their own.
"""

from collections.abc import Callable, Sequence

from telegram import Bot, InputMediaDocument, InputMediaPhoto, ReplyParameters

from bot.telegram_render import upload_kind
from chat.model import Address, Media


async def send_album(
    bot: Bot, address: Address, pictures: Sequence[Media], quoted: ReplyParameters | None
) -> None:
    """Send pictures together; as files if one of them is beyond the limits for photos."""
    is_files = any(upload_kind(picture) == "document" for picture in pictures)
    part: Callable[[Media], InputMediaPhoto | InputMediaDocument] = _file if is_files else _photo
    await bot.send_media_group(
        address.chat,
        [part(picture) for picture in pictures],
        reply_parameters=quoted,
        message_thread_id=None if address.thread is None else int(address.thread),
    )


def _photo(picture: Media) -> InputMediaPhoto:
    return InputMediaPhoto(picture.data, filename=picture.name, has_spoiler=picture.spoiler or None)


def _file(picture: Media) -> InputMediaDocument:
    return InputMediaDocument(picture.data, filename=picture.name)
