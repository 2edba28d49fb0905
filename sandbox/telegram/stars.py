"""Paying in Stars: an invoice by link, the question before the payment, the charge, its way back.

https://core.telegram.org/bots/payments-stars
"""

import asyncio
import secrets
from typing import Literal

from sandbox.records import Json, JsonValue, Message, Person
from sandbox.telegram.bot import Bot
from sandbox.telegram.entities import render_person
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params, number
from sandbox.telegram.star_records import Charge, Invoice

CURRENCY = "XTR"
ANSWER_WITHIN_S = 10.0
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_PAYLOAD = 32, 255, 128
MOST_STARS = 10_000
PAGE_MAX = 100

Mischief = Literal["", "lost", "unasked"]
"""The bot is not told of the payment, or was not asked before it."""


async def create_invoice_link(bot: Bot, params: Params) -> JsonValue:
    """A link to an invoice."""
    title, description = params.text("title"), params.text("description")
    payload, prices = params.text("payload"), params.objects("prices", "prices")
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise bad_request("invoice title must be non-empty and not too long")
    if not 1 <= len(description) <= LONGEST_DESCRIPTION:
        raise bad_request("invoice description must be non-empty and not too long")
    if not 1 <= len(payload.encode()) <= LONGEST_PAYLOAD:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if params.text("currency") != CURRENCY:
        raise bad_request("PAYMENT_PROVIDER_INVALID")  # no other provider is pretended
    amount = number(prices[0].get("amount")) if len(prices) == 1 else 0
    if not 1 <= amount <= MOST_STARS:
        raise bad_request("STARS_INVOICE_INVALID")
    link = f"https://t.me/${secrets.token_urlsafe(12)}"
    bot.stars.invoices[link] = Invoice(link, title, description, payload, amount)
    return link


async def answer_pre_checkout_query(bot: Bot, params: Params) -> JsonValue:
    """The bot's word on a payment that somebody is about to make."""
    question = bot.stars.questions.pop(params.text("pre_checkout_query_id"), None)
    if question is None or question.done():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not params.flag("ok") and not params.text("error_message"):
        raise bad_request("error message must be non-empty")
    question.set_result("" if params.flag("ok") else params.text("error_message"))
    return True


async def refund_star_payment(bot: Bot, params: Params) -> JsonValue:
    """Give a charge back to who paid it, once."""
    charge = bot.stars.charges.get(params.text("telegram_payment_charge_id"))
    payer = bot.world.people.get(charge.person) if charge else None
    if charge is None or payer is None or str(payer.id) != params.text("user_id"):
        raise bad_request("CHARGE_NOT_FOUND")
    if charge.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    charge.refunded = True
    bot.stars.transactions.append(_transaction(bot, charge, "receiver"))
    body = _about(charge)
    _tell(bot, payer, f"⭐ {charge.amount} came back", {"refunded_payment": body})
    return True


async def get_star_transactions(bot: Bot, params: Params) -> JsonValue:
    """Every movement of Stars, the oldest first."""
    offset, limit = params.integer("offset"), params.integer("limit", PAGE_MAX)
    if not 1 <= limit <= PAGE_MAX:
        raise bad_request("limit must be between 1 and 100")
    return {"transactions": [*bot.stars.transactions[offset : offset + limit]]}


async def pay(bot: Bot, person: Person, link: str, mischief: Mischief = "") -> tuple[str, str]:
    """A person pays an invoice; the outcome, and the bot's words if it would not have it."""
    invoice = bot.stars.invoices.get(link)
    if invoice is None:
        return "unknown", ""
    if mischief != "unasked":
        try:
            refusal = await _ask(bot, person, invoice)
        except TimeoutError:
            return "unanswered", ""
        if refusal:
            return "refused", refusal
    _charge(bot, person, invoice, is_told=mischief != "lost")
    return "paid", ""


async def _ask(bot: Bot, person: Person, invoice: Invoice) -> str:
    """Wait for the bot's word as long as Telegram does."""
    query_id = str(secrets.randbits(62))
    question: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    bot.stars.questions[query_id] = question
    body: Json = {
        "id": query_id,
        "from": render_person(person),
        "currency": CURRENCY,
        "total_amount": invoice.amount,
        "invoice_payload": invoice.payload,
    }
    bot.updates.add("pre_checkout_query", body)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await question
    finally:
        bot.stars.questions.pop(query_id, None)


def _charge(bot: Bot, person: Person, invoice: Invoice, *, is_told: bool) -> None:
    charge = Charge(
        f"stx{secrets.token_urlsafe(48)}",  # about as long as the real ones
        invoice.payload,
        person.key,
        invoice.amount,
        int(bot.world.now()),
    )
    bot.stars.charges[charge.id] = charge
    bot.stars.transactions.append(_transaction(bot, charge, "source"))
    said = f"⭐ {invoice.amount} paid for {invoice.title}"
    _tell(bot, person, said, {"successful_payment": _about(charge)}, is_told=is_told)


def _about(charge: Charge) -> Json:
    return {
        "currency": CURRENCY,
        "total_amount": charge.amount,
        "invoice_payload": charge.payload,
        "telegram_payment_charge_id": charge.id,
        "provider_payment_charge_id": "",
    }


def _tell(bot: Bot, person: Person, text: str, service: Json, *, is_told: bool = True) -> None:
    """Put a service message into the person's chat with the bot, and tell the bot of it."""
    message = Message(
        id=bot.world.next_message_id(),
        chat=person.key,
        sender=person.key,
        sent=int(bot.world.now()),
        text=text,
        service=service,
    )
    bot.world.post(message)
    if is_told:
        bot.updates.add("message", bot.render.message(message))


def _transaction(bot: Bot, charge: Charge, side: Literal["source", "receiver"]) -> Json:
    partner: Json = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": render_person(bot.world.people[charge.person]),
        "invoice_payload": charge.payload,
    }
    at = charge.at if side == "source" else int(bot.world.now())
    return {"id": charge.id, "amount": charge.amount, "date": at, side: partner}


METHODS = {
    "createInvoiceLink": create_invoice_link,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
    "refundStarPayment": refund_star_payment,
    "getStarTransactions": get_star_transactions,
}
