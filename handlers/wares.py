"""What an order is about, in words: hours of a plan, or more credits for one."""

from handlers.texts.english import English
from handlers.texts.numbers import money
from store import plans, topups
from store.database import Transaction
from store.orders import Order


async def named(tx: Transaction, order: Order, words: English) -> str:
    """What was ordered, without its price."""
    if topup := await topups.of_order(tx, order.id):
        return words.topup_item(topup.count, topup.unit)
    return words.item((await plans.get(tx, order.plan_id)).name, order.hours)


async def priced(tx: Transaction, order: Order, words: English) -> str:
    """What was ordered, and for how much."""
    return f"{await named(tx, order, words)} · {money(order.amount_paise, order.currency)}"
