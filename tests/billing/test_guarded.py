from collections.abc import Callable

import pytest

from billing.errors import (
    AuthFailedError,
    GatewayError,
    GatewayRestingError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnknownOutcomeError,
)
from billing.gateway import LinkRequest
from billing.guarded import FAILURES_MAX, Guarded
from engine.breaker import REST_S, Breaker
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway

REQUEST = LinkRequest("att_1", 10_000, "INR", "1 hour", 1_800_001_200, {}, None)


@pytest.fixture
def guarded(gateway: FakeGateway, clock: FakeClock) -> Guarded:
    return Guarded(gateway, Breaker(clock, FAILURES_MAX), clock)


async def fails(guarded: Guarded, gateway: FakeGateway, error: GatewayError, times: int) -> None:
    for _ in range(times):
        gateway.fail_before.append(error)
        with pytest.raises(type(error)):
            await guarded.find_link("att_1")


async def test_what_is_asked_is_answered_by_the_gateway_behind(
    guarded: Guarded, gateway: FakeGateway
) -> None:
    link = await guarded.create_link(REQUEST)
    assert await guarded.find_link("att_1") == await guarded.fetch_link(link.id) == link
    payment = gateway.pay(link)
    assert await guarded.order_payments(f"order_{link.id}") == (payment,)
    refund = await guarded.refund(payment.id, 100, "rfd_1")
    assert await guarded.fetch_refund(refund.id) == refund
    with pytest.raises(RejectedError):
        await guarded.cancel_link(link.id)
    assert guarded.signed_webhook(b"{}", "good")
    assert guarded.signed_return({}) is None
    assert guarded.link_s == gateway.link_s


@pytest.mark.fault("F28")
async def test_one_that_fails_again_and_again_is_left_alone_and_then_tried_by_one(
    guarded: Guarded, gateway: FakeGateway, clock: FakeClock
) -> None:
    await fails(guarded, gateway, UnknownOutcomeError("ReadTimeout"), FAILURES_MAX)
    asked = len(gateway.calls)
    with pytest.raises(GatewayRestingError):
        await guarded.create_link(REQUEST)
    with pytest.raises(GatewayRestingError):
        guarded.check()

    assert len(gateway.calls) == asked, "nobody was asked"
    assert guarded.trouble == "UnknownOutcomeError: ReadTimeout"
    assert guarded.down_since == clock()
    began = clock()
    clock.pass_(int(REST_S))
    guarded.check()
    await fails(guarded, gateway, UnavailableError("503"), 1)
    assert guarded.rest_s > REST_S, "a trial that fails makes the rest longer"
    assert guarded.down_since == began, "and is no new outage"
    clock.pass_(int(guarded.rest_s))
    await guarded.create_link(REQUEST)
    guarded.check()
    assert guarded.trouble == ""
    assert repr(guarded.down_since) == "None"


@pytest.mark.fault("F28")
@pytest.mark.parametrize(
    "error", [AuthFailedError("401"), RateLimitedError(20, permanent=True)], ids=["keys", "quota"]
)
async def test_keys_that_are_wrong_and_a_used_up_quota_need_no_second_failure(
    guarded: Guarded, gateway: FakeGateway, error: GatewayError
) -> None:
    await fails(guarded, gateway, error, 1)

    with pytest.raises(GatewayRestingError):
        guarded.check()


@pytest.mark.parametrize(
    "error",
    [
        lambda: RejectedError(400, "BAD_REQUEST_ERROR", "no"),
        lambda: RateLimitedError(20, permanent=False),
    ],
    ids=["no", "patience"],
)
async def test_a_clear_no_and_a_plea_for_patience_are_answers(
    guarded: Guarded, gateway: FakeGateway, error: Callable[[], GatewayError]
) -> None:
    await fails(guarded, gateway, error(), 3 * FAILURES_MAX)

    guarded.check()


async def test_a_call_that_ends_by_a_bug_leaves_the_trial_to_another(
    guarded: Guarded, gateway: FakeGateway, clock: FakeClock
) -> None:
    await fails(guarded, gateway, UnavailableError("503"), FAILURES_MAX)
    clock.pass_(int(REST_S))
    with pytest.raises(KeyError):
        await guarded.fetch_link("plink_unknown")

    assert await guarded.find_link("att_1") is None
