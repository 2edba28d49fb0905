"""Money becomes ours when an hour that it bought begins, and not before."""

from billing import ledger
from billing.pricing import share
from store import orders
from store.database import Transaction


async def earn(tx: Transaction, order_id: str, ordinal: int, now: int) -> None:
    """Book what one of an order's hours cost as earned; again changes nothing."""
    order = await orders.get(tx, order_id)
    if order and order.amount_paise:
        await ledger.move(
            tx,
            ledger.deferred_account(order.id),
            ledger.BOOKS[order.currency].revenue,
            share(order.amount_paise, order.hours, ordinal),
            key=f"earned:{order.id}-{ordinal}",
            now=now,
        )
