"""The real SDK against the pretended Razorpay, over real sockets."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from billing.errors import (
    AuthFailedError,
    DuplicateReferenceError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnknownOutcomeError,
)
from billing.gateway import LinkRequest
from billing.razorpay import Razorpay
from tests.doubles.clock import FakeClock
from tests.doubles.razorpay import SETTINGS, Sandbox


def request(clock: Callable[[], int], reference: str = "att_1") -> LinkRequest:
    return LinkRequest(
        reference_id=reference,
        amount_paise=10_000,
        currency="INR",
        description="1 hour of Flash",
        expires_at=clock() + 20 * 60,
        notes={"attempt_id": reference},
        callback_url="https://bot.example/pay/return",
    )


async def test_a_link_is_made_found_fetched_and_cancelled(
    razorpay: Razorpay, clock: FakeClock
) -> None:
    made = await razorpay.create_link(request(clock))
    assert (made.status, made.amount_paise, made.order_id) == ("created", 10_000, None)
    assert made.expires_at == clock() + 20 * 60
    assert await razorpay.find_link("att_1") == made
    assert await razorpay.find_link("att_2") is None
    assert await razorpay.fetch_link(made.id) == made
    assert await razorpay.cancel_link(made.id) == replace(made, status="cancelled")
    with pytest.raises(RejectedError, match="cancelled"):
        await razorpay.cancel_link(made.id)


async def test_a_link_takes_all_or_nothing(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock
) -> None:
    made = await razorpay.create_link(request(clock))
    await sandbox.pay(made.url, amount=4_000)
    assert (await razorpay.fetch_link(made.id)).status == "paid", "there is no paying a part"


@pytest.mark.parametrize("wording", ["live", "docs"])
@pytest.mark.fault("F31")
async def test_a_reference_used_before_is_told_apart_in_both_wordings(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock, wording: str
) -> None:
    await sandbox.emu("settings", wording=wording)
    await razorpay.create_link(request(clock))
    with pytest.raises(DuplicateReferenceError):
        await razorpay.create_link(request(clock))


@pytest.mark.parametrize("filtering", ["ignored", "substring"])
@pytest.mark.fault("F31")
async def test_a_link_is_found_by_its_exact_reference_however_the_list_is_filtered(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock, filtering: str
) -> None:
    await sandbox.emu("settings", reference_filter=filtering)
    for reference in ("att_1", "att_11", "att_111"):
        await razorpay.create_link(request(clock, reference))
    found = await razorpay.find_link("att_1")
    assert found is not None
    assert found.reference_id == "att_1"


async def test_a_payment_is_seen_with_all_that_was_kept_of_it(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock
) -> None:
    made = await razorpay.create_link(request(clock))
    await sandbox.pay(made.url)
    link = await razorpay.fetch_link(made.id)
    assert link.status == "paid"
    assert link.order_id is not None
    (payment,) = await razorpay.order_payments(link.order_id)
    assert (payment.status, payment.amount_paise, payment.currency) == ("captured", 10_000, "INR")
    assert payment.order_id == link.order_id
    assert payment.fee_paise == 236
    assert payment.tax_paise == 36


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("http500_before", UnknownOutcomeError),
        ("http500_after", UnknownOutcomeError),
        ("html502", UnknownOutcomeError),
        ("html502_after", UnknownOutcomeError),
        ("truncate_json", UnknownOutcomeError),
        ("reset_before", UnknownOutcomeError),
        ("reset_after", UnknownOutcomeError),
        ("redirect302", UnknownOutcomeError),
        ("401", AuthFailedError),
    ],
)
async def test_a_link_that_was_asked_for_without_a_clear_answer_may_exist(
    razorpay: Razorpay,
    sandbox: Sandbox,
    clock: FakeClock,
    fault: str,
    error: type[GatewayError],
    capsys: pytest.CaptureFixture[str],
) -> None:
    await sandbox.fault(fault)
    with pytest.raises(error):
        await razorpay.create_link(request(clock))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("fault", ["http500_before", "html502", "reset_before", "truncate_json"])
async def test_looking_at_a_link_that_breaks_off_changes_nothing(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock, fault: str
) -> None:
    made = await razorpay.create_link(request(clock))
    await sandbox.fault(fault, method="GET")
    with pytest.raises(UnavailableError):
        await razorpay.fetch_link(made.id)
    assert await razorpay.fetch_link(made.id) == made


async def test_a_gateway_that_cannot_be_reached_was_never_asked(clock: FakeClock) -> None:
    settings = SETTINGS.model_copy(update={"api_base_url": "http://127.0.0.1:9"})
    gateway = Razorpay(settings, clock)
    with pytest.raises(UnavailableError):
        await gateway.create_link(request(clock))
    gateway.close()


@pytest.mark.fault("F27", "F28")
async def test_patience_and_a_used_up_quota_are_told_apart(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock
) -> None:
    await sandbox.fault("429", seconds=7)
    with pytest.raises(RateLimitedError) as busy:
        await razorpay.create_link(request(clock))
    assert (busy.value.retry_after, busy.value.permanent) == (7, False)
    await sandbox.fault("429_quota")
    with pytest.raises(RateLimitedError) as spent:
        await razorpay.create_link(request(clock))
    assert spent.value.permanent


@pytest.mark.parametrize("ahead", [-600, 600])
@pytest.mark.fault("F32")
async def test_a_clock_that_is_wrong_by_minutes_is_corrected_by_the_gateways(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock, ahead: int
) -> None:
    wrong = FakeClock(clock.now + ahead)
    settings = SETTINGS.model_copy(update={"api_base_url": sandbox.origin})
    gateway = Razorpay(settings, wrong)
    await gateway.find_link("any")
    made = await gateway.create_link(request(wrong))
    gateway.close()
    assert made.expires_at == wrong() + 20 * 60
    truth = await razorpay.fetch_link(made.id)
    assert truth.expires_at == clock() + 20 * 60


@pytest.mark.fault("F32")
async def test_a_slow_clock_is_corrected_by_the_very_refusal_it_causes(
    sandbox: Sandbox, clock: FakeClock
) -> None:
    slow = FakeClock(clock.now - 3600)
    gateway = Razorpay(SETTINGS.model_copy(update={"api_base_url": sandbox.origin}), slow)
    made = await gateway.create_link(request(slow))
    gateway.close()
    assert made.expires_at == slow() + 20 * 60


async def test_a_refund_under_way_is_read_until_its_end(
    razorpay: Razorpay, sandbox: Sandbox, clock: FakeClock
) -> None:
    made = await razorpay.create_link(request(clock))
    await sandbox.pay(made.url)
    link = await razorpay.fetch_link(made.id)
    assert link.order_id is not None
    (payment,) = await razorpay.order_payments(link.order_id)
    begun = await razorpay.refund(payment.id, 100, "rfd_000000000001")

    assert await razorpay.fetch_refund(begun.id) == begun
