"""Rows behind /link: one-time codes, and one user's belongings moved to another.

Whatever refers to a user belongs to that user: the tables themselves say what has to be moved, so
that a table added tomorrow is not forgotten. The emptied user stays, so that its number never names
somebody else.
"""

from dataclasses import dataclass, fields

import sqlalchemy as sa

from store.database import Transaction
from store.tables import conversations, identities, link_codes, metadata, orders, users, wrong_codes

KEPT_S = 24 * 3600
"""How long a code is remembered after its time, to know a late second use of it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a platform knows a person."""

    platform: str
    platform_id: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code; `claimed_by` entered it, and is asked to confirm until `expires_at`."""

    id: str
    digest: str
    platform: str
    user_id: int
    expires_at: int
    claimed_by: int | None = None
    used_at: int | None = None


_columns = [link_codes.c[field.name] for field in fields(LinkCode)]


async def identities_of(tx: Transaction, user_id: int) -> list[Identity]:
    """Everything a user is known as."""
    found = await tx.execute(
        sa.select(identities.c.platform, identities.c.platform_id, identities.c.name)
        .where(identities.c.user_id == user_id)
        .order_by(identities.c.platform, identities.c.platform_id)
    )
    return [Identity(*row) for row in found]


async def add(tx: Transaction, code: LinkCode, now: int) -> None:
    """Keep a new code; a user's former ones are worth nothing from now on."""
    await tx.execute(
        sa.delete(link_codes).where(
            sa.or_(
                link_codes.c.expires_at <= now - KEPT_S,
                sa.and_(link_codes.c.user_id == code.user_id, link_codes.c.used_at.is_(None)),
            )
        )
    )
    values = {field.name: getattr(code, field.name) for field in fields(LinkCode)}
    await tx.execute(sa.insert(link_codes).values(values))


async def find(tx: Transaction, digest: str) -> LinkCode | None:
    """The code of this digest, whatever became of it."""
    found = await tx.execute(sa.select(*_columns).where(link_codes.c.digest == digest))
    row = found.one_or_none()
    return LinkCode(*row) if row else None


async def get(tx: Transaction, code_id: str) -> LinkCode | None:
    """The code of this id, whatever became of it."""
    found = await tx.execute(sa.select(*_columns).where(link_codes.c.id == code_id))
    row = found.one_or_none()
    return LinkCode(*row) if row else None


async def claim(tx: Transaction, code_id: str, user_id: int, expires_at: int) -> None:
    """Remember who entered a code, and until when they may confirm."""
    await tx.execute(
        sa.update(link_codes)
        .where(link_codes.c.id == code_id)
        .values(claimed_by=user_id, expires_at=expires_at)
    )


async def use(tx: Transaction, code: LinkCode, now: int) -> None:
    """Use a code up, and with it all other codes of the two that it joins."""
    both = (code.user_id, code.claimed_by)
    await tx.execute(
        sa.delete(link_codes).where(
            link_codes.c.id != code.id,
            sa.or_(link_codes.c.user_id.in_(both), link_codes.c.claimed_by.in_(both)),
        )
    )
    await tx.execute(sa.update(link_codes).where(link_codes.c.id == code.id).values(used_at=now))


async def add_wrong_code(
    tx: Transaction, platform: str, platform_id: str, now: int, forget_before: int
) -> None:
    """Remember that somebody entered a code that is none."""
    await tx.execute(sa.delete(wrong_codes).where(wrong_codes.c.at <= forget_before))
    await tx.execute(
        sa.insert(wrong_codes).values(platform=platform, platform_id=platform_id, at=now)
    )


async def wrong_codes_since(
    tx: Transaction, platform: str, platform_id: str, after: int
) -> list[int]:
    """When somebody entered wrong codes, oldest first."""
    found = await tx.execute(
        sa.select(wrong_codes.c.at)
        .where(
            wrong_codes.c.platform == platform,
            wrong_codes.c.platform_id == platform_id,
            wrong_codes.c.at > after,
        )
        .order_by(wrong_codes.c.at)
    )
    return list(found.scalars())


async def rival_orders(tx: Transaction, user_id: int, other: int) -> list[str]:
    """The open orders of `other` for plans of which `user_id` has an open order too."""
    is_open = orders.c.status.in_(("opening", "open"))
    plans = sa.select(orders.c.plan_id).where(orders.c.user_id == user_id, is_open)
    found = await tx.execute(
        sa.select(orders.c.id).where(
            orders.c.user_id == other, is_open, orders.c.plan_id.in_(plans)
        )
    )
    return list(found.scalars())


async def move(tx: Transaction, giver: int, taker: int) -> int:
    """Give all that refers to one user to another; return how many rows changed hands.

    The caller sees to it that no rule is broken by it: one running hour, one open order a plan.
    """
    await _join_conversations(tx, giver, taker)
    moved = 0
    for column in _referring_to(users):
        changed = await tx.execute(
            sa.update(column.table).where(column == giver).values({column.name: taker})
        )
        moved += changed.rowcount
    return moved


async def separate(tx: Transaction, identity: Identity, language: str, now: int) -> int:
    """Make a new user of an identity; what it shared stays with the other. Returns the user."""
    added = await tx.execute(
        sa.insert(users).values(language=language, created_at=now).returning(users.c.id)
    )
    user_id = int(added.scalar_one())
    await tx.execute(
        sa.update(identities)
        .where(
            identities.c.platform == identity.platform,
            identities.c.platform_id == identity.platform_id,
        )
        .values(user_id=user_id)
    )
    return user_id


async def _join_conversations(tx: Transaction, giver: int, taker: int) -> None:
    """Make one of two conversations in the same place: somebody was linked there before."""
    mine, theirs = conversations.alias(), conversations.alias()
    same = [mine.c[name] == theirs.c[name] for name in ("platform", "chat", "thread")]
    found = await tx.execute(
        sa.select(mine.c.id, theirs.c.id)
        .join(theirs, sa.and_(*same))
        .where(mine.c.user_id == taker, theirs.c.user_id == giver)
    )
    for kept, doubled in found.all():
        for column in _referring_to(conversations):
            await tx.execute(
                sa.update(column.table).where(column == doubled).values({column.name: kept})
            )
        await tx.execute(sa.delete(conversations).where(conversations.c.id == doubled))


def _referring_to(table: sa.Table) -> list[sa.Column[int]]:
    """The columns in which other tables name a row of this one."""
    return [
        key.parent
        for other in metadata.sorted_tables
        for key in sorted(other.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is table
    ]
