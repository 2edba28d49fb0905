from typing import Any

import pytest

from billing.errors import RejectedError
from billing.stars import payment_id_of
from tests.doubles.hub import ASHA_ELSEWHERE, OPERATOR, RAVI, Hub, labels, presses, said
from tests.doubles.rows import a_coupon
from tests.doubles.star_till import FakeTill
from tests.doubles.starred import charge_of, check_out, tell, with_stars
from tests.handlers.test_buy import order_on


@pytest.fixture
def till(hub: Hub) -> FakeTill:
    return with_stars(hub)


async def coupon(hub: Hub, code: str = "DIWALI", **terms: Any) -> None:
    await hub.services.database.write(lambda tx: a_coupon(tx, code, **terms))


async def in_stars(hub: Hub, till: FakeTill, arguments: str = "flash") -> str:
    """Asha orders and wants to pay in Stars; the invoice's payload."""
    order_id = await order_on(hub, arguments)
    assert await hub.press(f"v1:stars:{order_id}") is None
    await hub.work.run()
    return till.invoices[-1][2]


async def paid(hub: Hub, till: FakeTill, arguments: str = "flash", amount: int = 75) -> str:
    """Asha pays in Stars; the payment."""
    payload = await in_stars(hub, till, arguments)
    charge = charge_of(hub, till, payload, amount)
    await tell(hub, charge)
    return payment_id_of(charge.charge_id)


async def test_an_order_offers_stars_beside_rupees_and_takes_one_of_them(
    hub: Hub, till: FakeTill
) -> None:
    await order_on(hub, "flash 2")
    offered = hub.card().reply
    assert labels(offered)[-1] == "Pay ⭐ 150 instead"
    press = presses(offered)[-1]
    assert press is not None

    assert await hub.press(press) is None
    await hub.work.run()

    card = hub.card().reply
    assert till.invoices[0][3] == 150
    assert "Flash · 2 hours · ⭐ 150" in said(card)
    assert labels(card) == ["Pay ⭐ 150", "Cancel"]
    assert card.buttons[0][0].url == "https://t.me/$invoice1"
    (link,) = hub.gateway.links.values()
    assert link.status == "cancelled"
    cancelled = next(iter(hub.chat.messages.values())).reply
    assert "Cancelled. Nothing was charged." in said(cancelled)


async def test_what_is_paid_in_stars_opens_the_hour_and_has_a_receipt(
    hub: Hub, till: FakeTill
) -> None:
    payload = await in_stars(hub, till)
    assert await check_out(hub, payload, 75) is None
    charge = charge_of(hub, till, payload, 75)
    await tell(hub, charge)
    await tell(hub, charge)

    card = hub.card().reply
    assert "Paid ✓ Flash · 1 hour · ⭐ 75" in said(card)
    assert payment_id_of(charge.charge_id) in said(card)
    (hour,) = (await hub.wallet()).unstarted
    assert presses(card)[0] == f"v1:start:{hour.id}"
    receipt = said(await hub.call("receipt"))
    assert "Total: ⭐ 75" in receipt
    assert "STARS" in receipt
    assert "GST" not in receipt


@pytest.mark.fault("F48")
async def test_only_the_one_who_ordered_may_pay_and_only_once(hub: Hub, till: FakeTill) -> None:
    payload = await in_stars(hub, till)
    await hub.call("session", user=RAVI)
    for reply in (
        await check_out(hub, payload, 75, RAVI),
        await check_out(hub, payload, 75, "404"),
        await check_out(hub, payload, 1),
        await check_out(hub, "att_none", 75),
    ):
        assert "Nothing was charged" in said(reply)
    await tell(hub, charge_of(hub, till, payload, 75))

    assert "was paid" in said(await check_out(hub, payload, 75))


async def test_a_cancelled_invoice_is_refused_at_the_till(hub: Hub, till: FakeTill) -> None:
    payload = await in_stars(hub, till)
    drop = presses(hub.card().reply)[1]
    assert drop is not None
    await hub.press(drop)
    await hub.work.run()

    assert "Cancelled" in said(hub.card().reply)
    assert "Nothing was charged" in said(await check_out(hub, payload, 75))


async def test_a_press_that_comes_twice_makes_one_invoice(hub: Hub, till: FakeTill) -> None:
    order_id = await order_on(hub)
    for _ in range(2):
        assert await hub.press(f"v1:stars:{order_id}", event="same") is None
    await hub.work.run()

    assert len(till.invoices) == 1


async def test_what_was_paid_before_is_not_sold_again(hub: Hub, till: FakeTill) -> None:
    order_id = await order_on(hub)
    hub.gateway.pay(next(iter(hub.gateway.links.values())))
    await hub.press(f"v1:check:{order_id}")
    await hub.work.run()

    reply = await hub.press(f"v1:stars:{order_id}")

    assert reply is not None
    assert reply.toast
    assert till.invoices == []


