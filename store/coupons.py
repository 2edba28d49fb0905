"""Rows of coupons, and of the orders that they made cheaper."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa

from store.database import Transaction
from store.orders import OPEN
from store.tables import coupon_uses, coupons


@dataclass(frozen=True, slots=True)
class Coupon:
    """Money off orders: a percentage or an amount, and how often."""

    code: str
    percent: int | None
    paise_off: int | None
    plans: Sequence[str]
    """The ids of the plans that it is for; none for all."""
    uses_max: int | None
    """Uses by all people together; None has no end."""
    uses_each: int
    """Uses by one person."""
    ends_at: int | None
    created_at: int
    stopped_at: int | None = None


@dataclass(frozen=True, slots=True)
class CouponUse:
    """An order that a coupon made cheaper by `paise_off`."""

    order_id: str
    code: str
    user_id: int
    account: str
    """The account that entered it, `telegram:123`; it outlives the user that it belongs to."""
    paise_off: int
    created_at: int


_coupon = [coupons.c[field.name] for field in fields(Coupon)]
_use = [coupon_uses.c[field.name] for field in fields(CouponUse)]
_counted = sa.table(
    "counted_coupon_uses",
    *(sa.column(name) for name in ("order_id", "code", "user_id", "account", "status")),
)


async def add(tx: Transaction, coupon: Coupon) -> None:
    """Add a coupon; the database refuses a code that was there before."""
    await tx.execute(sa.insert(coupons).values(asdict(coupon)))


async def get(tx: Transaction, code: str) -> Coupon | None:
    """Read a coupon."""
    row = (await tx.execute(sa.select(*_coupon).where(coupons.c.code == code))).one_or_none()
    return Coupon(*row) if row else None


async def newest(tx: Transaction, limit: int) -> list[Coupon]:
    """The newest coupons, stopped ones too."""
    found = await tx.execute(
        sa.select(*_coupon).order_by(coupons.c.created_at.desc(), coupons.c.code).limit(limit)
    )
    return [Coupon(*row) for row in found]


async def is_any_live(tx: Transaction, now: int) -> bool:
    """Whether there is a coupon that somebody might have."""
    found = await tx.execute(
        sa.select(coupons.c.code)
        .where(
            coupons.c.stopped_at.is_(None),
            sa.or_(coupons.c.ends_at.is_(None), coupons.c.ends_at > now),
        )
        .limit(1)
    )
    return found.one_or_none() is not None


async def stop(tx: Transaction, code: str, now: int) -> bool:
    """Let nobody use a coupon from now on; False when it was stopped before."""
    stopped = await tx.execute(
        sa.update(coupons)
        .where(coupons.c.code == code, coupons.c.stopped_at.is_(None))
        .values(stopped_at=now)
    )
    return bool(stopped.rowcount)


async def use(tx: Transaction, used: CouponUse) -> None:
    """Bind a use to an order; the database refuses one beyond the limits."""
    await tx.execute(sa.insert(coupon_uses).values(asdict(used)))


async def use_of(tx: Transaction, order_id: str) -> CouponUse | None:
    """What made an order cheaper."""
    found = await tx.execute(sa.select(*_use).where(coupon_uses.c.order_id == order_id))
    row = found.one_or_none()
    return CouponUse(*row) if row else None


async def paid_uses(tx: Transaction, code: str) -> int:
    """How many orders were paid with a coupon."""
    return await _count(tx, _counted.c.code == code, _counted.c.status.not_in(OPEN))


async def uses(tx: Transaction, code: str, user_id: int) -> int:
    """The uses that count, but for those of this user's orders that are still to be paid."""
    own_open = sa.and_(_counted.c.user_id == user_id, _counted.c.status.in_(OPEN))
    return await _count(tx, _counted.c.code == code, sa.not_(own_open))


async def uses_by(tx: Transaction, code: str, user_id: int, account: str) -> int:
    """The same of one person alone: this user, or this account under whatever user it was."""
    own_open = sa.and_(_counted.c.user_id == user_id, _counted.c.status.in_(OPEN))
    theirs = sa.or_(_counted.c.user_id == user_id, _counted.c.account == account)
    return await _count(tx, _counted.c.code == code, theirs, sa.not_(own_open))


async def open_orders(tx: Transaction, code: str, user_id: int) -> list[str]:
    """A user's orders with this coupon that are still to be paid."""
    found = await tx.execute(
        sa.select(_counted.c.order_id).where(
            _counted.c.code == code, _counted.c.user_id == user_id, _counted.c.status.in_(OPEN)
        )
    )
    return list(found.scalars())


async def _count(tx: Transaction, *which: sa.ColumnElement[bool]) -> int:
    found = await tx.execute(sa.select(sa.func.count()).select_from(_counted).where(*which))
    return int(found.scalar_one())
