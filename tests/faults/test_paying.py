"""What can happen to a payment between the link and the hour."""

from dataclasses import replace

import pytest

from billing.plans import Plans, publish
from tests.doubles.hub import FLASH, LITE, PRO, said
from tests.doubles.till import Till

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param("wrong_amount", marks=pytest.mark.fault("F08")),
        pytest.param("wrong_currency", marks=pytest.mark.fault("F09")),
    ],
)
async def test_money_of_another_amount_or_currency_is_held_and_buys_nothing(
    till: Till, outcome: str
) -> None:
    bought = await till.buy()
    (payment,) = await till.pay(bought, outcome)
    await till.deliver_all()

    assert await till.outcome(bought) == ("review", 0)
    found = await till.payment(payment)
    assert found is not None
    assert found.decision == "suspense"
    assert await till.suspense() == (found.amount_paise if outcome == "wrong_amount" else 0)
    assert (await till.emulator.look("state"))["refunds"] == []


@pytest.mark.fault("F12")
async def test_of_two_payments_one_buys_and_the_other_goes_back_once(till: Till) -> None:
    bought = await till.buy()
    payments = await till.pay(bought, "double_pay")
    await till.deliver_all()
    await till.deliver_all()
    await till.wait(HOUR_S)

    assert await till.outcome(bought) == ("paid", 1)
    (refund,) = (await till.emulator.look("state"))["refunds"]
    assert refund["payment_id"] in payments
    assert refund["amount"] == 10_000
    assert await till.suspense() == 0


@pytest.mark.fault("F13")
@pytest.mark.parametrize(
    ("outcome", "late_s", "end"),
    [
        ("pay_after_cancel", 60, ("paid", 1)),
        ("pay_after_expiry", 25 * 60, ("paid", 1)),
        ("pay_after_expiry", 3 * HOUR_S, ("refunded", 0)),
    ],
)
async def test_money_that_comes_after_the_end_is_honoured_in_time_and_else_goes_back(
    till: Till, outcome: str, late_s: int, end: tuple[str, int]
) -> None:
    bought = await till.buy()
    await till.wait(late_s)
    if outcome == "pay_after_cancel":
        await till.hub.press(f"v1:cancel:{bought.order}")
        await till.hub.work.run()
    await till.pay(bought, outcome)
    await till.deliver_all()
    await till.wait(HOUR_S)

    assert await till.outcome(bought) == end
    assert ("Paid ✓" if end[1] else "Refunded") in said(till.hub.card().reply)


@pytest.mark.fault("F15")
async def test_a_payment_that_failed_may_succeed_under_the_same_id(till: Till) -> None:
    bought = await till.buy()
    (payment,) = await till.pay(bought, "fail")
    await till.deliver_all()
    assert await till.outcome(bought) == ("open", 0)
    await till.emulator.emu(f"payments/{payment}/capture")
    await till.deliver_all()

    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F16")
@pytest.mark.parametrize("heard", [True, False], ids=["webhook", "asking"])
async def test_a_bank_that_says_yes_two_days_later_is_heard(till: Till, *, heard: bool) -> None:
    bought = await till.buy()
    (payment,) = await till.pay(bought, "fail")
    await till.wait(HOUR_S)
    await till.emulator.emu(f"payments/{payment}/capture")
    if heard:
        till.hub.clock.pass_(2 * DAY_S)
        await till.deliver_all()
    else:
        await till.wait(2 * DAY_S)

    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F18", "F19")
async def test_without_any_webhook_a_payment_is_found_within_a_minute(till: Till) -> None:
    bought = await till.buy()
    await till.wait(17)
    await till.pay(bought)
    for _ in range(60):
        await till.wait(1)

    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F45")
async def test_a_price_that_changes_after_the_link_is_not_the_price(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = await till.buy()
    dearer = Plans((LITE, replace(FLASH, price_paise=99_900), PRO))
    await till.hub.services.database.write(lambda tx: publish(tx, dearer))
    monkeypatch.setattr(till.hub.services.orders, "_plans", dearer)
    (payment,) = await till.pay(bought)
    await till.deliver_all()

    assert await till.outcome(bought) == ("paid", 1)
    found = await till.payment(payment)
    assert found is not None
    assert found.amount_paise == FLASH.price_paise


@pytest.mark.fault("F29")
async def test_an_old_answer_about_the_link_hides_no_payment_of_its_order(till: Till) -> None:
    bought = await till.buy()
    await till.pay(bought, "fail")
    await till.wait(10)
    await till.pay(bought)
    link = f"/v1/payment_links/{bought.link}"
    await till.emulator.emu("faults", kind="stale_read", method="GET", path=link, seconds=5)
    (event,) = await till.events("payment.captured")
    await till.deliver(event)
    await till.hub.work.run()

    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F32")
async def test_a_clock_that_is_put_back_loses_nothing(till: Till) -> None:
    bought = await till.buy()
    till.hub.clock.pass_(-600)
    await till.pay(bought)
    await till.deliver_all()

    assert await till.outcome(bought) == ("paid", 1)
