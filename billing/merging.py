"""Two wallets become one: hours, credits, orders and all that was made with them.

Accounts of the ledger are keyed by hour, order and job, never by user: nothing is rewritten there.
"""

from billing.hours import Hour, Hours
from billing.lifetimes import running_of
from billing.orders import Orders
from store import hours as hour_rows
from store import links as rows
from store import users
from store.database import Transaction


async def merge(tx: Transaction, hours: Hours, orders: Orders, one: int, other: int) -> int:
    """Make one user of two; return the one that stays, which is the older.

    When an hour runs on both sides, the one of the better plan goes on, and the other waits.
    When both have an open order of a plan, the younger user's is closed; if it was paid meanwhile,
    it becomes paid after all.
    """
    kept, given = sorted((one, other))
    await _let_one_run(tx, hours, kept, given)
    for order_id in await rows.rival_orders(tx, kept, given):
        await orders.cancel(tx, order_id, given)
    await rows.move(tx, given, kept)
    if state := await users.state_of(tx, given):
        await users.set_state(tx, kept, await users.state_of(tx, kept) or state)
    await hours.settle(tx, kept)
    return kept


async def _let_one_run(tx: Transaction, hours: Hours, kept: int, given: int) -> None:
    settled = [running_of(await hours.settle(tx, user_id)) for user_id in (kept, given)]
    running: list[Hour] = [hour for hour in settled if hour]
    best = max(running, key=lambda hour: hours.plans.rank(hour.plan_id), default=None)
    for hour in running:
        if hour is not best:
            await hour_rows.change(
                tx, hour.id, status="waiting", ends_at=None, seconds_left=hour.seconds_left
            )
