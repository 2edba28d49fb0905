"""The reducer's rules one by one, without a database."""

from dataclasses import replace
from typing import Any

import pytest

from billing.gateway import LinkStatus, ObservedLink, ObservedPayment, PaymentStatus
from billing.reducer import (
    Action,
    Fulfil,
    Learn,
    MoveAttempt,
    MoveOrder,
    Policy,
    Record,
    Suspend,
    TakeBack,
    TakeFee,
    apply,
)
from store.orders import Attempt, AttemptState, Order, OrderStatus
from store.payments import Decision, Payment

ORDER = Order("ord_1", 1, "flash", 1, 10_000, "INR", "razorpay", "open", 1)
ATTEMPT = Attempt("att_1", "ord_1", "open", 10_000, 1, 1201, "plink_1", "order_1", "url")
LINK = ObservedLink("plink_1", "att_1", "created", 10_000, "INR", "url", 1201, "order_1")
PAID = ObservedPayment("pay_1", "order_1", 10_000, "INR", "captured", 0, "upi", 236, 36, 60)
GRACE_S = Policy().late_grace_s
KNOWN = Payment(
    "pay_1", "razorpay", "att_1", "ord_1", 10_000, 0, "INR", "captured", "upi", 236, 36, "poll",
    "fulfilled", 60, 60,
)  # fmt: skip


def reduced(
    *payments: ObservedPayment,
    order: Order = ORDER,
    attempt: Attempt = ATTEMPT,
    link: ObservedLink = LINK,
    known: tuple[Payment, ...] = (),
) -> list[Action]:
    return apply(order, attempt, {p.id: p for p in known}, link, payments, Policy())


def test_nothing_new_means_nothing_to_do() -> None:
    assert reduced() == []


def test_a_payment_that_fits_buys_what_was_ordered() -> None:
    assert reduced(PAID) == [
        Record(PAID),
        Fulfil(PAID),
        TakeFee(PAID, 236),
        MoveAttempt("paid"),
        MoveOrder("paid"),
    ]


def test_the_gateways_order_is_remembered() -> None:
    assert reduced(attempt=replace(ATTEMPT, gateway_order_id=None)) == [Learn("order_1")]


def test_a_payment_that_was_refunded_before_it_was_seen_buys_nothing() -> None:
    gone = replace(PAID, status="refunded", refunded_paise=10_000)
    assert reduced(gone) == [
        Record(gone),
        Suspend(gone, "already_refunded"),
        TakeFee(gone, 236),
        TakeBack(gone, 10_000),
        MoveAttempt("paid"),
        MoveOrder("refunded"),
    ]


def test_a_payment_never_goes_backwards() -> None:
    paid = replace(ATTEMPT, state="paid"), replace(ORDER, status="paid")
    stale = replace(PAID, status="authorized", fee_paise=None, tax_paise=None)
    assert reduced(stale, attempt=paid[0], order=paid[1], known=(KNOWN,)) == []


def test_a_payment_on_the_order_of_somebody_else_is_held() -> None:
    strange = replace(PAID, order_id="order_2")
    assert Suspend(strange, "wrong_order") in reduced(strange)


def test_a_second_payment_is_held_and_the_order_stays_paid() -> None:
    second = replace(PAID, id="pay_2", fee_paise=None)
    actions = reduced(
        PAID,
        second,
        attempt=replace(ATTEMPT, state="paid"),
        order=replace(ORDER, status="paid"),
        known=(KNOWN,),
    )
    assert actions == [Record(second), Suspend(second, "paid_twice")]


def test_a_fee_that_was_told_before_the_money_was_taken_is_booked_with_it() -> None:
    before = replace(KNOWN, status="authorized", decision="none")
    assert TakeFee(PAID, 236) in reduced(PAID, known=(before,))


def test_a_fee_that_becomes_known_later_is_booked_once() -> None:
    before = replace(KNOWN, fee_paise=None, tax_paise=None)
    paid = replace(ATTEMPT, state="paid"), replace(ORDER, status="paid")
    later = reduced(PAID, attempt=paid[0], order=paid[1], known=(before,))
    assert later == [Record(PAID), TakeFee(PAID, 236)]


def test_a_partial_refund_leaves_the_order_paid() -> None:
    part = replace(PAID, refunded_paise=4_000)
    paid = replace(ATTEMPT, state="paid"), replace(ORDER, status="paid")
    known = replace(KNOWN, refunded_paise=1_000)
    actions = reduced(part, attempt=paid[0], order=paid[1], known=(known,))
    assert actions == [Record(part), TakeBack(part, 3_000)]


def test_money_on_its_way_keeps_an_order_open_although_its_link_expired() -> None:
    promised = replace(PAID, status="authorized", fee_paise=None)
    expired = replace(LINK, status="expired")
    assert reduced(promised, link=expired) == [Record(promised), MoveAttempt("expired")]


def test_a_link_shown_as_paid_before_its_payment_is_looked_at_again() -> None:
    assert reduced(link=replace(LINK, status="paid")) == []


