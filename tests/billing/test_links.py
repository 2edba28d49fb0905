import asyncio
from dataclasses import replace

import pytest

from billing.errors import (
    AuthFailedError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnknownOutcomeError,
)
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def test_an_order_gets_a_link_that_names_its_attempt(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened("flash", 3)
    state = await shop.state(opened)
    assert state.order.status == "open"
    assert state.attempt is not None
    assert state.attempt.url == f"https://rzp.example/{opened.attempt.id}"
    (request,) = shop.gateway.requests
    assert request.reference_id == opened.attempt.id
    assert request.amount_paise == 30_000
    assert request.description == "3 hours of Flash"
    assert request.expires_at == shop.clock() + 20 * 60


@pytest.mark.parametrize(
    "lost", [UnknownOutcomeError("reset"), UnknownOutcomeError("502"), UnavailableError("refused")]
)
async def test_an_answer_that_was_lost_never_makes_a_second_link(
    shop: Shop[FakeGateway], lost: GatewayError
) -> None:
    failing = shop.gateway.fail_after if isinstance(lost, UnknownOutcomeError) else None
    (shop.gateway.fail_before if failing is None else failing).append(lost)
    opened = await shop.opened()
    assert await shop.status(opened) == "opening"
    await shop.poll_after(2)
    assert await shop.status(opened) == "open"
    assert len(shop.gateway.links) == 1


@pytest.mark.fault("F27")
async def test_when_the_gateway_asks_for_patience_it_gets_it(shop: Shop[FakeGateway]) -> None:
    shop.gateway.fail_before.append(RateLimitedError(40, permanent=False))
    opened = await shop.opened()
    await shop.poll_after(39)
    assert shop.gateway.calls == ["create_link"]
    await shop.poll_after(2)
    assert await shop.status(opened) == "open"


@pytest.mark.parametrize(
    "error",
    [
        RejectedError(400, "BAD_REQUEST_ERROR", "Merchant is Suspended."),
        AuthFailedError("401"),
        RateLimitedError(0, permanent=True),
    ],
)
@pytest.mark.fault("F28")
async def test_a_final_no_rejects_the_order_at_once(
    shop: Shop[FakeGateway], error: GatewayError
) -> None:
    shop.gateway.fail_before.append(error)
    opened = await shop.opened()
    assert await shop.status(opened) == "rejected"
    assert (await shop.order()).is_new


async def test_a_gateway_that_stays_away_is_given_up_when_the_link_would_have_expired(
    shop: Shop[FakeGateway],
) -> None:
    shop.gateway.fail_before += [UnavailableError("refused")] * 100
    opened = await shop.opened()
    for _ in range(30):
        await shop.poll_after(60)
    assert await shop.status(opened) == "rejected"
    shop.gateway.fail_before.clear()
    assert shop.gateway.links == {}


async def test_a_link_for_another_amount_is_not_shown(shop: Shop[FakeGateway]) -> None:
    opened = await shop.order()
    shop.gateway.fail_after.append(UnknownOutcomeError("reset"))
    await shop.work.run()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.links[link.id] = replace(link, amount_paise=link.amount_paise + 100)
    await shop.poll_after(2)
    assert await shop.status(opened) == "opening"


async def test_a_cancelled_order_closes_its_link(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    await shop.cancel(opened)
    await shop.work.run()
    state = await shop.state(opened)
    assert state.order.status == "cancelled"
    assert state.attempt is not None
    assert state.attempt.state == "cancelled"
    assert shop.gateway.link_of(opened.attempt.id).status == "cancelled"


@pytest.mark.fault("F14")
async def test_a_payment_that_overtakes_the_cancelling_is_honoured(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    await shop.cancel(opened)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.work.run()
    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 1


async def test_an_order_cancelled_before_its_link_was_made_never_gets_one(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.order()
    await shop.cancel(opened)
    await shop.work.run()
    assert shop.gateway.links == {}
    assert await shop.status(opened) == "cancelled"


async def test_an_order_cancelled_while_its_link_was_being_made_closes_it_afterwards(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.order()
    create = shop.gateway.create_link

    async def slowly(request: object) -> object:
        link = await create(request)  # type: ignore[arg-type]  # the double's own request
        await shop.cancel(opened)
        return link

    shop.gateway.create_link = slowly  # type: ignore[method-assign, assignment]  # cancelled meanwhile
    await shop.work.run()
    assert shop.gateway.link_of(opened.attempt.id).status == "cancelled"
    state = await shop.state(opened)
    assert state.attempt is not None
    assert (state.order.status, state.attempt.state) == ("cancelled", "cancelled")


async def test_a_link_that_comes_after_its_order_was_closed_is_closed_too(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.order()
    create = shop.gateway.create_link

    async def slowly(request: object) -> object:
        await shop.cancel(opened)
        shop.work.waiting.clear()  # somebody else did it, and found no link to close
        return await create(request)  # type: ignore[arg-type]  # the double's own request

    shop.gateway.create_link = slowly  # type: ignore[method-assign, assignment]  # cancelled meanwhile
    await shop.work.run()
    assert shop.gateway.link_of(opened.attempt.id).status == "cancelled"
    assert await shop.status(opened) == "cancelled"


@pytest.mark.fault("F25")
async def test_two_tries_at_once_open_one_link_and_leave_it_open(shop: Shop[FakeGateway]) -> None:
    opened = await shop.order()
    kind = shop.work.kinds["open_link"]
    shop.work.waiting.clear()
    await asyncio.gather(kind.do(opened.attempt.id), kind.do(opened.attempt.id))
    assert shop.gateway.calls.count("create_link") == 2
    assert len(shop.gateway.links) == 1
    assert await shop.status(opened) == "open"
    assert shop.work.waiting == [], "nobody asks to close it"


async def test_closing_is_tried_until_the_gateway_answers(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    await shop.cancel(opened)
    shop.gateway.fail_before.append(UnavailableError("down"))
    await shop.work.run()
    assert [s.delay_s for s in shop.work.submitted if s.kind == "close_link"] == [0, 30]
    assert shop.gateway.link_of(opened.attempt.id).status == "cancelled"
