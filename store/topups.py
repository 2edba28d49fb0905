"""Rows of orders of more credits for the hour that runs."""

from dataclasses import asdict, dataclass, fields
from typing import Literal

import sqlalchemy as sa

from store.database import Transaction
from store.tables import topups

ToppedUnit = Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class TopUp:
    """So many more credits of one unit for one hour."""

    order_id: str
    session_id: str
    """The hour that they are for."""
    unit: ToppedUnit
    count: int


_topup = [topups.c[field.name] for field in fields(TopUp)]


async def add(tx: Transaction, topup: TopUp) -> None:
    """Make an order one of more credits."""
    await tx.execute(sa.insert(topups).values(asdict(topup)))


async def of_order(tx: Transaction, order_id: str) -> TopUp | None:
    """What an order buys, if it is no hour."""
    row = (await tx.execute(sa.select(*_topup).where(topups.c.order_id == order_id))).one_or_none()
    return TopUp(*row) if row else None


async def of_hour(tx: Transaction, session_id: str) -> list[TopUp]:
    """The orders of more credits for an hour, newest first."""
    query = sa.select(*_topup).where(topups.c.session_id == session_id)
    return [TopUp(*row) for row in await tx.execute(query.order_by(topups.c.order_id.desc()))]
