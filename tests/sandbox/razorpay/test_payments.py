import pytest
from razorpay.errors import BadRequestError

from tests.sandbox.razorpay.conftest import Emulator


async def test_an_authorised_payment_is_captured_once_and_whole(emulator: Emulator) -> None:
    held = await emulator.pay(await emulator.create(), outcome="authorize_only")
    [payment_id] = held["payments"]
    with pytest.raises(BadRequestError, match="must be equal to the amount authorized"):
        await emulator.call(emulator.sdk.payment.capture, payment_id, 100, {"currency": "INR"})
    got = await emulator.call(emulator.sdk.payment.capture, payment_id, 19900, {"currency": "INR"})
    assert got["status"] == "captured"
    with pytest.raises(BadRequestError, match="already been captured"):
        await emulator.call(emulator.sdk.payment.capture, payment_id, 19900, {"currency": "INR"})


async def test_the_list_lags_behind_while_the_id_is_right_at_once(emulator: Emulator) -> None:
    await emulator.emu("settings", list_lag=120)
    paid = await emulator.pay(await emulator.create())
    assert (await emulator.call(emulator.sdk.payment.all))["count"] == 0
    fetched = await emulator.call(emulator.sdk.payment.fetch, paid["payments"][0])
    assert fetched["status"] == "captured"
    emulator.clock.advance(121)
    assert (await emulator.call(emulator.sdk.payment.all))["count"] == 1


@pytest.mark.parametrize(
    ("payment_id", "text"),
    [("pay_AAAAAAAAAAAAAA", "The id provided does not exist"), ("x", "x is not a valid id.")],
)
async def test_an_unknown_payment_is_told_apart_from_nonsense(
    emulator: Emulator, payment_id: str, text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        await emulator.call(emulator.sdk.payment.fetch, payment_id)


async def test_orders_accept_the_same_receipt_twice(emulator: Emulator) -> None:
    body = {"amount": 5000, "currency": "INR", "receipt": "r1", "notes": {}}
    first = await emulator.call(emulator.sdk.order.create, dict(body))
    second = await emulator.call(emulator.sdk.order.create, dict(body))
    assert first["id"] != second["id"]
    assert first["notes"] == []


async def test_an_order_of_less_than_a_rupee_is_refused_with_the_field(emulator: Emulator) -> None:
    body = {"amount": 99, "currency": "INR"}
    status, answer = await emulator.raw("POST", "/v1/orders", json=body)
    assert status == 400
    assert answer["error"]["field"] == "amount"
    assert answer["error"]["metadata"] == {}


async def test_the_report_has_a_row_for_every_capture_and_refund(emulator: Emulator) -> None:
    paid = await emulator.pay(await emulator.create(amount=150000))
    await emulator.emu(f"payments/{paid['payments'][0]}/refund_external", amount=1000)
    emulator.clock.advance(2 * 86_400 + 60)
    report = await emulator.call(emulator.sdk.settlement.report, {"year": 2025, "month": 12})
    assert [(row["type"], row["credit"], row["debit"]) for row in report["items"]] == [
        ("payment", 146460, 0),
        ("refund", 0, 1000),
    ]


async def test_a_dispute_is_listed_and_can_be_accepted(emulator: Emulator) -> None:
    paid = await emulator.pay(await emulator.create())
    await emulator.emu(f"payments/{paid['payments'][0]}/dispute")
    [opened] = (await emulator.call(emulator.sdk.dispute.all))["items"]
    assert (opened["status"], opened["amount_deducted"]) == ("open", 0)
    lost = await emulator.call(emulator.sdk.dispute.accept, opened["id"])
    assert (lost["status"], lost["amount_deducted"]) == ("lost", 19900)
