"""The plans as rows refer to them: config.toml's copy in the database, old plans included."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from store.database import Transaction
from store.tables import session_config


@dataclass(frozen=True, slots=True)
class Plan:
    """What is on sale: the price of an hour, and the credits that come with it."""

    id: str
    name: str
    price_paise: int
    tokens: int
    images: int
    videos: int
    rank: int
    """Its place among the plans; the higher, the better."""
    delay_s: int = 0
    """How much later than its neighbours its jobs are drawn when many are waiting."""


_columns = dict(
    zip(
        Plan.__slots__,
        (
            session_config.c.plan_id,
            session_config.c.name,
            session_config.c.price_paise,
            session_config.c.token_limit_per_hour,
            session_config.c.image_credits_per_hour,
            session_config.c.video_credits_per_hour,
            session_config.c.rank,
            session_config.c.delay_s,
        ),
        strict=True,
    )
)


async def put(tx: Transaction, plan: Plan) -> None:
    """Add a plan or bring it up to date."""
    values = {column.name: getattr(plan, field) for field, column in _columns.items()}
    await tx.execute(
        insert(session_config).values(values).on_conflict_do_update(["plan_id"], set_=values)
    )


async def get(tx: Transaction, plan_id: str) -> Plan:
    """Read a plan, also one that is no longer on sale."""
    found = await tx.execute(
        sa.select(*_columns.values()).where(session_config.c.plan_id == plan_id)
    )
    return Plan(*found.one())
