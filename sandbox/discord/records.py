"""What a pretended Discord consists of: servers, channels, messages, interactions."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.records import File, Json

BOT = "bot"
BOT_ID = 1_290_000_000_000_000_001  # the application has the same number, as new ones do
BOT_NAME = "AI Access Hub"

ChannelKind = Literal["text", "dm", "group"]
EventKind = Literal[
    "message",
    "edited",
    "deleted",
    "typing",
    "acknowledged",
    "failed",
    "modal",
    "choices",
    "commands",
    "channels",
    "connection",
    "clock",
    "reset",
]

# Interactions and the ways to answer them (docs: Receiving and Responding).
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3

# Message flags.
SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SILENT, V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 12, 1 << 15

ACKNOWLEDGE_WITHIN = 3.0
TOKEN_LIFE = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Member:
    """A person as Discord knows them; `key` is the same on every platform."""

    key: str
    id: int
    username: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class Guild:
    """A server; where the bot is not a member, people may still bring the app themselves."""

    key: str
    id: int
    name: str
    owner: str
    has_bot: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to talk: a server's channel, a person's chat with the bot, a group of friends."""

    key: str
    id: int
    kind: ChannelKind
    name: str
    members: tuple[str, ...]
    guild: str | None = None
    age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message or an option; `channel` is part of its address."""

    id: int
    channel: int
    file: File
    description: str | None = None

    @property
    def spoiler(self) -> bool:
        """Hidden until clicked."""
        return self.file.name.startswith("SPOILER_")


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a channel. `viewer` is the one person who sees an ephemeral message."""

    id: int
    channel: str
    author: str
    sent: float
    content: str = ""
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0
    kind: int = 0
    mentions: tuple[str, ...] = ()
    everyone: bool = False
    edited: float | None = None
    reply_to: int | None = None
    interaction: int | None = None
    viewer: str = ""
    nonce: str | int | None = None

    @property
    def ephemeral(self) -> bool:
        """Only one person sees it, and only the interaction's token may change it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """The bot is thinking."""
        return bool(self.flags & LOADING)


@dataclass(slots=True)
class Interaction:
    """What a person did with the app, and what became of it.

    `message` carries the pressed button; `opened_by` is the interaction that showed the form.
    """

    id: int
    token: str = field(repr=False)
    kind: int
    person: str
    channel: str
    created: float
    data: Json
    owners: Json
    message: int | None = None
    opened_by: int | None = None
    title: str = ""
    answered: int | None = None
    original: int | None = None
    followups: int = 0
    forced_ephemeral: bool = False
    ended: bool = False

    def expired(self, now: float) -> bool:
        """Whether the token has run out."""
        return now > self.created + TOKEN_LIFE


@dataclass(frozen=True, slots=True)
class Modal:
    """A form the bot showed to one person."""

    id: str
    person: str
    channel: str
    message: int | None
    data: Json


@dataclass(frozen=True, slots=True)
class Choices:
    """What autocomplete offers for the option a person types in."""

    interaction: int
    choices: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened to a person's interaction: taken in, or not answered in time."""

    interaction: int
    title: str


Subject = Message | Modal | Choices | Notice | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a window or a test wants to know; `person` is empty where all may know it."""

    seq: int
    kind: EventKind
    channel: str
    person: str
    subject: Subject
