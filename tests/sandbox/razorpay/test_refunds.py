from typing import Any

import pytest
from razorpay.errors import BadRequestError

from tests.sandbox.razorpay.conftest import Emulator

KEY = {"X-Refund-Idempotency": "rf_0123456789"}


async def captured(emulator: Emulator) -> str:
    paid = await emulator.pay(await emulator.create())
    return str(paid["payments"][0])


async def refund(emulator: Emulator, payment_id: str, headers: Any = None, **fields: Any) -> Any:
    return await emulator.call(
        emulator.sdk.payment.refund, payment_id, fields, headers=dict(headers or {})
    )


async def test_a_refund_without_amount_returns_everything(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    made = await refund(emulator, payment_id, receipt="rf_1", notes={"reason": "late"})
    assert (made["amount"], made["status"], made["receipt"]) == (19900, "processed", "rf_1")
    assert "speed_requested" not in made
    payment = await emulator.call(emulator.sdk.payment.fetch, payment_id)
    assert (payment["status"], payment["refund_status"]) == ("refunded", "full")
    with pytest.raises(BadRequestError, match="fully refunded already"):
        await refund(emulator, payment_id)


async def test_refunds_never_exceed_the_payment(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    with pytest.raises(BadRequestError, match="greater than amount captured"):
        await refund(emulator, payment_id, amount=20000)
    await refund(emulator, payment_id, amount=10000)
    with pytest.raises(BadRequestError, match="total refund amount is greater"):
        await refund(emulator, payment_id, amount=10000)
    payment = await emulator.call(emulator.sdk.payment.fetch, payment_id)
    assert (payment["amount_refunded"], payment["refund_status"]) == (10000, "partial")


async def test_the_same_key_and_body_give_the_same_refund(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    first = await refund(emulator, payment_id, KEY, amount=5000)
    again = await refund(emulator, payment_id, KEY, amount=5000)
    assert again["id"] == first["id"]
    listed = await emulator.call(emulator.sdk.payment.fetch_multiple_refund, payment_id)
    assert listed["count"] == 1


async def test_the_same_key_with_another_body_is_a_conflict(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    await refund(emulator, payment_id, KEY, amount=5000)
    path = f"/v1/payments/{payment_id}/refund"
    status, body = await emulator.raw("POST", path, json={"amount": 6000}, headers=KEY)
    assert status == 409
    assert body["error"]["description"].startswith("Different request with the same idempotency")


async def test_a_short_key_is_refused(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    with pytest.raises(BadRequestError, match="at least 10"):
        await refund(emulator, payment_id, {"X-Refund-Idempotency": "short"})


async def test_only_captured_money_can_be_returned(emulator: Emulator) -> None:
    held = await emulator.pay(await emulator.create(), outcome="authorize_only")
    with pytest.raises(BadRequestError, match="should be captured"):
        await refund(emulator, held["payments"][0])


async def test_a_pending_refund_that_fails_leaves_the_money_captured(emulator: Emulator) -> None:
    await emulator.emu("settings", refund_result="pending")
    payment_id = await captured(emulator)
    made = await refund(emulator, payment_id)
    assert made["status"] == "pending"
    await emulator.emu(f"refunds/{made['id']}/failed")
    payment = await emulator.call(emulator.sdk.payment.fetch, payment_id)
    assert (payment["status"], payment["amount_refunded"]) == ("captured", 0)


async def test_a_bare_number_as_body_is_refused(emulator: Emulator) -> None:
    payment_id = await captured(emulator)
    with pytest.raises(BadRequestError, match="should be an object"):
        await emulator.call(emulator.sdk.payment.refund, payment_id, 5000)


async def test_forgotten_authorisations_go_back_after_three_days(emulator: Emulator) -> None:
    held = await emulator.pay(await emulator.create(), outcome="authorize_only")
    emulator.clock.advance(3 * 86_400 + 1)
    payment = await emulator.wait_until_payment(held["payments"][0], "refunded")
    assert payment["captured"] is False
