"""What a user did (Incoming) and what the bot says (Reply), in words that both platforms share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, Self

from chat.text import Text

BUTTON_BYTES_MAX = 64
"""Telegram's limit for callback data, the smaller of the two platforms' limits."""


@dataclass(frozen=True, slots=True)
class UserRef:
    """A person as one platform knows them."""

    platform: str
    id: str
    name: str
    language: str = "en"
    """The language of the person's client, a BCP 47 tag."""

    @property
    def tag(self) -> str:
        """The person in one word, as settings and the audit log name them: `telegram:123`."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes. Plain data, stored with jobs and orders to survive a restart."""

    platform: str
    chat: str
    private: bool
    """Whether only this person reads the chat."""
    thread: str | None = None
    reply_to: str | None = None
    """The user's message that is being answered."""
    message: str | None = None
    """The bot's own message to edit, once there is one."""
    token: str | None = None
    """A short-lived right to answer, where the platform has one."""

    def to_json(self) -> dict[str, str | bool | None]:
        """The address as it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A person gave a command."""

    id: str
    """The platform's own id of what happened; a redelivery has the same id."""
    user: UserRef
    address: Address
    name: str
    arguments: str | Mapping[str, str | int | float | bool] = ""
    """What followed the command: text still to be parsed, or options that the platform parsed."""


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A person pressed a button; `address.message` is the message that carries it."""

    id: str
    user: UserRef
    address: Address
    data: str


@dataclass(frozen=True, slots=True)
class PlainText:
    """A person wrote something that is no command, in a private chat."""

    id: str
    user: UserRef
    address: Address
    text: str


Incoming = CommandCall | ButtonPress | PlainText


@dataclass(frozen=True, slots=True)
class Button:
    """A labelled button: it either opens a page or reports a press."""

    label: str
    press: str | None = None
    """`v1:<verb>:<argument>`, at most 64 bytes; resolved from the database, so it never dies."""
    url: str | None = None

    def __post_init__(self) -> None:
        assert (self.press is None) != (self.url is None), "a button does one thing"
        assert self.press is None or len(self.press.encode()) <= BUTTON_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or clip to show."""

    kind: Literal["photo", "video", "document"]
    name: str
    """The file's name, with its ending."""
    data: bytes = field(repr=False)
    width: int
    height: int
    alt: str
    """What it shows, for those who cannot see it."""
    duration_s: float | None = None
    thumbnail: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: a message, or a toast when `toast` is set."""

    text: Text
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: Media | None = None
    edit: bool = False
    """Put it in the place of the message whose button was pressed."""
    toast: bool = False
    """Only a short notice to the person who pressed a button; nobody else sees it."""
    private: bool = False
    """For this person's eyes, where the platform can do that."""


class Chat(Protocol):
    """One platform's way to speak without being asked: cards and notices."""

    platform: str

    def home(self, user_id: str) -> Address:
        """Where a person is spoken to in private without having asked."""
        ...

    async def send(self, address: Address, reply: Reply) -> str:
        """Send a new message.

        Returns:
            The message's id, to edit it later.

        Raises:
            UnreachableError: The person blocked the bot, or the chat is gone.
            TryLaterError: The platform asks for patience, or cannot be reached.
            RefusedError: The platform will never accept this message.
        """
        ...

    async def edit(self, address: Address, reply: Reply) -> None:
        """Put `reply` in the place of `address.message`; doing it again changes nothing.

        Raises:
            MessageGoneError: The message cannot be edited any more; send a new one.
            UnreachableError: See `send`.
            TryLaterError: See `send`.
            RefusedError: See `send`.
        """
        ...

    async def show_progress(self, address: Address, reply: Reply) -> None:
        """Edit `address.message` when the platform's pace allows, else drop it. Never raises."""
        ...
