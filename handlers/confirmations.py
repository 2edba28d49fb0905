"""What an admin gives or sends back: asked about first, done once, by the one who asked."""

import re
from collections.abc import Awaitable, Callable

from billing.plans import Plan
from billing.stars import NAME as STARS
from billing.topping import unspent
from chat.commands import Command, Option
from chat.errors import NotUnderstoodError
from chat.model import ButtonPress, CommandCall, Reply
from chat.parsing import parse
from chat.text import Text, lines
from handlers import admin_coupons
from handlers.asking import ask, person, settle
from handlers.price_list import HOURS_MAX
from handlers.services import Services
from handlers.suspense import honour, till_of
from handlers.texts import texts
from handlers.texts.english import English
from store import cards, hours, payments, plans, topups
from store.cards import Card
from store.confirmations import Action, Confirmation
from store.database import Transaction
from store.ids import new_id

REASON_MAX = 200
FITS_NOTHING = "fits nothing"
"""The reason of a refund that was asked for by a button."""
_REASON = Option("reason", {"en": "Why"}, required=True, is_rest=True, length_max=REASON_MAX)
_REFUND = Command("admin refund", {"en": "Send money back"}, (_REASON,))
_RUPEES = re.compile(r"₹?(?P<rupees>\d{1,7})(?:\.(?P<paise>\d\d?))?(?:\s+|$)")


class TooMuchError(NotUnderstoodError):
    """More is to go back than can; `left` is what can, in paise or Stars."""

    def __init__(self, left: int, currency: str) -> None:
        super().__init__(left)
        self.left = left
        self.currency = currency


class StarsGoBackWholeError(NotUnderstoodError):
    """A part of a charge in Stars is to go back, which Telegram does not do."""


class RefundedBeforeError(NotUnderstoodError):
    """There is a refund of this payment for this reason."""

    def __init__(self, refund_id: str) -> None:
        super().__init__(refund_id)
        self.refund_id = refund_id


async def ask_grant(services: Services, call: CommandCall, target: str, details: str) -> Reply:
    """Ask an admin whether to give hours: `flash 2 "reason"`."""
    given = parse(_grant(services.plans.all), details)
    plan = services.plans.get(str(given["plan"]))
    number, reason = int(given["hours"]), str(given["reason"])

    async def decide(tx: Transaction) -> Reply:
        tag, _ = await person(tx, call, target)
        detail = {"plan": plan.id, "hours": number, "reason": reason}
        buttons = await ask(services, tx, call, "grant", tag, detail)
        words = texts(call.user.language)
        what = words.order_line(plan.name, number, 0)
        return Reply(words.admin_ask_grant(tag, what, reason), buttons, private=True)

    return await services.database.write(decide)


async def ask_refund(services: Services, call: CommandCall, target: str, details: str) -> Reply:
    """Ask an admin whether to send money back: `50 "reason"`, or all of it: `"reason"`."""
    amount = _RUPEES.match(details)
    paise = _paise(amount) if amount else None
    reason = str(parse(_REFUND, details[amount.end() :] if amount else details)["reason"])

    async def decide(tx: Transaction) -> Reply:
        left = await _refundable(services, tx, target, paise, reason)
        asked = left if paise is None else paise
        buttons = await ask(
            services, tx, call, "refund", target, {"paise": asked, "reason": reason}
        )
        words = texts(call.user.language)
        currency = (await till_of(services, tx, target)).currency
        asks = [words.admin_ask_refund(target, asked, left, reason, currency)]
        if asked == left:
            asks.append(await _taken(tx, target, words))
        return Reply(lines(asks), buttons, private=True)

    return await services.database.write(decide)


async def ask_send_back(services: Services, press: ButtonPress, payment_id: str) -> Reply:
    """Ask an admin whether to send back all of the money that fits nothing."""

    async def decide(tx: Transaction) -> Reply:
        left = await _refundable(services, tx, payment_id, None, FITS_NOTHING)
        detail = {"paise": left, "reason": FITS_NOTHING}
        buttons = await ask(services, tx, press, "refund", payment_id, detail)
        words = texts(press.user.language)
        currency = (await till_of(services, tx, payment_id)).currency
        asks = words.admin_ask_refund(payment_id, left, left, FITS_NOTHING, currency)
        return Reply(asks, buttons, private=True)

    return await services.database.write(decide)


