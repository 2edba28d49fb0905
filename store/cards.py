"""Cards: the one message in a chat that shows a job or an order.

A card is never told what to say. When its subject changes it is touched, which queues its delivery
in the same commit; delivery then draws it from what the database holds by that time. So a delivery
that runs twice, late or out of order shows the truth.
"""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from store.database import Transaction
from store.tables import cards
from store.work import Work

DELIVER = "deliver"
"""The kind of work that draws a card."""

CardKind = Literal["job", "order"]


@dataclass(frozen=True, slots=True)
class Card:
    """A message that shows its subject; `address` holds the message's id once it was sent.

    `shown` is the revision that the platform has; below 0 the newest one could not be shown.
    """

    id: str
    user_id: int
    kind: CardKind
    subject: str
    address: dict[str, Any]
    revision: int = 1
    shown: int = 0


async def add(tx: Transaction, work: Work, card: Card, created_at: int) -> None:
    """Add a card and queue its first delivery; adding the same id again changes nothing."""
    values = {field: getattr(card, field) for field in Card.__slots__}
    inserted = await tx.execute(
        sa.insert(cards).prefix_with("OR IGNORE").values(**values, created_at=created_at)
    )
    if inserted.rowcount:
        await work.submit(tx, DELIVER, card.id, key=f"{DELIVER}:{card.id}:{card.revision}")


async def touch(tx: Transaction, work: Work, kind: CardKind, subject: str) -> None:
    """Have every card of a subject drawn again."""
    touched = await tx.execute(
        sa.update(cards)
        .where(cards.c.kind == kind, cards.c.subject == subject)
        .values(revision=cards.c.revision + 1)
        .returning(cards.c.id, cards.c.revision)
    )
    for card_id, revision in touched.all():
        await work.submit(tx, DELIVER, card_id, key=f"{DELIVER}:{card_id}:{revision}")


async def announce(
    tx: Transaction, work: Work, kind: CardKind, subject: str, card_id: str, now: int
) -> None:
    """Show a subject in a message of its own, where it was shown last: edits notify nobody.

    The same `card_id` again changes nothing.
    """
    last = await of_subject(tx, kind, subject)
    if last:
        address = {**last.address, "message": None, "reply_to": None}
        await add(tx, work, Card(card_id, last.user_id, kind, subject, address, 1, 0), now)


async def get(tx: Transaction, card_id: str) -> Card:
    """Read a card."""
    row = (await tx.execute(sa.select(cards).where(cards.c.id == card_id))).one()
    return _card(row)


async def of_subject(tx: Transaction, kind: CardKind, subject: str) -> Card | None:
    """The newest card of a subject."""
    found = await tx.execute(
        sa.select(cards)
        .where(cards.c.kind == kind, cards.c.subject == subject)
        .order_by(cards.c.created_at.desc(), cards.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return _card(row) if row else None


async def shown(tx: Transaction, card_id: str, revision: int, address: dict[str, Any]) -> None:
    """Remember what the platform shows and where; an older delivery never hides a newer one."""
    await tx.execute(
        sa.update(cards)
        .where(cards.c.id == card_id)
        .values(address=address, shown=sa.func.max(cards.c.shown, revision))
    )


async def give_up(tx: Transaction, card_id: str, revision: int) -> None:
    """Remember that nobody could be shown this revision; `owed` finds it."""
    await tx.execute(
        sa.update(cards)
        .where(cards.c.id == card_id, cards.c.shown < revision, cards.c.revision == revision)
        .values(shown=-revision)
    )


async def owed(tx: Transaction, user_id: int, limit: int) -> list[Card]:
    """What this person could not be shown, oldest first."""
    found = await tx.execute(
        sa.select(cards)
        .where(cards.c.user_id == user_id, cards.c.shown < 0)
        .order_by(cards.c.created_at, cards.c.id)
        .limit(limit)
    )
    return [_card(row) for row in found]


async def move(
    tx: Transaction, work: Work, card: Card, address: dict[str, Any], *, delay_s: float
) -> None:
    """Show what is owed elsewhere, in a new message; a second time changes nothing."""
    moved = await tx.execute(
        sa.update(cards)
        .where(cards.c.id == card.id, cards.c.shown < 0)
        .values(address=address, shown=0, revision=cards.c.revision + 1)
        .returning(cards.c.revision)
    )
    if (revision := moved.scalar_one_or_none()) is not None:
        key = f"{DELIVER}:{card.id}:{revision}"
        await work.submit(tx, DELIVER, card.id, key=key, delay_s=delay_s)


def _card(row: sa.Row[Any]) -> Card:
    return Card(**{field: getattr(row, field) for field in Card.__slots__})
