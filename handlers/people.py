"""Who is speaking, and in which conversation."""

from chat.errors import NotUnderstoodError
from chat.model import Incoming
from store import users
from store.database import Transaction
from store.users import User


class NotYoursError(NotUnderstoodError):
    """Somebody pressed a button that belongs to another."""


class NotFoundError(NotUnderstoodError):
    """What a button points at is not there."""


async def speaker(tx: Transaction, incoming: Incoming, now: int) -> User:
    """The person behind what happened; a newcomer is written down."""
    who = incoming.user
    known = await users.find(tx, who.platform, who.id)
    return known or await users.add(tx, who.platform, who.id, who.name, who.language, now)


async def conversation(tx: Transaction, user: User, incoming: Incoming, now: int) -> int:
    """The conversation that this is part of."""
    address = incoming.address
    return await users.conversation(
        tx, user.id, address.platform, address.chat, address.thread or "", now
    )


def check_owner(user: User, owner_id: int) -> None:
    """Refuse a button to everyone but its owner.

    Raises:
        NotYoursError: It belongs to another.
    """
    if user.id != owner_id:
        raise NotYoursError
