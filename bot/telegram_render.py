"""What the bot says, in Telegram's HTML, keyboards and limits."""

from dataclasses import dataclass
from html import escape
from typing import Literal

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardMarkupLimit, MessageLimit

from bot.telegram_forms import reply_field
from chat.model import Button, Media, Reply
from chat.text import Span, Text

_TOAST_MAX = 200
_TOAST_GLANCE_MAX = 80
"""A longer notice waits until it is put away."""
_PHOTO_BYTES_MAX = 10_000_000
_PHOTO_SIDES_MAX = 10_000
_PHOTO_RATIO_MAX = 20

_TAGS = {"bold": "b", "italic": "i", "code": "code", "quote": "blockquote"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply ready for the Bot API."""

    html: str
    """The message's text, or its medium's caption."""
    keyboard: InlineKeyboardMarkup | None
    form: ForceReply | None = None
    """What a new message asks for in the place of a keyboard."""


def render(reply: Reply, *, as_caption: bool = False) -> Rendered:
    """Render a message, cut to what Telegram accepts."""
    is_caption = as_caption or reply.media is not None
    limit = MessageLimit.CAPTION_LENGTH if is_caption else MessageLimit.MAX_TEXT_LENGTH
    html = to_html(reply.text.cut(limit, utf16_length))
    form = reply_field(reply.form) if reply.form else None
    return Rendered(html, _keyboard(reply.buttons), form)


def render_toast(words: Text) -> tuple[str, bool]:
    """The notice for the person who pressed a button, and whether it asks to be put away."""
    notice = words.cut(_TOAST_MAX, utf16_length).plain
    return notice, len(notice) > _TOAST_GLANCE_MAX


def to_html(words: Text) -> str:
    """Render spans; whatever they say is escaped."""
    return "".join(_span(span) for span in words.spans)


def utf16_length(words: str) -> int:
    """The length as Telegram counts it."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def upload_kind(media: Media) -> Literal["photo", "video", "document"]:
    """How a medium is sent: pictures beyond the limits for photos go as files."""
    short, long = sorted((media.width, media.height))
    is_photo = (
        len(media.data) <= _PHOTO_BYTES_MAX
        and short + long <= _PHOTO_SIDES_MAX
        and long <= short * _PHOTO_RATIO_MAX
    )
    return "document" if media.kind == "photo" and not is_photo else media.kind


def _span(span: Span) -> str:
    words = escape(span.text)
    if tag := _TAGS.get(span.style):
        words = f"<{tag}>{words}</{tag}>"
    return f'<a href="{escape(span.url)}">{words}</a>' if span.url else words


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    width = InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    short = [row[start : start + width] for row in rows for start in range(0, len(row), width)]
    if not short:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in short])


def _button(button: Button) -> InlineKeyboardButton:
    if button.url is not None:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.press)
