"""What admins must hear of although they did not ask: each thing once."""

import logging
from collections.abc import Callable
from functools import partial

from billing.hours_settings import DAY_S
from billing.standstills import REASON
from chat.errors import DeliveryError
from chat.model import Reply
from chat.text import Text
from handlers.services import Services
from handlers.suspense import money
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import money as shown_money
from store import disputes, payments, reconciling, standstills, users
from store.database import Transaction
from store.disputes import Dispute
from store.payments import Payment, Refund
from store.standstills import Standstill

log = logging.getLogger(__name__)

Say = Callable[[English], Text]

TOLD = "told admins"
"""The audit log's word for an alarm that was sent."""
GATEWAY = "Razorpay"
REMINDED_DAYS = (3, 1)
STANDSTILLS = 3
"""How many of the last ones are looked at."""


async def tell_admins(services: Services, say: Say) -> None:
    """Say something to every admin, in their language, where they can be reached."""
    for tag in sorted(services.admins):
        platform, _, number = tag.partition(":")
        if chat := services.chats.get(platform):
            words = texts(await _language_of(services, platform, number))
            try:
                await chat.send(chat.home(number), Reply(say(words)))
            except DeliveryError as error:
                log.warning("%s cannot be told: %s", tag, error)


async def sound_alarms(services: Services) -> None:
    """Tell the admins what has happened since; after a crash, one may be told twice."""
    async with services.database.read() as tx:
        alarms = [alarm for look in LOOKS for alarm in await look(tx)]
        alarms += await _gateway_down(services, tx)
        alarms += await _unanswered(services, tx)
    for subject, say in alarms:
        await tell_admins(services, say)
        await services.database.write(partial(_note, services, subject))


async def _refunds(tx: Transaction) -> list[tuple[str, Say]]:
    """Refunds that no bank took."""
    return [
        (refund.id, partial(_refund_failed, refund, await _currency_of(tx, refund)))
        for refund in await payments.failed_refunds(tx)
        if not await users.is_audited(tx, TOLD, refund.id)
    ]


async def _held(tx: Transaction) -> list[tuple[str, Say]]:
    """Money that waits for an admin: nobody else decides about it."""
    return [
        (f"held {payment.id}", partial(_money_held, payment))
        for payment in await payments.in_suspense(tx)
        if not await payments.refunds_of(tx, payment.id)
        and not await users.is_audited(tx, TOLD, f"held {payment.id}")
    ]


async def _disputed(tx: Transaction) -> list[tuple[str, Say]]:
    """Disputes, once for each turn that they take."""
    return [
        (name, partial(_dispute, payment, status, respond_by))
        for name, payment, status, respond_by in await reconciling.disputed(tx, TOLD)
    ]


async def _unanswered(services: Services, tx: Transaction) -> list[tuple[str, Say]]:
    """Disputes whose time for an answer runs out, three days before and on the last one."""
    now = services.clock()
    return [
        (subject, partial(_answer_soon, dispute))
        for days in REMINDED_DAYS
        for dispute in await disputes.to_answer(tx, now, days * DAY_S)
        if not await users.is_audited(tx, TOLD, subject := f"{dispute.id} {days} days left")
    ]


async def _found(tx: Transaction) -> list[tuple[str, Say]]:
    """What does not agree with Razorpay's payments."""
    return [
        (found.subject, partial(_disagreement, found.detail["finding"], found.detail["about"]))
        for found in await reconciling.reported(tx, TOLD)
    ]


async def _stopped(tx: Transaction) -> list[tuple[str, Say]]:
    """That nothing can be drawn, and that it can again."""
    found: list[tuple[str, Say]] = []
    for each in await standstills.newest(tx, STANDSTILLS):
        found.append((f"{each.id} began", partial(_began, each)))
        if each.ended_at is not None:
            found.append((f"{each.id} ended", partial(_ended, each)))
    return [told for told in found if not await users.is_audited(tx, TOLD, told[0])]


async def _paid_back(tx: Transaction) -> list[tuple[str, Say]]:
    """Money that goes back because nothing could be drawn."""
    return [
        (name, partial(_goes_back, payment, shown_money(amount, currency)))
        for name, payment, amount, currency in await reconciling.refunded(tx, TOLD, REASON)
    ]


async def _gateway_down(services: Services, tx: Transaction) -> list[tuple[str, Say]]:
    """That nothing can be sold, once for each time that it began."""
    gateway = services.gateway
    if gateway is None or gateway.down_since is None:
        return []
    subject, trouble = f"{GATEWAY} down since {gateway.down_since}", gateway.trouble
    if await users.is_audited(tx, TOLD, subject):
        return []
    return [(subject, lambda words: words.alarm_gateway_down(GATEWAY, trouble))]


async def _currency_of(tx: Transaction, refund: Refund) -> str:
    payment = await payments.get(tx, refund.payment_id)
    assert payment is not None, "a refund has a payment"
    return payment.currency


def _refund_failed(refund: Refund, currency: str, words: English) -> Text:
    return words.alarm_refund_failed(refund.amount_paise, refund.payment_id, refund.id, currency)


def _money_held(payment: Payment, words: English) -> Text:
    return words.alarm_held(money(payment), payment.id)


def _dispute(payment: str, status: str, respond_by: int | None, words: English) -> Text:
    return words.alarm_dispute(payment, status, respond_by)


def _answer_soon(dispute: Dispute, words: English) -> Text:
    assert dispute.respond_by is not None, "only those with a last day are looked for"
    return words.alarm_dispute_soon(dispute.payment_id, dispute.respond_by)


def _disagreement(what: str, subject: str, words: English) -> Text:
    return words.alarm_found(what, subject)


def _began(standstill: Standstill, words: English) -> Text:
    return words.alarm_standstill(standstill.began_at)


def _ended(standstill: Standstill, words: English) -> Text:
    assert standstill.ended_at is not None, "it is over"
    return words.alarm_standstill_over(standstill.began_at, standstill.ended_at)


def _goes_back(payment: str, amount: str, words: English) -> Text:
    return words.alarm_paid_back(amount, payment)


LOOKS = (_refunds, _held, _disputed, _found, _stopped, _paid_back)
"""Each gives what has not been told yet, by its name in the audit log."""


async def _note(services: Services, subject: str, tx: Transaction) -> None:
    await users.audit(tx, services.clock(), "billing", TOLD, subject)


async def _language_of(services: Services, platform: str, number: str) -> str:
    async with services.database.read() as tx:
        user = await users.find(tx, platform, number)
    return user.language if user else "en"
