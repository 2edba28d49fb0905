"""Rows of times in which nothing could be drawn, and of hours whose money went back for them."""

from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.hours import HourStatus
from store.jobs import Failure
from store.tables import jobs, returned_hours, standstills, user_sessions

STOPPED: tuple[Failure, ...] = ("crashed", "failed", "model_missing", "unreachable")
"""Why jobs fail that may mean that nothing can be drawn at all."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which nothing can be drawn."""

    id: str
    began_at: int
    counted_until: int
    """Until when running hours have got their time back; a little ahead of the clock."""
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnedHour:
    """An hour whose money is on its way back, and how it stood before."""

    session_id: str
    refund_id: str
    status: HourStatus


_columns = [standstills.c[field.name] for field in fields(Standstill)]
_returned = [returned_hours.c[field.name] for field in fields(ReturnedHour)]


async def begin(tx: Transaction, standstill: Standstill) -> bool:
    """Write down that nothing can be drawn; False while that is known."""
    added = await tx.execute(
        insert(standstills).values(**asdict(standstill), is_current=1).on_conflict_do_nothing()
    )
    return bool(added.rowcount)


async def current(tx: Transaction) -> Standstill | None:
    """The standstill that has no end yet."""
    found = await tx.execute(sa.select(*_columns).where(standstills.c.is_current == 1))
    row = found.one_or_none()
    return Standstill(*row) if row else None


async def covering(tx: Transaction, moment: int) -> Standstill | None:
    """The standstill that a moment falls into, over or not."""
    found = await tx.execute(
        sa.select(*_columns)
        .where(
            standstills.c.began_at <= moment,
            sa.or_(standstills.c.ended_at.is_(None), standstills.c.ended_at > moment),
        )
        .order_by(standstills.c.began_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return Standstill(*row) if row else None


async def newest(tx: Transaction, limit: int) -> list[Standstill]:
    """The last standstills, newest first."""
    query = sa.select(*_columns).order_by(standstills.c.began_at.desc()).limit(limit)
    return [Standstill(*row) for row in await tx.execute(query)]


async def count_until(tx: Transaction, standstill_id: str, until: int) -> None:
    """Remember until when time was given back."""
    await tx.execute(
        sa.update(standstills)
        .where(standstills.c.id == standstill_id, standstills.c.counted_until < until)
        .values(counted_until=until)
    )


async def end(tx: Transaction, standstill_id: str, now: int) -> bool:
    """Write down that drawing works again; False when that is known."""
    ended = await tx.execute(
        sa.update(standstills)
        .where(standstills.c.id == standstill_id, standstills.c.ended_at.is_(None))
        .values(ended_at=now, is_current=None)
    )
    return ended.rowcount == 1


async def last_drawn(tx: Transaction, since: int) -> int | None:
    """When something that was asked for since a moment was drawn last."""
    found = await tx.execute(
        sa.select(sa.func.max(jobs.c.finished_at)).where(
            jobs.c.created_at >= since, jobs.c.state == "done"
        )
    )
    last: int | None = found.scalar_one()
    return last


async def failed_since(tx: Transaction, since: int) -> list[str]:
    """The jobs that were asked for since a moment and could not be drawn."""
    found = await tx.execute(
        sa.select(jobs.c.id)
        .where(jobs.c.created_at >= since, jobs.c.state == "failed", jobs.c.failure.in_(STOPPED))
        .order_by(jobs.c.created_at, jobs.c.id)
    )
    return list(found.scalars())


async def waited_since(tx: Transaction, since: int, until: int) -> list[int]:
    """Who asked for something between these moments and got nothing for it."""
    got_nothing = sa.or_(
        jobs.c.state == "queued", sa.and_(jobs.c.state == "failed", jobs.c.failure.in_(STOPPED))
    )
    found = await tx.execute(
        sa.select(jobs.c.user_id)
        .distinct()
        .where(jobs.c.created_at >= since, jobs.c.created_at <= until, got_nothing)
        .order_by(jobs.c.user_id)
    )
    return list(found.scalars())


async def add_returned(tx: Transaction, returned: ReturnedHour) -> None:
    """Write down that an hour's money goes back; the database refuses a second time."""
    await tx.execute(sa.insert(returned_hours).values(asdict(returned)))


async def returned_by(tx: Transaction, refund_id: str) -> list[ReturnedHour]:
    """The hours that a refund is for."""
    query = sa.select(*_returned).where(returned_hours.c.refund_id == refund_id)
    return [ReturnedHour(*row) for row in await tx.execute(query)]


async def returned_of(tx: Transaction, order_id: str) -> set[str]:
    """The hours of an order whose money went back."""
    found = await tx.execute(
        sa.select(returned_hours.c.session_id)
        .join(user_sessions, user_sessions.c.id == returned_hours.c.session_id)
        .where(user_sessions.c.order_id == order_id)
    )
    return set(found.scalars())


async def forget_returned(tx: Transaction, refund_id: str) -> None:
    """No bank took the money of these hours."""
    await tx.execute(sa.delete(returned_hours).where(returned_hours.c.refund_id == refund_id))
