from dataclasses import replace

import pytest

from billing.errors import UnknownOutcomeError
from billing.guarded import FAILURES_MAX
from billing.hours_settings import HOUR_S
from billing.orders import HOURLY_MAX
from billing.plans import Plans
from engine.breaker import REST_S
from handlers.routes import build_router
from tests.doubles.hub import ASHA, ASHA_ELSEWHERE, RAVI, Hub, labels, presses, said


async def order_on(hub: Hub, arguments: str = "flash") -> str:
    """Somebody orders and is shown a link; returns the order's id."""
    assert await hub.call("buy", arguments) is None
    await hub.work.run()
    check = presses(hub.card().reply)[1]
    assert check is not None
    return check.removeprefix("v1:check:")


async def test_the_plans_are_shown_with_their_prices_from_the_smallest_up(hub: Hub) -> None:
    reply = await hub.call("buy")

    words = said(reply)
    assert words.index("Flash Lite") < words.index("Pro")
    for fact in ("₹50", "3 pictures", "no videos", "1,50,000", "₹200", "15 pictures", "30 days"):
        assert fact in words
    assert presses(reply)[:3] == ["v1:plan:flash-lite:1", "v1:plan:flash:1", "v1:plan:pro:1"]
    assert said(await hub.press("v1:plans:")) == words


async def test_a_plan_that_is_tapped_turns_the_list_into_an_order_with_a_link(hub: Hub) -> None:
    assert await hub.press("v1:plan:flash", message="77") is None
    await hub.work.run()

    card = hub.chat.messages["77"].reply
    assert "Flash · 1 hour · ₹100" in said(card)
    assert labels(card) == ["Pay ₹100", "I've paid, check now", "Cancel", "Show QR"]
    url = card.buttons[0][0].url
    assert url is not None
    assert url.startswith("https://rzp.example/att_")


async def test_several_hours_cost_as_many_times(hub: Hub) -> None:
    await order_on(hub, "pro 3")

    assert "Pro · 3 hours · ₹600" in said(hub.card().reply)


async def test_who_pays_is_told_so_and_can_start(hub: Hub) -> None:
    order_id = await order_on(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    reply = await hub.press(f"v1:check:{order_id}")
    await hub.work.run()

    assert reply is not None
    assert reply.toast
    card = hub.card().reply
    assert "Paid ✓" in said(card)
    assert "pay_1" in said(card)
    assert presses(card) == [f"v1:start:{order_id}-1", "v1:session:", f"v1:receipt:{order_id}"]
    assert len(hub.chat.messages) == 1
    await hub.press(f"v1:start:{order_id}-1")
    await hub.work.run()
    assert presses(hub.card().reply) == ["v1:session:", f"v1:receipt:{order_id}"]


async def test_the_word_of_a_user_is_no_proof(hub: Hub) -> None:
    order_id = await order_on(hub)
    await hub.press(f"v1:check:{order_id}")
    await hub.work.run()

    assert "Paid" not in said(hub.card().reply)
    assert (await hub.wallet()).unstarted == ()


async def test_a_cancelled_order_says_that_nothing_was_charged(hub: Hub) -> None:
    order_id = await order_on(hub)
    reply = await hub.press(f"v1:drop:{order_id}")
    await hub.work.run()

    assert reply is not None
    assert reply.toast
    assert "Cancelled. Nothing was charged." in said(hub.card().reply)
    assert presses(hub.card().reply) == ["v1:plans:"]
    (link,) = hub.gateway.links.values()
    assert link.status == "cancelled"


async def test_an_order_paid_while_it_was_cancelled_is_honoured(hub: Hub) -> None:
    order_id = await order_on(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    await hub.press(f"v1:drop:{order_id}")
    await hub.work.run()

    assert "Paid ✓" in said(hub.card().reply)
    assert len((await hub.wallet()).unstarted) == 1


@pytest.mark.parametrize("verb", ["check", "drop"])
async def test_nobody_can_press_the_buttons_of_anothers_order(hub: Hub, verb: str) -> None:
    order_id = await order_on(hub)
    reply = await hub.press(f"v1:{verb}:{order_id}", user=RAVI)
    await hub.work.run()

    assert reply is not None
    assert reply.toast
    assert "somebody else" in said(reply)
    assert "Pay ₹100" in labels(hub.card().reply)


@pytest.mark.parametrize("verb", ["check", "drop"])
async def test_an_order_that_never_was_is_answered(hub: Hub, verb: str) -> None:
    reply = await hub.press(f"v1:{verb}:ord_0")

    assert reply is not None
    assert reply.toast
    assert "Nothing was charged" in said(reply)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("gold", "flash-lite, flash, pro"),
        ("flash 0", "1–12"),
        ("flash 13", "1–12"),
        ("flash two", "1–12"),
        ("flash 1 DIWALI yes 2", "--plan, --hours, --coupon"),
        ("--discount FREE", "--plan, --hours, --coupon"),
    ],
)
async def test_bad_words_get_one_answer_that_says_nothing_was_charged(
    hub: Hub, arguments: str, names: str
) -> None:
    reply = await hub.call("buy", arguments)

    assert names in said(reply)
    assert "Nothing was charged" in said(reply)
    assert hub.work.waiting == []


