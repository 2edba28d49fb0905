from dataclasses import replace

import pytest

from billing.hours import Hours, HoursSettings
from billing.orders import Orders
from billing.topups import TopUps
from handlers.routes import build_router
from tests.doubles.hub import ASHA_ELSEWHERE, OPERATOR, RAVI, Hub, labels, presses, said
from tests.doubles.starred import with_stars


@pytest.fixture
def selling(hub: Hub) -> Hub:
    return sell(hub)


def sell(hub: Hub) -> Hub:
    """Let pictures be sold by themselves, and videos not."""
    was = hub.services
    hours = Hours(HoursSettings(topup_image_paise=1500), was.plans, hub.clock)
    orders = Orders(was.plans, hours, hub.work, hub.clock)
    topups = TopUps(orders, hours, hub.clock)
    hub.services = replace(was, hours=hours, orders=orders, topups=topups)
    hub.router = build_router(hub.services)
    return hub


async def an_hour_runs(hub: Hub, plan: str = "flash-lite", user: str = "1") -> None:
    await hub.press(f"v1:start:{await hub.grant(plan, user=user)}", user)


async def pay(hub: Hub) -> None:
    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    check = presses(hub.card().reply)[1]
    assert check is not None
    await hub.press(check)
    await hub.work.run()


async def test_who_used_an_hour_up_buys_more_for_it_and_goes_on(selling: Hub) -> None:
    await an_hour_runs(selling)
    for _ in range(3):
        await selling.draw()
        await selling.work.run()
    refused = await selling.call("image", "a fox")
    assert labels(refused)[0] == "More for this hour"
    press = presses(refused)[0]
    assert press is not None
    offered = await selling.press(press)
    assert labels(offered)[:2] == ["+1 picture · ₹15", "+3 pictures · ₹45"]
    choice = presses(offered)[1]
    assert choice is not None

    assert await selling.press(choice, message="77") is None
    await selling.work.run()
    assert "3 pictures more · ₹45" in said(selling.chat.messages["77"].reply)
    await pay(selling)

    card = selling.card().reply
    assert "Paid ✓ 3 pictures more · ₹45" in said(card)
    assert presses(card)[0] == "v1:session:"
    assert "3 / 6 pictures" in said(await selling.call("session"))
    await selling.draw("a fox")
    assert "3 pictures more" in said(await selling.call("receipt"))


@pytest.mark.parametrize("user", ["1", ASHA_ELSEWHERE])
async def test_the_command_orders_in_one_line_on_every_platform(selling: Hub, user: str) -> None:
    await an_hour_runs(selling, user=user)

    assert await selling.call("topup", "2", user) is None
    await selling.work.run()

    (request,) = selling.gateway.requests
    assert request.amount_paise == 3000


async def test_a_command_delivered_twice_makes_one_order(selling: Hub) -> None:
    await an_hour_runs(selling)
    for _ in range(2):
        assert await selling.call("topup", "2 pictures", event="same") is None
    await selling.work.run()

    assert len(selling.gateway.links) == 1


async def test_without_a_running_hour_there_is_nothing_to_add_to(selling: Hub) -> None:
    await selling.grant()

    assert "need an hour" in said(await selling.call("topup", "2"))
    assert selling.work.waiting == []


async def test_what_has_no_price_is_not_sold(selling: Hub) -> None:
    await an_hour_runs(selling)

    assert "pictures" in said(await selling.call("topup", "2 videos"))
    assert "not sold by themselves" in said(await selling.press("v1:topups:video"))
    assert "not sold by themselves" in said(await selling.press("v1:topup:video:1"))


@pytest.mark.parametrize("choice", ["image:0", "image:21", "image", "token:1", "image:x"])
async def test_a_button_that_is_none_of_ours_buys_nothing(selling: Hub, choice: str) -> None:
    await an_hour_runs(selling)

    assert "too old" in said(await selling.press(f"v1:topup:{choice}"))


async def test_nobody_buys_in_front_of_others(selling: Hub) -> None:
    await an_hour_runs(selling)
    for reply in (
        await selling.call("topup", "2", private=False),
        await selling.press("v1:topup:image:2", private=False),
    ):
        assert reply is not None
        assert reply.private
        assert "+1 picture · ₹15" in labels(reply)
    assert selling.gateway.links == {}


async def test_where_nothing_is_sold_by_itself_there_is_no_such_command(hub: Hub) -> None:
    assert "topup" not in {command.name for command in hub.router.commands}
    await an_hour_runs(hub)
    assert "not sold by themselves" in said(await hub.press("v1:topups:image"))


async def test_it_is_never_paid_as_an_hour_in_stars(hub: Hub) -> None:
    till = with_stars(hub)
    sell(hub)
    await an_hour_runs(hub, "flash")
    await hub.call("topup", "2")
    await hub.work.run()

    assert not any("⭐" in label for label in labels(hub.card().reply))
    check = presses(hub.card().reply)[1]
    assert check is not None
    refused = await hub.press(check.replace("check", "stars"))
    assert "not sold for Stars" in said(refused)
    assert till.invoices == []


async def test_an_admin_sees_what_it_is(selling: Hub) -> None:
    await an_hour_runs(selling, user=RAVI)
    await selling.call("topup", "2", RAVI)
    await selling.work.run()

    assert "2 pictures more · ₹30" in said(await selling.call("admin", "orders open", OPERATOR))


async def test_an_admin_hears_how_much_of_it_was_used_before_its_money_goes_back(
    selling: Hub,
) -> None:
    await an_hour_runs(selling)
    await selling.call("topup", "3 pictures")
    await selling.work.run()
    await pay(selling)
    for _ in range(4):
        await selling.draw()
        await selling.work.run()

    (payment,) = selling.gateway.payments
    asked = await selling.call("admin", f'refund {payment} "sorry"', OPERATOR)
    assert "1 picture of it was used and stays; 2 unused" in said(asked)
