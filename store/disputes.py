"""Rows of payers' complaints to their banks, and of what was used of the hours they are about."""

from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import disputes, jobs, orders, payments, user_sessions

OVER = ("won", "lost", "closed")
"""How a dispute stands that nobody can answer any more."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payer's complaint to their bank."""

    id: str
    payment_id: str
    phase: str
    status: str
    amount_paise: int
    deducted_paise: int
    respond_by: int | None
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Use:
    """Something that was drawn on an hour."""

    hour_id: str
    kind: str
    state: str
    prompt: str
    created_at: int
    finished_at: int | None


_columns = [disputes.c[field.name] for field in fields(Dispute)]


async def put(tx: Transaction, dispute: Dispute) -> bool:
    """Add a dispute or bring it up to date; False when it was over before, which stays so.

    Events overtake each other: what comes after the end is old news.
    """
    values = asdict(dispute)
    changing = ("phase", "status", "deducted_paise", "respond_by", "updated_at")
    put_ = (
        insert(disputes)
        .values(values)
        .on_conflict_do_update(
            ["id"],
            set_={name: values[name] for name in changing},
            where=disputes.c.status.not_in(OVER),
        )
        .returning(disputes.c.id)
    )
    return (await tx.execute(put_)).one_or_none() is not None


async def of_payment(tx: Transaction, payment_id: str) -> list[Dispute]:
    """The disputes of a payment."""
    found = sa.select(*_columns).where(disputes.c.payment_id == payment_id)
    return [Dispute(*row) for row in await tx.execute(found.order_by(disputes.c.created_at))]


async def find(tx: Transaction, name: str) -> Dispute | None:
    """The dispute of this id, or the newest of a payment."""
    named = sa.or_(disputes.c.id == name, disputes.c.payment_id == name)
    found = sa.select(*_columns).where(named).order_by(disputes.c.created_at.desc()).limit(1)
    row = (await tx.execute(found)).one_or_none()
    return Dispute(*row) if row else None


async def open_against(tx: Transaction, user_id: int) -> Dispute | None:
    """The oldest dispute of something that this person bought, while its bank decides."""
    found = await tx.execute(
        sa.select(*_columns)
        .join(payments, payments.c.id == disputes.c.payment_id)
        .join(orders, orders.c.id == payments.c.order_id)
        .where(orders.c.user_id == user_id, disputes.c.status.not_in(OVER))
        .order_by(disputes.c.created_at, disputes.c.id)
        .limit(1)
    )
    row = found.one_or_none()
    return Dispute(*row) if row else None


async def to_answer(tx: Transaction, now: int, within_s: int) -> list[Dispute]:
    """Disputes that have to be answered within so many seconds."""
    found = await tx.execute(
        sa.select(*_columns)
        .where(
            disputes.c.status == "open",
            disputes.c.respond_by > now,
            disputes.c.respond_by <= now + within_s,
        )
        .order_by(disputes.c.respond_by, disputes.c.id)
    )
    return [Dispute(*row) for row in found]


async def uses(tx: Transaction, order_id: str) -> list[Use]:
    """What was drawn on the hours of an order, in the order it was asked for."""
    prompt = jobs.c.request["prompt"].as_string()
    found = await tx.execute(
        sa.select(
            jobs.c.session_id,
            jobs.c.kind,
            jobs.c.state,
            prompt,
            jobs.c.created_at,
            jobs.c.finished_at,
        )
        .join(user_sessions, user_sessions.c.id == jobs.c.session_id)
        .where(user_sessions.c.order_id == order_id)
        .order_by(jobs.c.created_at, jobs.c.id)
    )
    return [Use(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in found]
