"""The ledger's rows: accounts, and transfers that are only ever added.

What an account may hold and how a reservation may be resolved is held by triggers in the database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import accounts, transfers

Phase = Literal["posted", "pending", "post", "void"]
Resolution = Literal["post", "void"]

_balances = sa.table(
    "account_balances",
    sa.column("id"),
    sa.column("posted"),
    sa.column("pending"),
    sa.column("may_overdraw"),
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, and how much of it is reserved."""

    posted: int = 0
    pending: int = 0
    may_overdraw: bool = False

    @property
    def available(self) -> int:
        """What can still be taken."""
        return self.posted - self.pending


@dataclass(frozen=True, slots=True)
class Transfer:
    """A movement or a reservation; it takes from `debit` and gives to `credit`."""

    id: int
    key: str
    debit: str
    credit: str
    amount: int
    phase: Phase
    resolution: Resolution | None
    """How a reservation ended; None while it is pending."""


async def open_account(
    tx: Transaction, account: str, unit: str, *, may_overdraw: bool = False
) -> None:
    """Open an account; opening it again changes nothing."""
    await tx.execute(
        insert(accounts)
        .values(id=account, unit=unit, may_overdraw=int(may_overdraw))
        .on_conflict_do_nothing()
    )


async def add(
    tx: Transaction,
    phase: Phase,
    debit: str,
    credit: str,
    amount: int,
    *,
    key: str,
    now: int,
    resolves: int | None = None,
) -> None:
    """Append a transfer."""
    await tx.execute(
        sa.insert(transfers).values(
            key=key,
            debit=debit,
            credit=credit,
            amount=amount,
            phase=phase,
            resolves=resolves,
            created_at=now,
        )
    )


async def find(tx: Transaction, key: str) -> Transfer | None:
    """The movement or reservation of this key."""
    answer = transfers.alias()
    found = await tx.execute(
        sa.select(
            transfers.c.id,
            transfers.c.key,
            transfers.c.debit,
            transfers.c.credit,
            transfers.c.amount,
            transfers.c.phase,
            answer.c.phase.label("resolution"),
        )
        .outerjoin(answer, answer.c.resolves == transfers.c.id)
        .where(transfers.c.key == key, transfers.c.phase.in_(("posted", "pending")))
    )
    row = found.one_or_none()
    return Transfer(*row) if row else None


async def balances(tx: Transaction, ids: Collection[str]) -> dict[str, Balance]:
    """What each of these accounts holds; one that was never opened holds nothing."""
    found = await tx.execute(sa.select(_balances).where(_balances.c.id.in_(ids)))
    held = {row.id: Balance(row.posted, row.pending, bool(row.may_overdraw)) for row in found}
    return {account: held.get(account, Balance()) for account in ids}
