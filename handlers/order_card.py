"""The card of an order, drawn from what the database holds."""

from typing import assert_never

from billing.orders import OpenedOrder
from chat.model import Button, Reply
from chat.text import Text
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from store import users
from store.database import Transaction


async def order_card(services: Services, tx: Transaction, order_id: str) -> Reply:
    """What the card says now."""
    found = await services.orders.get(tx, order_id)
    assert found is not None, "a card is written in the commit that opens its order"
    words = texts(await users.language_of(tx, found.order.user_id))
    plan = services.plans.get(found.order.plan_id)
    what = words.order_line(plan.name, found.order.hours, found.order.amount_paise)
    buttons = await _buttons(services, tx, found, words)
    return Reply(_says(found, words, what), buttons)


def _says(found: OpenedOrder, words: English, what: str) -> Text:
    attempt = found.attempt
    match found.order.status:
        case "opening" if attempt is not None and attempt.state == "unknown":
            return words.order_slow(what)
        case "opening":
            return words.order_opening(what)
        case "open":
            return words.order_open(what, attempt.expires_at if attempt else 0)
        case "paid":
            return words.order_paid(what, found.payment_id or found.order.id)
        case "expired":
            return words.order_expired(what)
        case "cancelled":
            return words.order_cancelled(what)
        case "rejected":
            return words.order_rejected(what)
        case "review":
            return words.order_review(what)
        case "refunded":
            return words.order_refunded(what)
        case status:
            assert_never(status)


async def _buttons(
    services: Services, tx: Transaction, found: OpenedOrder, words: English
) -> tuple[tuple[Button, ...], ...]:
    order = found.order
    match order.status:
        case "open" if found.attempt is not None and found.attempt.url:
            return (
                (Button(words.pay(order.amount_paise), url=found.attempt.url),),
                (
                    Button(words.check_payment, press=f"v1:check:{order.id}"),
                    Button(words.cancel_order, press=f"v1:drop:{order.id}"),
                ),
            )
        case "paid":
            wallet = await services.hours.wallet(tx, order.user_id)
            own = [hour for hour in wallet.unstarted if hour.order_id == order.id]
            show = (Button(words.show_session, press="v1:session:"),)
            start = ((Button(words.start_hour, press=f"v1:start:{own[0].id}"),),) if own else ()
            return (*start, show)
        case "expired" | "cancelled" | "rejected" | "refunded":
            return ((Button(words.show_plans, press="v1:plans:"),),)
        case _:
            return ()
