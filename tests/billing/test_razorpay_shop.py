"""Orders through the real SDK and the pretended Razorpay: links, the pay page, polls."""

import pytest

from billing.errors import RejectedError
from billing.razorpay import Razorpay
from tests.doubles.razorpay import Sandbox
from tests.doubles.shop import Shop


@pytest.mark.parametrize(
    "fault", ["http500_after", "html502_after", "reset_after", "truncate_json", "http500_before"]
)
@pytest.mark.fault("F26")
async def test_after_a_lost_answer_there_is_one_link_and_one_hour(
    counter: Shop[Razorpay], sandbox: Sandbox, fault: str
) -> None:
    await sandbox.fault(fault)
    opened = await counter.opened()
    assert await counter.status(opened) == "opening"
    await counter.poll_after(2)
    state = await counter.state(opened)
    assert state.order.status == "open"
    assert state.attempt is not None
    assert state.attempt.url is not None
    assert len((await sandbox.look("state"))["links"]) == 1
    await sandbox.pay(state.attempt.url)
    await counter.poll_after(10)
    await counter.poll_after(10)
    assert await counter.status(opened) == "paid"
    assert await counter.hours_of(opened) == 1


@pytest.mark.parametrize(
    ("outcome", "status", "given"),
    [
        ("success", "paid", 1),
        ("fail", "open", 0),
        ("double_pay", "paid", 1),
        ("wrong_amount", "review", 0),
        ("wrong_currency", "review", 0),
        ("authorize_only", "open", 0),
    ],
)
@pytest.mark.fault("F17", "F18", "F30")
async def test_what_happens_on_the_payment_page_is_found_by_polling(
    counter: Shop[Razorpay], sandbox: Sandbox, outcome: str, status: str, given: int
) -> None:
    opened = await counter.opened()
    state = await counter.state(opened)
    assert state.attempt is not None
    assert state.attempt.url is not None
    await sandbox.pay(state.attempt.url, outcome)
    for _ in range(3):
        await counter.poll_after(15)
    assert await counter.status(opened) == status
    assert await counter.hours_of(opened) == given


@pytest.mark.fault("F14")
async def test_cancelling_a_link_that_was_just_paid_gives_the_hour(
    counter: Shop[Razorpay], sandbox: Sandbox
) -> None:
    opened = await counter.opened()
    state = await counter.state(opened)
    assert state.attempt is not None
    assert state.attempt.url is not None
    await sandbox.pay(state.attempt.url)
    await counter.cancel(opened)
    await counter.work.run()
    assert await counter.status(opened) == "paid"
    assert await counter.hours_of(opened) == 1


@pytest.mark.fault("F34")
async def test_a_refund_whose_answer_was_lost_is_done_once(
    counter: Shop[Razorpay], sandbox: Sandbox
) -> None:
    opened = await counter.opened()
    state = await counter.state(opened)
    assert state.attempt is not None
    assert state.attempt.url is not None
    paid = await sandbox.pay(state.attempt.url)
    (payment,) = paid["payments"]
    await counter.poll_after(10)
    await sandbox.emu("faults", kind="reset_after", method="POST", path="*/refund")
    refund = await counter.database.write(
        lambda tx: counter.payments.refunds.request(tx, payment, "sorry", "telegram:1")
    )
    await counter.work.run()
    assert await counter.status(opened) == "refunded"
    (done,) = (await sandbox.look("state"))["refunds"]
    assert (done["amount"], done["receipt"]) == (10_000, refund.id)


async def test_a_refund_of_what_is_gone_is_refused_by_the_gateway(
    counter: Shop[Razorpay], sandbox: Sandbox, razorpay: Razorpay
) -> None:
    opened = await counter.opened()
    state = await counter.state(opened)
    assert state.attempt is not None
    assert state.attempt.url is not None
    (payment,) = (await sandbox.pay(state.attempt.url))["payments"]
    await razorpay.refund(payment, 10_000, "rfd_0123456789")
    with pytest.raises(RejectedError, match="refunded already"):
        await razorpay.refund(payment, 10_000, "rfd_9876543210")
