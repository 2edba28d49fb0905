"""Who is speaking, in which conversation, and what is theirs."""

import hashlib

from chat.errors import NotUnderstoodError
from chat.model import Incoming, UserRef
from store import jobs, users
from store.database import Transaction
from store.jobs import Job
from store.links import Identity
from store.users import User


class NotYoursError(NotUnderstoodError):
    """Somebody pressed a button that belongs to another."""


class NotFoundError(NotUnderstoodError):
    """What a button points at is not there."""


async def speaker(tx: Transaction, incoming: Incoming, now: int) -> User:
    """The person behind what happened; a newcomer is written down, a new language noted."""
    who = incoming.user
    known = await users.find(tx, who.platform, who.id)
    if known is None:
        return await users.add(tx, who.platform, who.id, who.name, who.language, now)
    if known.language != who.language:
        await users.set_language(tx, known.id, who.language)
    return known


async def conversation(tx: Transaction, user: User, incoming: Incoming, now: int) -> int:
    """The conversation that this is part of."""
    address = incoming.address
    return await users.conversation(
        tx, user.id, address.platform, address.chat, address.thread or "", now
    )


def digest_of(incoming: Incoming) -> str:
    """A name for what happened; a redelivery has the same, so that it makes nothing twice."""
    return hashlib.blake2s(incoming.id.encode(), digest_size=10).hexdigest()


def shown_name(who: UserRef | Identity) -> str:
    """An account as people know it: where it is, and its name there."""
    return f"{who.platform.capitalize()} · {who.name}"


def names_of(identities: list[Identity]) -> str:
    """Accounts as people know them."""
    return ", ".join(map(shown_name, identities))


def check_owner(user: User, owner_id: int) -> None:
    """Refuse a button to everyone but its owner.

    Raises:
        NotYoursError: It belongs to another.
    """
    if user.id != owner_id:
        raise NotYoursError


async def own_job(tx: Transaction, incoming: Incoming, job_id: str, now: int) -> Job:
    """This person's job.

    Raises:
        NotFoundError: There is no such job.
        NotYoursError: It is somebody else's.
    """
    user = await speaker(tx, incoming, now)
    job = await jobs.get(tx, job_id)
    if job is None:
        raise NotFoundError
    check_owner(user, job.user_id)
    return job
