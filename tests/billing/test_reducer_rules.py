"""The reducer's rules one by one, without a database."""

from dataclasses import replace

from billing.gateway import ObservedLink, ObservedPayment
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
from store.orders import Attempt, Order
from store.payments import Payment

ORDER = Order("ord_1", 1, "flash", 1, 10_000, "INR", "razorpay", "open", 1)
ATTEMPT = Attempt("att_1", "ord_1", "open", 10_000, 1, 1201, "plink_1", "order_1", "url")
LINK = ObservedLink("plink_1", "att_1", "created", 10_000, "INR", "url", 1201, "order_1")
PAID = ObservedPayment("pay_1", "order_1", 10_000, "INR", "captured", 0, "upi", 236, 36, 60)
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
