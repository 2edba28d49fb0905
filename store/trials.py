"""Rows of who had their hour for nothing."""

import sqlalchemy as sa

from store.database import Transaction
from store.tables import trials


async def was_had(tx: Transaction, user_id: int, platform: str, platform_id: str) -> bool:
    """Whether a user, or this account under whatever user it was, had a trial."""
    is_account = sa.and_(trials.c.platform == platform, trials.c.platform_id == platform_id)
    found = await tx.execute(
        sa.select(trials.c.order_id).where(sa.or_(trials.c.user_id == user_id, is_account)).limit(1)
    )
    return found.one_or_none() is not None


async def add(
    tx: Transaction, user_id: int, platform: str, platform_id: str, order_id: str, now: int
) -> None:
    """Remember that an account had its trial; the database refuses a second."""
    await tx.execute(
        sa.insert(trials).values(
            platform=platform,
            platform_id=platform_id,
            user_id=user_id,
            order_id=order_id,
            created_at=now,
        )
    )
