"""Inline keyboards: read from a request with the real refusals, written into a message."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.records import Button, Json, JsonValue, Keyboard
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params, string

LONGEST_DATA = 64
WIDEST_ROW = 8
MOST_BUTTONS = 100
LONGEST_COPY = 256
LONGEST_PLACEHOLDER = 64
_STYLES = {"danger", "success", "primary"}
_SCHEMES = {"http", "https", "tg", "ton"}


def read_keyboard(params: Params, *, edit: bool = False) -> Keyboard:
    """The inline keyboard of a request; empty where there is none.

    Only inline keyboards and fields to answer are pretended: reply keyboards are refused, not
    silently dropped.

    Raises:
        ApiError: 400 with the sentence of the real server.
    """
    markup = params.object("reply_markup", "reply keyboard markup")
    if not markup:
        return ()
    if markup.get("force_reply") is True and not edit:
        return ()
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        wanted = "inline keyboard expected" if edit else "the sandbox shows inline keyboards alone"
        raise bad_request(wanted)
    keyboard = tuple(_row(row) for row in rows)
    _check_size(keyboard)
    return tuple(row for row in keyboard if row)


@dataclass(frozen=True, slots=True)
class ForceReply:
    """A field to answer that opens by itself; `selective` for those whom the message concerns."""

    placeholder: str
    selective: bool


def read_force_reply(params: Params) -> ForceReply | None:
    """The field to answer that a request asks for."""
    markup = params.object("reply_markup", "reply keyboard markup")
    if not markup or markup.get("force_reply") is not True:
        return None
    placeholder = string(markup.get("input_field_placeholder"))
    if len(placeholder) > LONGEST_PLACEHOLDER:
        raise bad_request("input field placeholder is too long")
    return ForceReply(placeholder, markup.get("selective") is True)


def _row(row: JsonValue) -> tuple[Button, ...]:
    if not isinstance(row, list):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    return tuple(_button(item) for item in row)


def _check_size(keyboard: Keyboard) -> None:
    if any(len(row) > WIDEST_ROW for row in keyboard):
        raise bad_request("BUTTON_ROW_TOO_LONG")
    if sum(len(row) for row in keyboard) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")


def _button(item: JsonValue) -> Button:
    if not isinstance(item, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    text = string(item.get("text")).strip()
    if not text:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    style = string(item.get("style")) or None
    if style and style not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    if "url" in item:
        return Button(text, url=_url(string(item["url"])), style=style)
    if "callback_data" in item:
        return Button(text, data=_data(string(item["callback_data"])), style=style)
    if isinstance(copy := item.get("copy_text"), dict):
        return Button(text, copy=_copy(string(copy.get("text"))), style=style)
    raise bad_request(
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    )


def _data(data: str) -> str:
    if not 1 <= len(data.encode()) <= LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _copy(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return text


def _url(url: str) -> str:
    """An address that Telegram would open; a bare domain becomes http.

    The real server refuses hosts without a dot except localhost on some clients; loopback
    addresses pass here because the pretended pay pages live there.
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = parts.hostname or ""
    bare = "." not in host and host != "localhost" and parts.scheme in {"http", "https"}
    if parts.scheme not in _SCHEMES or not host or bare or " " in url:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url if "://" in url else f"http://{url}"


def render_keyboard(keyboard: Keyboard) -> Json:
    """A keyboard as an InlineKeyboardMarkup."""
    return {"inline_keyboard": [[_render(button) for button in row] for row in keyboard]}


def _render(button: Button) -> Json:
    body: Json = {"text": button.text}
    if button.data is not None:
        body["callback_data"] = button.data
    if button.url is not None:
        body["url"] = button.url
    if button.copy is not None:
        body["copy_text"] = {"text": button.copy}
    if button.style is not None:
        body["style"] = button.style
    return body
