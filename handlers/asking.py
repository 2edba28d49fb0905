"""How an admin is asked before something changes: the question waits in the database for one word.

So the button works after a restart, once, for the one who asked; the word and the deed are one
transaction.
"""

from typing import Any

from chat.errors import NotUnderstoodError
from chat.model import Button, ButtonPress, Incoming
from handlers.people import NotFoundError, NotYoursError, digest_of
from handlers.services import Services
from handlers.texts import texts
from store import confirmations as rows
from store import users
from store.confirmations import Action, Confirmation
from store.database import Transaction


class UnknownTargetError(NotUnderstoodError):
    """An admin named a person, an order or a payment that is not there."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


async def ask(
    services: Services,
    tx: Transaction,
    incoming: Incoming,
    action: Action,
    subject: str,
    detail: dict[str, Any],
) -> tuple[tuple[Button, ...], ...]:
    """Keep a question; return the buttons that answer it."""
    asked = Confirmation(
        id=f"adm_{digest_of(incoming)}",
        admin=incoming.user.tag,
        action=action,
        subject=subject,
        detail=detail,
        asked_at=services.clock(),
    )
    await rows.add(tx, asked)
    words = texts(incoming.user.language)
    yes = Button(words.admin_confirm, press=f"v1:admin_confirm:{asked.id}")
    return ((yes, Button(words.admin_drop, press=f"v1:admin_drop:{asked.id}")),)


async def settle(
    services: Services, tx: Transaction, press: ButtonPress, confirmation_id: str
) -> Confirmation | None:
    """What was asked about, if this is the first word on it."""
    asked = await rows.get(tx, confirmation_id)
    if asked is None:
        raise NotFoundError
    if asked.admin != press.user.tag:
        raise NotYoursError
    return asked if await rows.settle(tx, asked.id, services.clock()) else None


async def person(tx: Transaction, incoming: Incoming, target: str) -> tuple[str, int]:
    """Whom an admin means: `telegram:123456`, or `123456` for one on the admin's own platform.

    Raises:
        UnknownTargetError: They never spoke to the bot.
    """
    platform, _, number = target.rpartition(":")
    platform = platform or incoming.user.platform
    user = await users.find(tx, platform, number)
    if user is None:
        raise UnknownTargetError(target)
    return f"{platform}:{number}", user.id
