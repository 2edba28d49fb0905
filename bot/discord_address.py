"""Discord's way to fill in an Address, so that an answer finds its way back after any restart.

`chat` is a channel's id; or `@` and a user's id where only that person may read: the conversation
is then shown by ephemeral messages while the ticket lasts, and in their private chat afterwards.

`token` is a ticket: the right, for 15 minutes, to answer one interaction. While a command's answer
is awaited ("thinking…"), the first send fills it in; a button press sends new messages below.

`message` is a message's id in `chat`, or `<channel>/<id>` where it went elsewhere.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from chat.model import Address

PLATFORM = "discord"

_PERSON = "@"
_BELOW = "-"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The short-lived right to answer an interaction; `Address.token` is its text."""

    application: str
    token: str = field(repr=False)
    expires_at: int
    user: str
    pressed: str = ""
    """The message with the button that was pressed, or `-` for one more message below an answer;
    empty when a command's answer is awaited."""

    def __str__(self) -> str:
        """The ticket as it is stored."""
        return f"{self.application}/{self.token}/{self.expires_at}/{self.user}/{self.pressed}"

    @classmethod
    def of(cls, address: Address) -> Self | None:
        """The ticket that an address holds."""
        if address.token is None:
            return None
        application, _, rest = address.token.partition("/")
        token, expires_at, user, pressed = rest.rsplit("/", 3)
        return cls(application, token, int(expires_at), user, pressed)


def below(address: Address) -> Address:
    """The same place, for something that does not fill in an answer that is awaited there."""
    ticket = Ticket.of(address)
    if ticket is None or ticket.pressed:
        return address
    return replace(address, token=str(replace(ticket, pressed=_BELOW)))


def live_ticket(address: Address, now: float) -> Ticket | None:
    """The ticket, while it is worth trying."""
    ticket = Ticket.of(address)
    return ticket if ticket is not None and now < ticket.expires_at else None


def person_chat(user: str) -> str:
    """The chat that only one person reads."""
    return f"{_PERSON}{user}"


def is_person_chat(address: Address) -> bool:
    """Whether the chat is a person rather than a channel."""
    return address.chat.startswith(_PERSON)


def person(address: Address) -> str | None:
    """Whom a private message reaches when the chat itself cannot be used."""
    if is_person_chat(address):
        return address.chat.removeprefix(_PERSON)
    ticket = Ticket.of(address)
    return None if ticket is None or address.private else ticket.user


def in_private(address: Address, user: str) -> Address:
    """The same conversation for one person's eyes."""
    return replace(address, chat=person_chat(user), private=True)
