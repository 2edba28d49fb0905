"""What a user did (Incoming) and what the bot says (Reply), in words that both platforms share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

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
class PictureRef:
    """A picture that somebody sent, still at their platform; `Chat.fetch` brings it."""

    file: str
    """The platform's own way to it; not for other platforms, and not for long."""
    size: int
    """Bytes, as the platform says."""


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
    picture: PictureRef | None = None
    """What was sent with the command, or is answered by it."""


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


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """A person answered a form; `address.message` is the message below which it was asked for."""

    id: str
    user: UserRef
    address: Address
    form: str
    """The form's id."""
    words: str


@dataclass(frozen=True, slots=True)
class MenuCall:
    """A person chose from the menu that the platform has on every message, whoever wrote it."""

    id: str
    user: UserRef
    address: Address
    name: str
    presses: tuple[str, ...] = ()
    """What the buttons under that message report, if it is the bot's."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A person is about to pay an invoice: no reply lets them, words refuse. Seconds count."""

    id: str
    user: UserRef
    address: Address
    payload: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that the platform took from a person for the bot."""

    charge_id: str
    """The platform's own id: the same charge may be told of again."""
    payload: str
    payer: str
    amount: int
    currency: str
    paid_at: int


@dataclass(frozen=True, slots=True)
class Charged:
    """A person paid an invoice."""

    id: str
    user: UserRef
    address: Address
    charge: Charge


Incoming = CommandCall | ButtonPress | PlainText | FormAnswer | MenuCall | Checkout | Charged


@dataclass(frozen=True, slots=True)
class Typing:
    """A person is writing an option's value, and the platform can show what would fit."""

    user: UserRef
    command: str
    option: str
    words: str
    """What stands there so far."""


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
    spoiler: bool = False
    """Whether it is covered until somebody taps it."""


@dataclass(frozen=True, slots=True)
class Form:
    """One question that is answered in words: a window, or a message that asks to be answered."""

    id: str
    """`v1:<verb>:<argument>` as for buttons; it comes back with the answer, after restarts too."""
    title: str
    label: str
    value: str = ""
    """What stands there already, where the platform can do that."""
    length_max: int = 1000


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: a message, or a toast when `toast` is set."""

    text: Text
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: Media | None = None
    album: tuple[Media, ...] = ()
    """More pictures, shown together with `media`."""
    edit: bool = False
    """Put it in the place of the message whose button was pressed."""
    toast: bool = False
    """Only a short notice to the person who pressed a button; nobody else sees it."""
    private: bool = False
    """For this person's eyes, where the platform can do that."""
    is_live: bool = False
    """Whether its progress is shown in the same message later."""
    is_bare: bool = False
    """Whether nothing may be left of a picture that the edited message showed so far."""
    form: Form | None = None
    """Ask this; `text` says it where the platform has no windows."""

    @property
    def all_media(self) -> tuple[Media, ...]:
        """Every picture or clip of it."""
        return (*((self.media,) if self.media else ()), *self.album)
