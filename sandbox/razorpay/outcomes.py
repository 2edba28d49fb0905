"""How a visit to the hosted page can end, from plain success to a payment after cancellation."""

from dataclasses import dataclass
from typing import Literal

from sandbox.razorpay.entities import Failure, Instrument, Link, LinkStatus
from sandbox.razorpay.lifecycle import BANK_DECLINED, attempt, authorize, close_link, fail, succeed
from sandbox.razorpay.wire import JsonObject
from sandbox.razorpay.world import World

Outcome = Literal[
    "success",
    "fail",
    "cancel",
    "fail_then_success_same_payment",
    "authorize_only",
    "late_auth",
    "pending",
    "double_pay",
    "wrong_amount",
    "wrong_currency",
    "pay_after_expiry",
    "pay_after_cancel",
]

CANCELLED = Failure("payment_cancelled", "Payment processing cancelled by user")
# The published test cards that fail, by their digits.
ERROR_CARDS = {
    "4100280000090000": Failure("payment_timed_out", "Payment was not completed on time."),
    "4100280000080001": Failure(
        "insufficient_fund", "Your payment failed because of insufficient funds.", source="issuer"
    ),
    "4100280000070002": CANCELLED,
    "4100280000060003": Failure(
        "card_declined", "Your payment was declined by the bank.", source="issuer"
    ),
    "4100280000020007": Failure(
        "gateway_technical_error", "Payment failed at the gateway.", "GATEWAY_ERROR", "gateway"
    ),
    "4100280000000009": Failure("authentication_failed", "The OTP was not correct."),
}
_NETWORKS = {"4": "Visa", "5": "MasterCard", "6": "RuPay", "3": "American Express"}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the payer filled in, and what shall come of it."""

    instrument: Instrument
    outcome: Outcome
    failure: Failure = BANK_DECLINED
    amount: int | None = None  # paise; for a part payment or a wrong amount
    after: float = 6.0  # seconds until a late answer comes
    webhook_delay: float = 0.0  # lets the payer's browser come back first


def pay(world: World, link: Link, visit: Visit) -> list[str]:
    """Play a visit to its end; returns the ids of its payments."""
    link = _closed_first(world, link, visit)
    currency = "USD" if visit.outcome == "wrong_currency" else link.currency
    amount = _amount(link, visit)
    times = 2 if visit.outcome == "double_pay" else 1
    ids = []
    for _ in range(times):
        link = world.links[link.id]
        ids.append(attempt(world, link, visit.instrument, amount, currency).id)
    for payment_id in ids:
        _settle(world, payment_id, visit)
    return ids


def card(world: World, number: str) -> JsonObject:
    """Describe a card without its number."""
    return {
        "id": world.new_id("card_"),
        "entity": "card",
        "name": "",
        "last4": number[-4:],
        "network": _NETWORKS.get(number[:1], "Unknown"),
        "type": "debit",
        "issuer": None,
        "international": False,
        "emi": False,
        "sub_type": "consumer",
    }


def _amount(link: Link, visit: Visit) -> int:
    due = link.amount - link.amount_paid or link.amount
    if visit.outcome == "wrong_amount":
        return visit.amount or due + 100
    return visit.amount if visit.amount and link.accept_partial else due


def _closed_first(world: World, link: Link, visit: Visit) -> Link:
    after = {"pay_after_expiry": LinkStatus.EXPIRED, "pay_after_cancel": LinkStatus.CANCELLED}
    status = after.get(visit.outcome)
    if status is not None and link.is_open:
        world.publish(close_link(world, link, status))
    return world.links[link.id]


def _settle(world: World, payment_id: str, visit: Visit) -> None:
    payment = world.payments[payment_id]
    match visit.outcome:
        case "pending":
            return
        case "authorize_only":
            drafts = authorize(world, payment)
        case "fail" | "fail_then_success_same_payment" | "late_auth":
            drafts = fail(world, payment, visit.failure)
        case "cancel":
            drafts = fail(world, payment, CANCELLED)
        case _:
            drafts = succeed(world, payment)
    world.publish(drafts, visit.webhook_delay)
    if visit.outcome in {"fail_then_success_same_payment", "late_auth"}:
        world.later(visit.after, lambda: _succeed_late(world, payment_id))


def _succeed_late(world: World, payment_id: str) -> None:
    world.publish(succeed(world, world.payments[payment_id]))
