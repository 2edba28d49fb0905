"""What the bot says, in Discord's Markdown, components and limits."""

import re
from collections.abc import Iterable
from typing import Any

from chat.model import Button, Media, Reply
from chat.text import Span, Text

EPHEMERAL = 1 << 6
"""The flag of a message that only one person sees and that leaves no trace."""

_TEXT_MAX = 2000
_LABEL_MAX = 80
_ALT_MAX = 1024
_ROWS_MAX = _ROW_MAX = 5

_ROW, _BUTTON = 1, 2
_SECONDARY, _LINK = 2, 5

_SPECIAL = re.compile(r"[\\*_~`|\[\]<@]|:(?=//|[\w+~-]+:)")
_LINE_START = re.compile(r"^([ \t]*\d*)([-#>+.)])", re.MULTILINE)
_MARKS = {"bold": "**", "italic": "*"}


def payload(reply: Reply, asker: str | None) -> dict[str, Any]:
    """The message's JSON, cut to what Discord accepts; only the asker can be notified by it."""
    message: dict[str, Any] = {
        "content": to_markdown(fitting(reply.text)),
        "components": _components(reply.buttons),
        "allowed_mentions": {"parse": [], "users": [asker] if asker else []},
    }
    if reply.all_media:
        shown = enumerate(reply.all_media)
        message["attachments"] = [_attachment(number, media) for number, media in shown]
    return message


def fitting(words: Text) -> Text:
    """The beginning that Discord accepts, however much its Markdown adds."""
    added = sum(_added_length(span) for span in words.spans)
    return words.cut(max(1, _TEXT_MAX - added), _escaped_length)


def to_markdown(words: Text) -> str:
    """Render spans; whatever they say is escaped. Quotes stand on lines of their own."""
    rendered = ""
    is_after_quote = False
    for span in words.spans:
        is_quote = span.style == "quote"
        begins_line = not rendered or rendered.endswith("\n")
        breaks_line = span.text.startswith("\n") and not is_quote
        if (is_quote or is_after_quote) and not begins_line and not breaks_line:
            rendered += "\n"
        rendered += _span(span)
        is_after_quote = is_quote
    return rendered


def escape(words: str) -> str:
    """Words that Discord shows as they are: no Markdown, mention, emoji or link among them."""
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", words))


def _span(span: Span) -> str:
    words = escape(span.text)
    if span.url is not None:
        return f"[{words}](<{span.url.replace('>', '%3E')}>)"
    match span.style:
        case "plain":
            return words
        case "code":  # nothing can be escaped here, and a backtick would end it
            return f"`{span.text.replace('`', 'ˋ')}`"
        case "quote":
            return "\n".join(f"> {line}" for line in words.split("\n"))
        case style:  # Discord shows the marks themselves where a space stands inside of them
            inner = words.strip()
            before, _, after = words.partition(inner) if inner else (words, "", "")
            mark = _MARKS[style] if inner else ""
            return f"{before}{mark}{inner}{mark}{after}"


def _added_length(span: Span) -> int:
    """How much longer than its escaped words a span can become: marks, breaks, a line's start."""
    marks = _length(_span(span)) - _escaped_length(span.text)
    return max(0, marks) + (3 if span.style == "quote" else 1)


def _escaped_length(words: str) -> int:
    return _length(escape(words))


def _length(words: str) -> int:
    """The length in UTF-16 code units: never less than Discord counts."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _components(rows: tuple[tuple[Button, ...], ...]) -> list[dict[str, Any]]:
    fitted = [short for row in rows for short in _split(row)]
    if len(fitted) > _ROWS_MAX:
        fitted = list(_split([button for row in rows for button in row]))[:_ROWS_MAX]
    return [{"type": _ROW, "components": [_button(button) for button in row]} for row in fitted]


def _split(row: tuple[Button, ...] | list[Button]) -> Iterable[tuple[Button, ...]]:
    return (tuple(row[start : start + _ROW_MAX]) for start in range(0, len(row), _ROW_MAX))


def _button(button: Button) -> dict[str, Any]:
    shown = {"type": _BUTTON, "label": button.label[:_LABEL_MAX]}
    if button.url is not None:
        return {**shown, "style": _LINK, "url": button.url}
    return {**shown, "style": _SECONDARY, "custom_id": button.press}


def file_name(media: Media) -> str:
    """The name under which a file is uploaded; by its beginning Discord covers it."""
    return f"SPOILER_{media.name}" if media.spoiler else media.name


def _attachment(number: int, media: Media) -> dict[str, Any]:
    alt = {"description": media.alt[:_ALT_MAX]} if media.alt else {}
    return {"id": number, "filename": file_name(media), **alt}
