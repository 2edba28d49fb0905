"""What the pretended world consists of: people, chats, messages, files."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Json: TypeAlias = dict[str, JsonValue]

BOT = "bot"  # the sender of a message that no person wrote

MediaKind = Literal["photo", "video", "animation", "document"]
EventKind = Literal[
    "message", "edited", "deleted", "action", "answer", "commands", "people", "clock", "reset"
]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who talks to the bot; `key` names them in addresses and tests."""

    key: str
    id: int
    first_name: str
    last_name: str
    username: str
    language: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: one person with the bot (its key is the person's), or a group."""

    key: str
    id: int
    kind: Literal["private", "group"]
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A formatted stretch of text; offset and length count UTF-16 code units."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user_id: int | None = None
    custom_emoji_id: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button; exactly one of data, url, copy says what it does."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None


Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class File:
    """Stored bytes. `unique_id` is the same for the same bytes, `id` may be sent again."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, clip or document in a message; `sizes` runs from the smallest to the largest."""

    kind: MediaKind
    file: File
    sizes: tuple[File, ...] = ()
    thumbnail: File | None = None
    width: int = 0
    height: int = 0
    duration: int = 0
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a chat; `text` is the caption when there is media."""

    id: int
    chat: str
    sender: str
    sent: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    media: Media | None = None
    keyboard: Keyboard = ()
    reply_to: int | None = None
    album: str | None = None
    edited: int | None = None
    caption_above: bool = False
    silent: bool = False
    protected: bool = False
    asks: tuple[str, ...] = ()
    """Whose app opens a field to answer this message."""
    placeholder: str = ""
    service: Json | None = None
    """What Telegram itself says by it; `text` is for people alone then."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's reaction to a pressed button: nothing, a toast, an alert or an address."""

    person: str
    query_id: str
    text: str = ""
    alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """The bot shows that it is busy ("typing", "upload_photo", …) for five seconds."""

    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something the window or a test wants to know; `subject` depends on `kind`."""

    seq: int
    kind: EventKind
    chat: str
    subject: Message | Answer | Action | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that an emulated service answered, as the journal keeps it."""

    at: float
    service: str
    method: str
    status: int
    problem: str = ""