async def test_a_plan_without_a_price_in_stars_is_not_offered_for_them(
    hub: Hub, till: FakeTill
) -> None:
    order_id = await order_on(hub, "flash-lite")
    assert not any("⭐" in label for label in labels(hub.card().reply))

    assert "not sold for Stars" in said(await hub.press(f"v1:stars:{order_id}"))
    assert till.invoices == []


async def test_a_coupon_makes_the_price_in_stars_cheaper_too(hub: Hub, till: FakeTill) -> None:
    await coupon(hub, percent=20)
    await order_on(hub, "flash 2 DIWALI")
    offered = hub.card().reply
    assert labels(offered)[-1] == "Pay ⭐ 120 instead"
    press = presses(offered)[-1]
    assert press is not None
    for _ in range(2):
        assert await hub.press(press, event="same") is None
    await hub.work.run()

    assert [invoice[3] for invoice in till.invoices] == [120]
    card = hub.card().reply
    assert "Coupon DIWALI: ⭐ 30 off" in said(card)
    payload = till.invoices[-1][2]
    await tell(hub, charge_of(hub, till, payload, 120))
    assert len((await hub.wallet()).unstarted) == 2
    assert "used this coupon" in said(await hub.call("buy", "flash 1 DIWALI"))


async def test_a_coupon_of_rupees_is_for_rupees(hub: Hub, till: FakeTill) -> None:
    await coupon(hub, percent=None, paise_off=5_000)
    await order_on(hub, "flash 1 DIWALI")
    offered = hub.card().reply
    assert labels(offered)[-1] == "Pay ⭐ 75 instead"
    press = presses(offered)[-1]
    assert press is not None
    await hub.press(press)
    await hub.work.run()

    assert [invoice[3] for invoice in till.invoices] == [75]


async def test_where_only_stars_are_taken_a_coupon_shows_its_prices_or_says_why_not(
    hub: Hub,
) -> None:
    till = with_stars(hub, only=True)
    await coupon(hub, percent=20)
    await coupon(hub, "RUPEES", percent=None, paise_off=5_000)
    assert "I have a coupon" in labels(await hub.call("buy"))
    shown = await hub.answer("v1:coupon:1", "diwali")
    assert labels(shown)[:2] == ["Flash · ⭐ 60", "Pro · ⭐ 120"]
    for reply in (
        await hub.answer("v1:coupon:1", "rupees"),
        await hub.call("buy", "flash 1 RUPEES"),
    ):
        assert "this price is in Stars" in said(reply)
    assert till.invoices == []


async def test_on_another_platform_there_are_no_stars(hub: Hub, till: FakeTill) -> None:
    await hub.call("buy", "flash", ASHA_ELSEWHERE)
    await hub.work.run()

    assert labels(hub.elsewhere.last.reply) == [
        "Pay ₹100", "I've paid, check now", "Cancel", "Show QR",
    ]  # fmt: skip
    assert till.invoices == []


async def test_a_gift_can_be_paid_in_stars(hub: Hub, till: FakeTill) -> None:
    await paid(hub, till, "flash --gift")

    assert "Not claimed yet" in said(hub.card().reply)


async def test_an_admin_sends_stars_back_whole(hub: Hub, till: FakeTill) -> None:
    payment_id = await paid(hub, till)
    part = await hub.call("admin", f'refund {payment_id} 50 "sorry"', OPERATOR)
    assert "Stars go back whole" in said(part)
    asked = await hub.call("admin", f'refund {payment_id} "sorry"', OPERATOR)
    assert "⭐ 75 of ⭐ 75" in said(asked)
    confirm = presses(asked)[0]
    assert confirm is not None

    done = await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert "⭐ 75" in said(done)
    assert [payer for payer, _ in till.returned] == ["1"]
    assert "Your Stars are back with you" in said(hub.card().reply)
    assert (await hub.wallet()).unstarted == ()


async def test_an_invoice_that_the_platform_will_not_make_is_told(hub: Hub, till: FakeTill) -> None:
    till.fail = [RejectedError(400, "RefusedError", "no")]
    order_id = await order_on(hub)
    await hub.press(f"v1:stars:{order_id}")
    await hub.work.run()

    assert "Telegram did not make an invoice" in said(hub.card().reply)
    assert presses(hub.card().reply) == ["v1:plans:"]


async def test_where_nobody_pays_in_stars_a_till_that_asks_is_refused(hub: Hub) -> None:
    assert "too old" in said(await check_out(hub, "att_1", 75))
