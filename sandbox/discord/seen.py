"""What a person sees in Discord: messages, forms and choices as they stood at one moment."""

from dataclasses import dataclass
from typing import cast

from sandbox.client import NothingCame
from sandbox.discord.components import BUTTON, SELECT, TEXT, walk
from sandbox.records import Json, JsonValue


@dataclass(frozen=True, slots=True)
class SeenButton:
    """A button; it has a custom_id or opens an address."""

    label: str
    style: int
    custom_id: str | None
    url: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class SeenSelect:
    """A select; its options by label."""

    custom_id: str
    placeholder: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class SeenFile:
    """An attachment; `content` is what a person's app would load."""

    id: str
    name: str
    url: str
    mime: str
    width: int
    height: int
    description: str
    spoiler: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class SeenEmbed:
    """A framed part of a message."""

    title: str
    description: str
    fields: dict[str, str]
    footer: str
    image: str


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as it stood at one moment; `seq` grows with every change in Discord."""

    id: str
    channel: str
    author: str
    content: str
    embeds: tuple[SeenEmbed, ...]
    components: tuple[Json, ...]
    files: tuple[SeenFile, ...]
    ephemeral: bool
    loading: bool
    edited: bool
    mentions: tuple[str, ...]
    reply_to: str | None
    seq: int

    @property
    def text(self) -> str:
        """Every word in it: content, texts laid out, embeds."""
        laid_out = [str(c["content"]) for c in walk([*self.components]) if c["type"] == TEXT]
        framed = [
            part
            for e in self.embeds
            for part in (e.title, e.description, *(f"{k}: {v}" for k, v in e.fields.items()))
        ]
        footers = [e.footer for e in self.embeds]
        return "\n".join(part for part in (self.content, *laid_out, *framed, *footers) if part)

    @property
    def photo(self) -> bytes | None:
        """The first picture's bytes, where there is one."""
        return next((f.content for f in self.files if f.mime.startswith("image/")), None)

    @property
    def clip(self) -> SeenFile | None:
        """The first clip, where there is one."""
        return next((f for f in self.files if f.mime.startswith("video/")), None)

    @property
    def rows(self) -> list[SeenButton]:
        """Every button."""
        return [_button(c) for c in walk([*self.components]) if c["type"] == BUTTON]

    @property
    def buttons(self) -> list[str]:
        """The labels of all buttons."""
        return [button.label for button in self.rows]

    @property
    def selects(self) -> list[SeenSelect]:
        """Every select with options of its own."""
        return [_select(c) for c in walk([*self.components]) if c["type"] == SELECT]

    def button(self, label: str) -> SeenButton:
        """The button with this label, or the first whose label contains it.

        Raises:
            NothingCame: when there is none.
        """
        exact = [button for button in self.rows if button.label == label]
        near = [button for button in self.rows if label.casefold() in button.label.casefold()]
        for button in (*exact, *near):
            return button
        raise NothingCame(f"no button {label!r} among {self.buttons} under {self.text!r}")

    def option(self, label: str) -> tuple[str, str]:
        """The custom_id of the select that offers this label, and the label's value.

        Raises:
            NothingCame: when none does.
        """
        for select in self.selects:
            for shown, value in select.options.items():
                if label.casefold() in shown.casefold():
                    return select.custom_id, value
        raise NothingCame(f"nothing called {label!r} to choose under {self.text!r}")


@dataclass(frozen=True, slots=True)
class SeenModal:
    """A form; its fields' first values by custom_id."""

    id: str
    title: str
    fields: dict[str, str]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class SeenCommand:
    """A command as a person's picker shows it, in their language."""

    name: str
    label: str
    description: str
    kind: int
    options: tuple[Json, ...]


def objects(value: JsonValue) -> list[Json]:
    """The objects in a JSON array."""
    return [item for item in _list(value) if isinstance(item, dict)]


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _button(shown: Json) -> SeenButton:
    emoji = shown.get("emoji")
    symbol = str(emoji.get("name") or "") if isinstance(emoji, dict) else ""
    return SeenButton(
        label=" ".join(part for part in (symbol, str(shown.get("label") or "")) if part),
        style=cast("int", shown["style"]),
        custom_id=cast("str | None", shown.get("custom_id")),
        url=cast("str | None", shown.get("url")),
        disabled=shown.get("disabled") is True,
    )


def _select(shown: Json) -> SeenSelect:
    return SeenSelect(
        custom_id=str(shown["custom_id"]),
        placeholder=str(shown.get("placeholder") or ""),
        options={str(o["label"]): str(o["value"]) for o in objects(shown["options"])},
    )
