"""Money that fits nothing: shown to admins, with a button to honour it and one to send it back."""

from billing.errors import NotHonourableError
from billing.payments import Payments
from chat.model import Button, ButtonPress, CommandCall, Reply
from chat.text import Text, code, lines, text
from handlers.asking import UnknownTargetError, ask
from handlers.paying import PaymentsOffError
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import money as shown_money
from handlers.wares import priced
from store import payments, users
from store.confirmations import Confirmation
from store.database import Transaction
from store.payments import Payment

LISTED_MAX = 10
WITH_BUTTONS = 5


async def list_suspense(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """The money that waits for a person's decision."""
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> list[Payment]:
        await users.audit(tx, services.clock(), call.user.tag, "list suspense", "")
        return await payments.in_suspense(tx)

    held = await services.database.write(decide)
    if not held:
        return Reply(words.admin_nothing(), private=True)
    listed = [payment_line(payment) for payment in held[:LISTED_MAX]]
    buttons = tuple(_ways_out(payment, words) for payment in held[:WITH_BUTTONS])
    return Reply(lines([words.admin_suspense(len(held)), *listed]), buttons, private=True)


async def ask_honour(services: Services, press: ButtonPress, payment_id: str) -> Reply:
    """Ask an admin whether held money shall buy what was ordered after all."""
    words = texts(press.user.language)

    async def decide(tx: Transaction) -> Reply:
        try:
            held = await till_of(services, tx, payment_id)
        except UnknownTargetError:
            raise NotHonourableError(payment_id) from None
        order = await held.settlement.honourable(tx, payment_id)
        buttons = await ask(services, tx, press, "honour", payment_id, {"order": order.id})
        what = await priced(tx, order, words)
        return Reply(words.admin_ask_honour(payment_id, what), buttons, private=True)

    return await services.database.write(decide)


async def honour(
    services: Services, tx: Transaction, press: ButtonPress, asked: Confirmation
) -> Reply:
    """Do it."""
    held = await till_of(services, tx, asked.subject)
    order = await held.settlement.honour(tx, asked.subject, asked.admin)
    words = texts(press.user.language)
    return Reply(words.admin_honoured(asked.subject, order.id), edit=True, private=True)


def payment_line(payment: Payment) -> Text:
    """A payment in one line."""
    amount = f" · {money(payment)} · "
    back = shown_money(payment.refunded_paise, payment.currency)
    gone = f" · −{back}" if payment.refunded_paise else ""
    return text(code(payment.id), amount, code(f"{payment.status}, {payment.decision}"), gone)


def money(payment: Payment) -> str:
    """What was paid, in its currency."""
    return shown_money(payment.amount_paise, payment.currency)


async def till_of(services: Services, tx: Transaction, payment_id: str) -> Payments:
    """What follows this payment.

    Raises:
        PaymentsOffError: Its gateway is not in use.
        UnknownTargetError: There is no such payment.
    """
    if not services.tills:
        raise PaymentsOffError
    payment = await payments.get(tx, payment_id)
    if payment is None:
        raise UnknownTargetError(payment_id)
    till = services.till_of(payment.gateway)
    if till is None:
        raise PaymentsOffError
    return till


def _ways_out(payment: Payment, words: English) -> tuple[Button, ...]:
    tail = payment.id[-6:]
    return (
        Button(words.admin_honour(tail), press=f"v1:honour:{payment.id}"),
        Button(words.admin_send_back(tail), press=f"v1:send_back:{payment.id}"),
    )
