"""What a person sees in a chat, read from the control plane's JSON."""

from dataclasses import dataclass, field
from typing import cast

from sandbox.records import Json, JsonValue


class NothingCame(AssertionError):  # noqa: N818 - reads as the failed expectation it is
    """What was waited for did not come; says what came instead."""


@dataclass(frozen=True, slots=True)
class SeenButton:
    """A button under a message; one of data, url, copy is set."""

    text: str
    data: str | None
    url: str | None
    copy: str | None


@dataclass(frozen=True, slots=True)
class SeenMedia:
    """A picture, clip or document; `content` is what a person's phone would load."""

    kind: str
    url: str
    name: str
    mime: str
    width: int
    height: int
    duration: int
    spoiler: bool
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as it stood at one moment; `seq` grows with every change in the world."""

    id: int
    chat: str
    sender: str
    text: str
    rows: tuple[tuple[SeenButton, ...], ...]
    media: SeenMedia | None
    edited: bool
    reply_to: int | None
    album: str | None
    seq: int
    asks: tuple[str, ...] = ()
    """Whose app opens a field to answer this."""

    @property
    def buttons(self) -> list[str]:
        """The labels of all buttons."""
        return [button.text for row in self.rows for button in row]

    @property
    def photo(self) -> bytes | None:
        """The picture's bytes, where there is one."""
        return self.media.content if self.media and self.media.kind == "photo" else None

    @property
    def clip(self) -> SeenMedia | None:
        """The clip, where there is one."""
        return self.media if self.media and self.media.kind == "video" else None

    def button(self, label: str) -> SeenButton:
        """The button with this label, or the first whose label contains it.

        Raises:
            NothingCame: when there is none.
        """
        every = [button for row in self.rows for button in row]
        exact = [button for button in every if button.text == label]
        near = [button for button in every if label.casefold() in button.text.casefold()]
        for button in (*exact, *near):
            return button
        raise NothingCame(f"no button {label!r} among {self.buttons} under {self.text!r}")


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """How the bot answered a pressed button: a toast or an alert, perhaps without words."""

    text: str
    alert: bool
    url: str | None


def read_message(shown: Json, content: bytes) -> SeenMessage:
    """A message of the control plane; `content` is what its media consists of."""
    rows = [items(row) for row in items(shown["keyboard"])]
    media = shown["media"]
    return SeenMessage(
        id=whole(shown["id"]),
        chat=str(shown["chat"]),
        sender=str(shown["sender"]),
        text=str(shown["text"]),
        rows=tuple(tuple(_button(cast("Json", button)) for button in row) for row in rows),
        media=_media(media, content) if isinstance(media, dict) else None,
        edited=shown["edited"] is not None,
        reply_to=cast("int | None", shown["reply_to"]),
        album=cast("str | None", shown["album"]),
        seq=whole(shown["seq"]),
        asks=tuple(str(key) for key in items(shown["asks"])),
    )


def _media(shown: Json, content: bytes) -> SeenMedia:
    return SeenMedia(
        kind=str(shown["kind"]),
        url=str(shown["url"]),
        name=str(shown["name"]),
        mime=str(shown["mime"]),
        width=whole(shown["width"]),
        height=whole(shown["height"]),
        duration=whole(shown["duration"]),
        spoiler=bool(shown["spoiler"]),
        content=content,
    )


def read_answer(shown: Json) -> SeenAnswer:
    """The answer to a pressed button."""
    return SeenAnswer(str(shown["text"]), bool(shown["alert"]), cast("str | None", shown["url"]))


def _button(shown: Json) -> SeenButton:
    data, url, copy = (cast("str | None", shown[name]) for name in ("data", "url", "copy"))
    return SeenButton(str(shown["text"]), data, url, copy)


def items(value: JsonValue) -> list[JsonValue]:
    """A JSON array; empty where there is none."""
    return value if isinstance(value, list) else []


def whole(value: JsonValue) -> int:
    """A JSON number; zero where there is none."""
    return value if isinstance(value, int) else 0
