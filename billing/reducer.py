"""What follows from what the gateway shows: a pure function, so that every order of events agrees.

Webhooks, redirects and polls only cause a look at the gateway; this decides what the look means.
Running it again on the same facts, once its actions were taken, gives no actions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from billing.gateway import ObservedLink, ObservedPayment
from store.orders import Attempt, AttemptState, Order, OrderStatus
from store.payments import Payment

Reason = Literal[
    "wrong_amount", "wrong_currency", "wrong_order", "late", "paid_twice", "already_refunded"
]

RANK = {"created": 0, "failed": 1, "authorized": 2, "captured": 3, "refunded": 4}
TAKEN = ("captured", "refunded")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decided about money that comes late."""

    late_grace_s: int = 30 * 60
    """A payment begun this long after its link expired still buys what was ordered."""
    refund_at_once: frozenset[Reason] = frozenset()
    """Money that fits nothing for one of these reasons is sent back without asking anybody."""


@dataclass(frozen=True, slots=True)
class Learn:
    """The gateway's own order behind the link is known now."""

    gateway_order_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """A payment is new, or has changed."""

    payment: ObservedPayment


@dataclass(frozen=True, slots=True)
class Fulfil:
    """This payment buys what was ordered."""

    payment: ObservedPayment


@dataclass(frozen=True, slots=True)
class Suspend:
    """This money fits nothing: hold it until a person decides."""

    payment: ObservedPayment
    reason: Reason


@dataclass(frozen=True, slots=True)
class TakeFee:
    """What the gateway kept of a payment is known now."""

    payment: ObservedPayment
    paise: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """So much more of a payment went back to the payer."""

    payment: ObservedPayment
    paise: int


@dataclass(frozen=True, slots=True)
class MoveAttempt:
    """The link can no longer be paid, or was."""

    state: AttemptState


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """The order's fate is known."""

    status: OrderStatus


Action = Learn | Record | Fulfil | Suspend | TakeFee | TakeBack | MoveAttempt | MoveOrder


def apply(
    order: Order,
    attempt: Attempt,
    known: Mapping[str, Payment],
    link: ObservedLink,
    payments: Sequence[ObservedPayment],
    policy: Policy,
) -> list[Action]:
    """What is to be done now.

    Args:
        order: The order as it stands.
        attempt: The attempt that the link belongs to.
        known: All payments of the order that were seen before, by id.
        link: The link as it is.
        payments: The payments on it; a stale answer may lack some.
        policy: What the operator decided.
    """
    actions: list[Action] = []
    if link.order_id and link.order_id != attempt.gateway_order_id:
        actions.append(Learn(link.order_id))
    fulfilled = any(payment.decision == "fulfilled" for payment in known.values())
    for payment in sorted(payments, key=lambda payment: (payment.created_at, payment.id)):
        before = known.get(payment.id)
        latest = _latest(payment, before)
        if before is None or _changed(latest, before):
            actions.append(Record(latest))
        if latest.status in TAKEN and (before is None or before.decision == "none"):
            reason = _misfit(latest, order, attempt, link, policy)
            if reason is None and not fulfilled:
                actions.append(Fulfil(latest))
                fulfilled = True
            else:
                actions.append(Suspend(latest, reason or "paid_twice"))
        actions += _books(latest, before, order.currency)
    return [*actions, *_moves(order, attempt, known, link, actions)]


def _latest(payment: ObservedPayment, before: Payment | None) -> ObservedPayment:
    """What is true when answers overtake each other: a payment only ever moves forward."""
    if before is None:
        return payment
    return replace(
        payment,
        status=max(payment.status, before.status, key=RANK.__getitem__),
        refunded_paise=max(payment.refunded_paise, before.refunded_paise),
        fee_paise=before.fee_paise if payment.fee_paise is None else payment.fee_paise,
        tax_paise=before.tax_paise if payment.tax_paise is None else payment.tax_paise,
    )


def _changed(latest: ObservedPayment, before: Payment) -> bool:
    return (latest.status, latest.refunded_paise, latest.fee_paise) != (
        before.status,
        before.refunded_paise,
        before.fee_paise,
    )


def _misfit(
    payment: ObservedPayment, order: Order, attempt: Attempt, link: ObservedLink, policy: Policy
) -> Reason | None:
    """Why a payment cannot buy what was ordered, if so."""
    if payment.order_id != link.order_id:
        return "wrong_order"
    if payment.currency != order.currency:
        return "wrong_currency"
    if payment.amount_paise != attempt.amount_paise:
        return "wrong_amount"
    if payment.refunded_paise:
        return "already_refunded"
    if payment.created_at > attempt.expires_at + policy.late_grace_s:
        return "late"
    return None


def _books(latest: ObservedPayment, before: Payment | None, currency: str) -> Iterator[Action]:
    if latest.status not in TAKEN or latest.currency != currency:
        return
    # A fee that was told before the money was taken has not been booked.
    is_booked = before and before.status in TAKEN and before.fee_paise is not None
    if latest.fee_paise and not is_booked:
        yield TakeFee(latest, latest.fee_paise)
    returned = latest.refunded_paise - (before.refunded_paise if before else 0)
    if returned:
        yield TakeBack(latest, returned)


def _moves(
    order: Order,
    attempt: Attempt,
    known: Mapping[str, Payment],
    link: ObservedLink,
    actions: Sequence[Action],
) -> Iterator[Action]:
    seen: dict[str, ObservedPayment | Payment] = {**known}
    seen.update({a.payment.id: a.payment for a in actions if isinstance(a, Record)})
    state = _attempt_state(attempt, link, taken=any(p.status in TAKEN for p in seen.values()))
    if state != attempt.state:
        yield MoveAttempt(state)
    status = _order_status(order, state, list(seen.values()), actions, known)
    if status != order.status:
        yield MoveOrder(status)


def _attempt_state(attempt: Attempt, link: ObservedLink, *, taken: bool) -> AttemptState:
    if taken or attempt.state == "paid":
        return "paid"
    if link.status in ("cancelled", "expired"):
        return link.status
    # A paid link whose payment is not shown yet is looked at again.
    return "open" if attempt.state in ("sending", "unknown") else attempt.state


def _order_status(
    order: Order,
    state: AttemptState,
    seen: Sequence[ObservedPayment | Payment],
    actions: Sequence[Action],
    known: Mapping[str, Payment],
) -> OrderStatus:
    fulfilling = {p.id for p in known.values() if p.decision == "fulfilled"} | {
        action.payment.id for action in actions if isinstance(action, Fulfil)
    }
    if fulfilling:
        paid = [payment for payment in seen if payment.id in fulfilling]
        gone = all(payment.refunded_paise >= payment.amount_paise for payment in paid)
        return "refunded" if gone else "paid"
    held = [p for p in seen if p.status in TAKEN and p.refunded_paise < p.amount_paise]
    if held:
        return "review"
    if any(payment.status in TAKEN for payment in seen):
        return "refunded"
    if order.status not in ("opening", "open"):
        return order.status
    if any(payment.status == "authorized" for payment in seen):
        return "open"  # the money is on its way
    return state if state in ("cancelled", "expired") else "open"