def test_a_failed_payment_is_recorded_and_decides_nothing() -> None:
    failed = replace(PAID, status="failed", fee_paise=None)
    assert reduced(failed) == [Record(failed)]


def test_a_cancelled_order_stays_cancelled_when_its_link_expires() -> None:
    cancelled = replace(ORDER, status="cancelled")
    actions = reduced(order=cancelled, link=replace(LINK, status="expired"))
    assert actions == [MoveAttempt("expired")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_paise": 9_999}, "wrong_amount"),
        ({"amount_paise": 10_001}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"order_id": "order_2"}, "wrong_order"),
        ({"refunded_paise": 1}, "already_refunded"),
        ({"created_at": 1201 + GRACE_S + 1}, "late"),
    ],
)
def test_money_that_does_not_fit_is_held_for_the_reason_why(
    change: dict[str, Any], reason: str
) -> None:
    held = [action for action in reduced(replace(PAID, **change)) if isinstance(action, Suspend)]

    assert [action.reason for action in held] == [reason]


def test_a_payment_begun_in_the_last_second_of_grace_is_in_time() -> None:
    last = replace(PAID, created_at=1201 + GRACE_S)

    assert Fulfil(last) in reduced(last)


def test_an_answer_that_lacks_a_fee_takes_none_away() -> None:
    bare = replace(PAID, fee_paise=None, tax_paise=None, refunded_paise=100)
    paid = replace(ATTEMPT, state="paid"), replace(ORDER, status="paid")
    whole = replace(PAID, refunded_paise=100)

    actions = reduced(bare, attempt=paid[0], order=paid[1], known=(KNOWN,))
    assert actions == [Record(whole), TakeBack(whole, 100)]


@pytest.mark.parametrize(
    ("state", "link", "becomes"),
    [
        ("sending", "created", "open"),
        ("unknown", "created", "open"),
        ("open", "created", None),
        ("rejected", "created", None),
        ("paid", "created", None),
        ("paid", "cancelled", None),
        ("open", "cancelled", "cancelled"),
        ("unknown", "expired", "expired"),
    ],
)
def test_an_attempt_follows_its_link_until_it_is_paid(
    state: AttemptState, link: LinkStatus, becomes: AttemptState | None
) -> None:
    actions = reduced(attempt=replace(ATTEMPT, state=state), link=replace(LINK, status=link))

    moved = [action.state for action in actions if isinstance(action, MoveAttempt)]
    assert moved == ([becomes] if becomes else [])


@pytest.mark.parametrize(
    ("status", "link", "becomes"),
    [
        ("opening", "created", "open"),
        ("opening", "expired", "expired"),
        ("open", "created", None),
        ("open", "cancelled", "cancelled"),
        ("open", "expired", "expired"),
        ("rejected", "created", None),
        ("cancelled", "created", None),
    ],
)
def test_an_unpaid_order_follows_its_link_until_it_is_closed(
    status: OrderStatus, link: LinkStatus, becomes: OrderStatus | None
) -> None:
    actions = reduced(order=replace(ORDER, status=status), link=replace(LINK, status=link))

    moved = [action.status for action in actions if isinstance(action, MoveOrder)]
    assert moved == ([becomes] if becomes else [])


def test_an_order_whose_money_is_held_waits_for_a_person() -> None:
    assert MoveOrder("review") in reduced(replace(PAID, amount_paise=9_999))


@pytest.mark.parametrize("decision", ["fulfilled", "suspense"])
def test_an_order_whose_money_went_back_whole_is_refunded(decision: Decision) -> None:
    gone = replace(PAID, status="refunded", refunded_paise=10_000)
    known = replace(KNOWN, decision=decision)
    actions = reduced(gone, order=replace(ORDER, status="paid"), known=(known,))

    assert TakeBack(gone, 10_000) in actions
    assert MoveOrder("refunded") in actions


def test_of_two_payments_seen_at_once_the_first_buys() -> None:
    second = replace(PAID, id="pay_2", created_at=61)
    actions = reduced(second, PAID)

    assert Fulfil(PAID) in actions
    assert Suspend(second, "paid_twice") in actions


def test_a_payment_that_was_set_aside_before_buys_when_it_is_taken() -> None:
    before = replace(KNOWN, status="authorized", decision="none")

    assert Fulfil(PAID) in reduced(PAID, known=(before,))


@pytest.mark.parametrize("status", ["created", "failed", "authorized"])
def test_an_answer_from_before_changes_nothing(status: PaymentStatus) -> None:
    known = replace(KNOWN, refunded_paise=4_000)
    paid = replace(ATTEMPT, state="paid"), replace(ORDER, status="paid")
    old = replace(PAID, status=status)

    assert reduced(old, attempt=paid[0], order=paid[1], known=(known,)) == []


def test_no_fee_is_booked_of_money_that_was_not_taken_or_is_no_rupees() -> None:
    for strange in (replace(PAID, status="authorized"), replace(PAID, currency="USD")):
        assert not [action for action in reduced(strange) if isinstance(action, TakeFee)]