async def test_a_button_of_a_plan_that_is_gone_names_those_on_sale(hub: Hub) -> None:
    reply = await hub.press("v1:plan:gold")

    assert "flash-lite, flash, pro" in said(reply)
    assert "Nothing was charged" in said(reply)


async def test_an_order_command_delivered_twice_makes_one_order_and_one_message(
    hub: Hub,
) -> None:
    for _ in range(2):
        assert await hub.call("buy", "flash", event="update-3") is None
    await hub.work.run()

    assert len(hub.gateway.links) == 1
    assert len(hub.chat.messages) == 1


async def test_a_plan_taken_twice_is_one_order_shown_twice(hub: Hub) -> None:
    await order_on(hub)
    await order_on(hub)

    assert len(hub.gateway.links) == 1
    assert len(hub.chat.messages) == 2


async def test_among_others_the_plans_are_shown_to_the_asker_alone(hub: Hub) -> None:
    for reply in (
        await hub.call("buy", "flash", private=False),
        await hub.press("v1:plan:flash", private=False),
        await hub.press("v1:plans:", private=False),
    ):
        assert reply is not None
        assert reply.private
        assert "₹50" in said(reply)
    assert hub.work.waiting == []


async def test_a_bot_that_sells_nothing_says_so(hub: Hub) -> None:
    hub.router = build_router(replace(hub.services, payments=None))
    for reply in (
        await hub.call("buy"),
        await hub.call("buy", "flash"),
        await hub.press("v1:plan:flash"),
    ):
        assert "switched off" in said(reply)
        assert "Nothing was charged" in said(reply)


async def test_a_bot_without_plans_sells_nothing(hub: Hub) -> None:
    hub.router = build_router(replace(hub.services, plans=Plans(())))

    assert "switched off" in said(await hub.call("buy"))


async def test_hours_asked_for_without_a_plan_are_not_forgotten(hub: Hub) -> None:
    plans = await hub.call("buy", "--hours 3")
    assert plans is not None
    assert "₹300" in plans.buttons[1][0].label
    press = plans.buttons[1][0].press
    assert press is not None

    await hub.press(press)
    await hub.work.run()

    assert "3 hours · ₹300" in said(hub.card().reply)


async def test_a_button_for_too_many_hours_buys_nothing(hub: Hub) -> None:
    answer = await hub.press("v1:plan:flash:99")

    assert answer is not None
    assert "too old" in said(answer)
    assert hub.work.waiting == []


def broken(hub: Hub) -> None:
    hub.gateway.fail_before += [UnknownOutcomeError("502")] * FAILURES_MAX


@pytest.mark.parametrize("user", [ASHA, ASHA_ELSEWHERE])
async def test_who_orders_again_and_again_has_to_wait(hub: Hub, user: str) -> None:
    for number in range(HOURLY_MAX):
        assert await hub.call("buy", f"flash {1 + number % 2}", user) is None
    assert await hub.call("buy", f"flash {1 + (HOURLY_MAX - 1) % 2}", user) is None, "shown again"
    hub.clock.pass_(60)
    orders = len(hub.work.submitted)
    words = said(await hub.call("buy", "pro", user))

    assert "try again in 59 minutes" in words
    assert "Nothing was charged" in words
    assert len(hub.work.submitted) == orders
    assert await hub.call("buy", "pro", RAVI) is None, "others do not wait"
    hub.clock.pass_(HOUR_S - 60)
    assert await hub.call("buy", "pro", user) is None


@pytest.mark.fault("F28")
@pytest.mark.parametrize("user", [ASHA, ASHA_ELSEWHERE])
async def test_while_razorpay_does_not_work_nothing_is_offered(hub: Hub, user: str) -> None:
    broken(hub)
    for plan in ("flash", "pro", "flash-lite"):
        await hub.call("buy", plan, RAVI)
    for _ in range(3):
        await hub.work.run()
        hub.clock.pass_(4)
        assert hub.services.payments is not None
        await hub.services.payments.poll_due()
    submitted = len(hub.work.submitted)

    for reply in (await hub.call("buy", "", user), await hub.call("buy", "flash", user)):
        assert "Razorpay takes no payments" in said(reply)
        assert "Nothing was charged" in said(reply)
    assert len(hub.work.submitted) == submitted
    hub.clock.pass_(int(REST_S))
    assert await hub.call("buy", "flash", user) is None
    await hub.work.run()
    assert labels(hub.card().reply if user == ASHA else hub.elsewhere.last.reply)[0] == "Pay ₹100"
