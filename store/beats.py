"""When each process of the bot was last alive."""

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import executors


async def last(tx: Transaction, executor: str) -> int | None:
    """The last sign of life; None when there never was one."""
    found = await tx.execute(sa.select(executors.c.beat).where(executors.c.id == executor))
    return found.scalar_one_or_none()


async def beat(tx: Transaction, executor: str, now: int) -> None:
    """Give a sign of life."""
    values = {"id": executor, "beat": now}
    await tx.execute(
        insert(executors).values(values).on_conflict_do_update(["id"], set_={"beat": now})
    )
