"""Formatted text as data: adapters render it, so that a prompt can never inject markup."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["plain", "bold", "italic", "code", "quote"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one style, or a link when `url` is set."""

    text: str
    style: Style = "plain"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A sequence of spans."""

    spans: tuple[Span, ...] = ()

    @property
    def plain(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)

    def cut(self, limit: int, measure: Callable[[str], int] = len) -> "Text":
        """The longest beginning that fits `limit`, ended by … when something was cut.

        `measure` says how the platform counts a string's length.
        """
        if measure(self.plain) <= limit:
            return self
        kept: list[Span] = []
        room = limit - measure("…")
        for span in self.spans:
            beginning = _beginning(span.text, room, measure)
            kept.append(replace(span, text=beginning))
            room -= measure(beginning)
            if beginning != span.text:
                break
        return text(*kept, "…")


def _beginning(words: str, room: int, measure: Callable[[str], int]) -> str:
    """The longest beginning of `words` that fits; found by halving, as measuring costs time."""
    if measure(words) <= room:
        return words
    fits, too_long = 0, len(words)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if measure(words[:middle]) <= room:
            fits = middle
        else:
            too_long = middle
    return words[:fits]


def text(*parts: "str | Span | Text") -> Text:
    """Join strings, spans and texts into one text."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, Text):
            spans.extend(part.spans)
        else:
            spans.append(Span(part) if isinstance(part, str) else part)
    return Text(tuple(span for span in spans if span.text))


def lines(parts: Iterable["str | Span | Text"]) -> Text:
    """Join texts with line breaks."""
    joined: list[str | Span | Text] = []
    for part in parts:
        if joined:
            joined.append("\n")
        joined.append(part)
    return text(*joined)


def bold(words: str) -> Span:
    """Stress something."""
    return Span(words, "bold")


def italic(words: str) -> Span:
    """Say something quietly."""
    return Span(words, "italic")


def code(words: str) -> Span:
    """Show an id or something to type."""
    return Span(words, "code")


def quote(words: str) -> Span:
    """Repeat what the user wrote."""
    return Span(words, "quote")


def link(words: str, url: str) -> Span:
    """Words that open a page."""
    return Span(words, url=url)
