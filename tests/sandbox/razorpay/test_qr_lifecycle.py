import json
from typing import Any

import pytest

from tests.sandbox.razorpay.conftest import Emulator, Receiver
from tests.sandbox.razorpay.test_qr_codes import made


async def told(receiver: Receiver, count: int) -> list[Any]:
    return [json.loads(body) for _, body in await receiver.wait_for(count)]


def one(events: list[Any], name: str) -> Any:
    (found,) = [event for event in events if event["event"] == name]
    return found


async def refused(emulator: Emulator, qr: Any, **fields: Any) -> str:
    url = f"{emulator.origin}/_emu/qr_codes/{qr['id']}/pay"
    async with emulator.http.post(url, json=fields) as got:
        assert got.status == 400
        return str((await got.json())["error"])


async def test_a_credit_shows_the_code_as_it_was_before(
    emulator: Emulator, receiver: Receiver
) -> None:
    qr = await made(emulator, customer_id="cust_AAAAAAAAAAAAAA")
    paid = await emulator.emu(f"qr_codes/{qr['id']}/pay")
    events = await told(receiver, 4)

    names = sorted(event["event"] for event in events)
    assert names == [
        "payment.authorized",
        "payment.captured",
        "qr_code.created",
        "qr_code.credited",
    ]
    credited = one(events, "qr_code.credited")
    assert credited["contains"] == ["payment", "qr_code"]
    code = credited["payload"]["qr_code"]["entity"]
    assert (code["id"], code["status"], code["payments_count_received"]) == (qr["id"], "active", 0)
    assert (code["closed_at"], code["close_reason"]) == (None, None)
    payment = credited["payload"]["payment"]["entity"]
    assert (payment["id"], payment["order_id"]) == (paid["id"], None)
    assert payment["customer_id"] == "cust_AAAAAAAAAAAAAA"


async def test_only_who_closes_by_hand_is_told_of_it(
    emulator: Emulator, receiver: Receiver
) -> None:
    paid, expired, closed = [await made(emulator) for _ in range(3)]
    await emulator.emu(f"qr_codes/{paid['id']}/pay")
    await emulator.call(emulator.sdk.qrcode.close, closed["id"])
    emulator.clock.advance(7_201)
    state = await emulator.wait_until(
        lambda state: all(code["closed_at"] for code in state["qr_codes"])
    )
    events = await told(receiver, 7)

    assert one(events, "qr_code.closed")["payload"]["qr_code"]["entity"]["id"] == closed["id"]
    reasons = {code["id"]: code["close_reason"] for code in state["qr_codes"]}
    assert reasons == {paid["id"]: "paid", expired["id"]: None, closed["id"]: "on_demand"}


async def test_a_second_payment_of_one_use_is_taken_and_sent_back_days_later(
    emulator: Emulator,
) -> None:
    qr = await made(emulator)
    first, second = [await emulator.emu(f"qr_codes/{qr['id']}/pay") for _ in range(2)]
    assert (second["status"], second["amount_refunded"]) == ("captured", 0)
    emulator.clock.advance(3 * 86_400 + 1)

    sent_back = await emulator.wait_until_payment(second["id"], "refunded")
    assert sent_back["amount_refunded"] == 19900
    kept = await emulator.call(emulator.sdk.payment.fetch, first["id"])
    assert kept["status"] == "captured"


async def test_what_was_sent_back_already_is_not_sent_back_again(emulator: Emulator) -> None:
    qr = await made(emulator)
    _, second = [await emulator.emu(f"qr_codes/{qr['id']}/pay") for _ in range(2)]
    await emulator.emu(f"payments/{second['id']}/refund_external")
    third = await emulator.emu(f"qr_codes/{qr['id']}/pay")
    emulator.clock.advance(3 * 86_400 + 1)
    await emulator.wait_until_payment(third["id"], "refunded")

    refunds = await emulator.call(emulator.sdk.payment.fetch_multiple_refund, second["id"])
    assert refunds["count"] == 1


@pytest.mark.parametrize("how", ["closed", "expired"])
async def test_a_code_that_is_closed_cannot_be_paid(emulator: Emulator, how: str) -> None:
    qr = await made(emulator)
    if how == "closed":
        await emulator.call(emulator.sdk.qrcode.close, qr["id"])
    else:
        emulator.clock.advance(7_201)

    assert "is closed" in await refused(emulator, qr)


async def test_a_payer_cannot_change_a_fixed_amount_and_must_choose_a_free_one(
    emulator: Emulator,
) -> None:
    free = await made(emulator, usage="multiple_use", fixed_amount=False, payment_amount=...)

    assert "nothing else" in await refused(emulator, await made(emulator), amount=100)
    assert "an amount is needed" in await refused(emulator, free)
