"""Who did what that matters: grants, refunds, money that fits nothing."""

import sqlalchemy as sa

from store.database import Transaction
from store.tables import audit_log


async def record(
    tx: Transaction, at: int, actor: str, action: str, subject: str, **detail: str | int
) -> None:
    """Write a line that is never changed; `actor` is a user, an admin or a part of the program."""
    await tx.execute(
        sa.insert(audit_log).values(
            at=at, actor=actor, action=action, subject=subject, detail=detail
        )
    )
