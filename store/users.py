"""Rows of people: who they are here, and as whom each platform knows them."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import audit_log, conversations, identities, users


@dataclass(frozen=True, slots=True)
class User:
    """A person, whatever platform they write from."""

    id: int
    language: str


@dataclass(frozen=True, slots=True)
class Audited:
    """An entry of the audit log."""

    at: int
    actor: str
    subject: str
    detail: dict[str, Any]


async def find(tx: Transaction, platform: str, platform_id: str) -> User | None:
    """The person behind a platform's id."""
    found = await tx.execute(
        sa.select(users.c.id, users.c.language)
        .join(identities, identities.c.user_id == users.c.id)
        .where(identities.c.platform == platform, identities.c.platform_id == platform_id)
    )
    row = found.one_or_none()
    return User(row.id, row.language) if row else None


async def add(
    tx: Transaction, platform: str, platform_id: str, name: str, language: str, now: int
) -> User:
    """A new person, with their first identity."""
    added = await tx.execute(
        sa.insert(users).values(language=language, created_at=now).returning(users.c.id)
    )
    user = User(added.scalar_one(), language)
    await tx.execute(
        sa.insert(identities).values(
            platform=platform, platform_id=platform_id, user_id=user.id, name=name, created_at=now
        )
    )
    return user


async def language_of(tx: Transaction, user_id: int) -> str:
    """The language a person is spoken to in."""
    found = await tx.execute(sa.select(users.c.language).where(users.c.id == user_id))
    return str(found.scalar_one())


async def set_language(tx: Transaction, user_id: int, language: str) -> None:
    """Speak to a person in another language from now on."""
    await tx.execute(sa.update(users).where(users.c.id == user_id).values(language=language))


async def state_of(tx: Transaction, user_id: int) -> str | None:
    """Where a person lives, if they were asked."""
    found = await tx.execute(sa.select(users.c.state).where(users.c.id == user_id))
    row = found.one()
    return str(row.state) if row.state else None


async def set_state(tx: Transaction, user_id: int, state: str) -> None:
    """Remember where a person lives."""
    await tx.execute(sa.update(users).where(users.c.id == user_id).values(state=state))


async def conversation(
    tx: Transaction, user_id: int, platform: str, chat: str, thread: str, now: int
) -> int:
    """The id of this person's conversation in this chat."""
    key = {"user_id": user_id, "platform": platform, "chat": chat, "thread": thread}
    found = await tx.execute(sa.select(conversations.c.id).filter_by(**key))
    known = found.scalar_one_or_none()
    if known is not None:
        return int(known)
    added = await tx.execute(
        insert(conversations).values(**key, created_at=now).returning(conversations.c.id)
    )
    return int(added.scalar_one())


async def is_audited(tx: Transaction, action: str, subject: str) -> bool:
    """Whether the audit log has this."""
    found = await tx.execute(
        sa.select(audit_log.c.id)
        .where(audit_log.c.action == action, audit_log.c.subject == subject)
        .limit(1)
    )
    return found.one_or_none() is not None


async def audited(tx: Transaction, action: str, limit: int) -> list[Audited]:
    """The newest entries of a kind, newest first."""
    found = await tx.execute(
        sa.select(audit_log)
        .where(audit_log.c.action == action)
        .order_by(audit_log.c.id.desc())
        .limit(limit)
    )
    return [Audited(row.at, row.actor, row.subject, row.detail) for row in found]


async def audit(
    tx: Transaction, now: int, actor: str, action: str, subject: str, **detail: str | int
) -> None:
    """Write down that somebody used a power that others do not have."""
    await tx.execute(
        sa.insert(audit_log).values(
            at=now, actor=actor, action=action, subject=subject, detail=detail
        )
    )
