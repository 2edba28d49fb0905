"""Rows of bought hours, and of credits that outlived their hour."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import carry_overs, user_sessions

Unit = Literal["image", "video", "token"]
UNITS: tuple[Unit, ...] = ("image", "video", "token")

HourStatus = Literal["unstarted", "active", "waiting", "ended", "lapsed"]
LIVE = ("unstarted", "active", "waiting")


@dataclass(frozen=True, slots=True)
class Hour:
    """One bought hour of one plan; the active one is its user's session."""

    id: str
    user_id: int
    order_id: str
    ordinal: int
    plan_id: str
    status: HourStatus
    token_limit: int
    image_credits: int
    video_credits: int
    seconds_left: int
    """What was left when it last stood still; for an active hour see `ends_at`."""
    created_at: int
    keep_until: int
    started_at: int | None = None
    ends_at: int | None = None
    given_back_at: int | None = None

    def limit(self, unit: Unit) -> int:
        """How many credits of a unit this hour came with."""
        return {
            "image": self.image_credits,
            "video": self.video_credits,
            "token": self.token_limit,
        }[unit]


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Credits that came back after their hour was over; `id` is the reservation's key."""

    id: str
    user_id: int
    hour_id: str
    unit: Unit
    expires_at: int


_columns = [user_sessions.c[field.name] for field in fields(Hour)]


async def add(tx: Transaction, hour: Hour) -> None:
    """Add an hour."""
    values = {field.name: getattr(hour, field.name) for field in fields(Hour)}
    await tx.execute(sa.insert(user_sessions).values(values))


async def get(tx: Transaction, hour_id: str) -> Hour:
    """Read an hour."""
    return Hour(
        *(await tx.execute(sa.select(*_columns).where(user_sessions.c.id == hour_id))).one()
    )


async def live(tx: Transaction, user_id: int) -> list[Hour]:
    """A user's hours that are not over, those that must be used first in front."""
    found = await tx.execute(
        sa.select(*_columns)
        .where(user_sessions.c.user_id == user_id, user_sessions.c.status.in_(LIVE))
        .order_by(user_sessions.c.keep_until, user_sessions.c.order_id, user_sessions.c.ordinal)
    )
    return [Hour(*row) for row in found]


async def of_order(tx: Transaction, order_id: str) -> list[Hour]:
    """The hours of an order, over or not."""
    found = await tx.execute(
        sa.select(*_columns)
        .where(user_sessions.c.order_id == order_id)
        .order_by(user_sessions.c.ordinal)
    )
    return [Hour(*row) for row in found]


async def change(tx: Transaction, hour_id: str, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change an hour's columns."""
    await tx.execute(sa.update(user_sessions).where(user_sessions.c.id == hour_id).values(**values))


async def owners_of_due(tx: Transaction, now: int) -> list[int]:
    """The users who have an hour to close."""
    found = await tx.execute(
        sa.select(user_sessions.c.user_id)
        .distinct()
        .where(
            sa.or_(
                sa.and_(user_sessions.c.status == "active", user_sessions.c.ends_at <= now),
                sa.and_(user_sessions.c.status == "unstarted", user_sessions.c.keep_until <= now),
            )
        )
        .order_by(user_sessions.c.user_id)
    )
    return list(found.scalars())


async def lengthen_running(tx: Transaction, began: int, ended: int) -> list[Hour]:
    """Add to every running hour the part of this time in which it ran."""
    ran_from = sa.func.max(began, user_sessions.c.started_at)
    changed = await tx.execute(
        sa.update(user_sessions)
        .where(
            user_sessions.c.status == "active",
            user_sessions.c.ends_at > began,
            user_sessions.c.started_at < ended,
        )
        .values(ends_at=user_sessions.c.ends_at + ended - ran_from, given_back_at=ended)
        .returning(*_columns)
    )
    return [Hour(*row) for row in changed]


async def keep_longer(tx: Transaction, began: int, seconds: int) -> None:
    """Let what waits to be used last longer: hours not begun, credits that outlived their hour."""
    await tx.execute(
        sa.update(user_sessions)
        .where(user_sessions.c.status == "unstarted", user_sessions.c.keep_until > began)
        .values(keep_until=user_sessions.c.keep_until + seconds)
    )
    await tx.execute(
        sa.update(carry_overs)
        .where(carry_overs.c.expires_at > began)
        .values(expires_at=carry_overs.c.expires_at + seconds)
    )


async def add_carry_over(tx: Transaction, carry: CarryOver) -> None:
    """Add a carry-over, or let the one of this id last longer; its account holds the amount."""
    await tx.execute(
        insert(carry_overs)
        .values(
            job_id=carry.id,
            user_id=carry.user_id,
            session_id=carry.hour_id,
            unit=carry.unit,
            expires_at=carry.expires_at,
        )
        .on_conflict_do_update(
            ["job_id"], set_={"expires_at": sa.func.max(carry_overs.c.expires_at, carry.expires_at)}
        )
    )


async def keep_carry_over(tx: Transaction, carry_id: str, expires_at: int) -> None:
    """Let a carry-over last longer."""
    await tx.execute(
        sa.update(carry_overs)
        .where(carry_overs.c.job_id == carry_id)
        .values(expires_at=sa.func.max(carry_overs.c.expires_at, expires_at))
    )


async def carried(tx: Transaction, user_id: int, now: int) -> list[CarryOver]:
    """A user's carry-overs that still count, those that expire first in front."""
    found = await tx.execute(
        sa.select(
            carry_overs.c.job_id,
            carry_overs.c.user_id,
            carry_overs.c.session_id,
            carry_overs.c.unit,
            carry_overs.c.expires_at,
        )
        .where(carry_overs.c.user_id == user_id, carry_overs.c.expires_at > now)
        .order_by(carry_overs.c.expires_at, carry_overs.c.job_id)
    )
    return [CarryOver(*row) for row in found]
