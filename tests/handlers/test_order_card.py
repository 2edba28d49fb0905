from dataclasses import replace

from billing.errors import RejectedError, UnavailableError, UnknownOutcomeError
from tests.doubles.hub import Hub, labels, presses, said


async def ordered(hub: Hub) -> str:
    """Somebody orders a Flash hour; returns what the card says."""
    assert await hub.call("buy", "flash") is None
    await hub.work.run()
    return said(hub.card().reply)


async def later(hub: Hub, seconds: int) -> str:
    """What the card says after the next look at the gateway."""
    hub.clock.pass_(seconds)
    assert hub.services.payments is not None
    await hub.services.payments.poll_due()
    await hub.work.run()
    return said(hub.card().reply)


async def test_before_the_link_the_card_says_that_nothing_is_charged_yet(hub: Hub) -> None:
    assert await hub.call("buy", "flash") is None
    (deliver,) = [s for s in hub.work.waiting if s.kind == "deliver"]
    await hub.work.kinds["deliver"].do(deliver.subject)

    assert "Nothing is charged until you pay" in said(hub.card().reply)


async def test_an_open_order_shows_the_link_and_until_when_it_is_good(hub: Hub) -> None:
    words = await ordered(hub)

    assert "Flash · 1 hour · ₹100" in words
    assert "valid until 13:50" in words
    assert labels(hub.card().reply)[0] == "Pay ₹100"


async def test_a_gateway_that_does_not_answer_is_tried_again_and_the_card_says_so(
    hub: Hub,
) -> None:
    hub.gateway.fail_before = [UnknownOutcomeError(), UnavailableError()]
    await ordered(hub)

    assert "Pay ₹100" in labels(hub.card().reply) or "slow to answer" in said(hub.card().reply)


async def test_an_order_that_the_gateway_rejects_is_not_charged(hub: Hub) -> None:
    hub.gateway.fail_before = [RejectedError(400, "BAD_REQUEST_ERROR", "no")]
    words = await ordered(hub)

    assert "did not accept" in words
    assert "Nothing was charged" in words
    assert presses(hub.card().reply) == ["v1:plans:"]


async def test_an_expired_link_is_not_charged_and_leads_back_to_the_plans(hub: Hub) -> None:
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.set_link(link, "expired")
    words = await later(hub, 20 * 60)

    assert "expired. Nothing was charged" in words
    assert presses(hub.card().reply) == ["v1:plans:"]


async def test_a_wrong_amount_opens_no_hour_and_says_that_the_money_is_safe(hub: Hub) -> None:
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link, amount=100)
    words = await later(hub, 10)

    assert "no hour was opened" in words
    assert "money is safe" in words
    assert (await hub.wallet()).unstarted == ()


async def test_a_refunded_order_says_when_the_money_is_back(hub: Hub) -> None:
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    paid = hub.gateway.pay(link)
    await later(hub, 10)
    hub.gateway.payments[paid.id] = replace(paid, status="refunded", refunded_paise=10_000)
    words = await later(hub, 3600)

    assert "Refunded" in words
    assert "5–7 working days" in words


async def test_a_paid_hour_that_runs_needs_no_start_button(hub: Hub) -> None:
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    await later(hub, 10)
    await hub.press("v1:start:")
    await hub.work.run()

    assert "Thank you!" in said(hub.card().reply)
    assert "v1:start:" not in str(presses(hub.card().reply))


async def test_a_second_hour_of_the_same_plan_waits_and_has_no_button_to_interrupt_the_first(
    hub: Hub,
) -> None:
    await hub.grant("flash")
    await hub.press("v1:start:")
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    words = await later(hub, 10)

    assert "when your running hour is over" in words
    assert "v1:start:" not in str(presses(hub.card().reply))


async def test_an_hour_of_a_better_plan_can_start_at_once(hub: Hub) -> None:
    await hub.grant("flash-lite")
    await hub.press("v1:start:")
    await ordered(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    await later(hub, 10)

    assert labels(hub.card().reply)[0] == "Start my hour"


async def test_an_order_of_a_plan_no_longer_on_sale_is_still_shown(hub: Hub) -> None:
    await ordered(hub)
    hub.services.plans._by_id.pop("flash")
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)

    assert "Paid ✓ Flash" in await later(hub, 10)