async def confirm(services: Services, press: ButtonPress, confirmation_id: str) -> Reply:
    """Do what was asked about."""

    async def decide(tx: Transaction) -> Reply:
        asked = await settle(services, tx, press, confirmation_id)
        if asked is None:
            return Reply(texts(press.user.language).admin_settled(), toast=True)
        return await ACTS[asked.action](services, tx, press, asked)

    return await services.database.write(decide)


async def drop(services: Services, press: ButtonPress, confirmation_id: str) -> Reply:
    """Leave alone what was asked about."""
    words = texts(press.user.language)

    async def decide(tx: Transaction) -> Reply:
        if await settle(services, tx, press, confirmation_id) is None:
            return Reply(words.admin_settled(), toast=True)
        return Reply(words.admin_dropped(), edit=True, private=True)

    return await services.database.write(decide)


async def _give(
    services: Services, tx: Transaction, press: ButtonPress, asked: Confirmation
) -> Reply:
    tag, user_id = await person(tx, press, asked.subject)
    number = int(asked.detail["hours"])
    order = await services.orders.grant(
        tx, user_id, asked.detail["plan"], number, asked.admin, asked.detail["reason"]
    )
    await _announce(services, tx, tag, user_id, order.id)
    words = texts(press.user.language)
    plan = await plans.get(tx, order.plan_id)
    what = words.order_line(plan.name, order.hours, order.amount_paise)
    return Reply(words.admin_granted(tag, what, order.id), edit=True, private=True)


async def _announce(
    services: Services, tx: Transaction, tag: str, user_id: int, order_id: str
) -> None:
    """Show a person the order that they were given, where they are spoken to in private."""
    platform, _, number = tag.partition(":")
    chat = services.chats.get(platform)
    if chat is None:
        return
    now = services.clock()
    card = Card(
        id=new_id("crd", now),
        user_id=user_id,
        kind="order",
        subject=order_id,
        address=chat.home(number).to_json(),
    )
    await cards.add(tx, services.work, card, now)


async def _send_back(
    services: Services, tx: Transaction, press: ButtonPress, asked: Confirmation
) -> Reply:
    paise, reason = int(asked.detail["paise"]), str(asked.detail["reason"])
    await _refundable(services, tx, asked.subject, paise, reason)
    till = await till_of(services, tx, asked.subject)
    refund = await till.refunds.request(tx, asked.subject, reason, asked.admin, paise)
    said = texts(press.user.language).admin_refunding(
        asked.subject, paise, refund.id, till.currency
    )
    return Reply(said, edit=True, private=True)


async def _refundable(
    services: Services, tx: Transaction, payment_id: str, paise: int | None, reason: str
) -> int:
    """How many paise of a payment can go back, if so many can for this reason."""
    till = await till_of(services, tx, payment_id)
    for refund in await payments.refunds_of(tx, payment_id):
        if refund.reason == reason:
            raise RefundedBeforeError(refund.id)
    left = await till.refunds.left(tx, payment_id)
    if till.name == STARS and paise not in (None, left):
        raise StarsGoBackWholeError
    if not 0 < (left if paise is None else paise) <= left:
        raise TooMuchError(left, till.currency)
    return left


async def _taken(tx: Transaction, payment_id: str, words: English) -> Text:
    """What is taken back of a payment's order when all of its money goes back."""
    payment = await payments.get(tx, payment_id)
    order_id = (payment.order_id if payment else None) or ""
    if topup := await topups.of_order(tx, order_id):
        left = await unspent(tx, topup)
        return words.admin_refund_takes_credits(topup.unit, topup.count - left, left)
    bought = await hours.of_order(tx, order_id)
    unbegun = sum(hour.status == "unstarted" for hour in bought)
    return words.admin_refund_takes(len(bought) - unbegun, unbegun)


ACTS: dict[Action, Callable[[Services, Transaction, ButtonPress, Confirmation], Awaitable[Reply]]]
ACTS = {
    "grant": _give,
    "refund": _send_back,
    "honour": honour,
    "coupon": admin_coupons.make,
    "stop_coupon": admin_coupons.stop,
}


def _grant(on_sale: tuple[Plan, ...]) -> Command:
    plan = Option("plan", {"en": "Plan"}, required=True, choices=tuple(p.id for p in on_sale))
    number = Option(
        "hours", {"en": "Hours"}, kind="integer", required=True, minimum=1, maximum=HOURS_MAX
    )
    return Command("admin grant", {"en": "Give hours"}, (plan, number, _REASON))


def _paise(amount: re.Match[str]) -> int:
    return int(amount["rupees"]) * 100 + int((amount["paise"] or "0").ljust(2, "0"))
