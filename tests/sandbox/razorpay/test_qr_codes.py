from typing import Any

import pytest
from razorpay.errors import BadRequestError

from tests.sandbox.razorpay.conftest import Emulator


async def made(emulator: Emulator, **fields: Any) -> Any:
    body = {
        "type": "upi_qr",
        "usage": "single_use",
        "fixed_amount": True,
        "payment_amount": 19900,
        "name": "Counter",
        "notes": {"purpose": "a/b"},
    }
    asked = {name: value for name, value in (body | fields).items() if value is not ...}
    return await emulator.call(emulator.sdk.qrcode.create, asked)


async def test_a_code_of_one_use_is_closed_by_its_payment(emulator: Emulator) -> None:
    qr = await made(emulator)
    paid = await emulator.emu(f"qr_codes/{qr['id']}/pay", vpa="asha@okbank")
    closed = await emulator.call(emulator.sdk.qrcode.fetch, qr["id"])
    listed = await emulator.call(emulator.sdk.qrcode.fetch_all_payments, qr["id"])

    assert (qr["status"], qr["payments_count_received"]) == ("active", 0)
    assert "close_reason" not in qr
    assert (closed["status"], closed["close_reason"]) == ("closed", "paid")
    assert (closed["payments_count_received"], closed["payments_amount_received"]) == (1, 19900)
    assert [payment["id"] for payment in listed["items"]] == [paid["id"]]
    fetched = await emulator.call(emulator.sdk.payment.fetch, paid["id"])
    assert fetched["order_id"] is None
    assert fetched["description"] == "QRv2 Payment"
    assert (fetched["status"], fetched["vpa"]) == ("captured", "asha@okbank")
    assert fetched["notes"] == {"purpose": "a/b"}


async def test_a_code_of_many_uses_takes_what_payers_choose_and_is_closed_by_hand(
    emulator: Emulator,
) -> None:
    qr = await made(emulator, usage="multiple_use", fixed_amount=False, payment_amount=...)
    for amount in (100, 250):
        await emulator.emu(f"qr_codes/{qr['id']}/pay", amount=amount)
    closed = await emulator.call(emulator.sdk.qrcode.close, qr["id"])

    assert (qr["close_by"], qr["payment_amount"], qr["fixed_amount"]) == (None, None, False)
    assert (closed["status"], closed["close_reason"]) == ("closed", "on_demand")
    assert closed["payments_amount_received"] == 350
    with pytest.raises(BadRequestError, match="already been closed"):
        await emulator.call(emulator.sdk.qrcode.close, qr["id"])


async def test_codes_are_listed_and_found_by_customer_and_by_payment(emulator: Emulator) -> None:
    ours = await made(emulator, customer_id="cust_AAAAAAAAAAAAAA")
    other = await made(emulator)
    paid = await emulator.emu(f"qr_codes/{ours['id']}/pay")
    found = [
        [qr["id"] for qr in (await emulator.call(emulator.sdk.qrcode.all, asked))["items"]]
        for asked in ({}, {"customer_id": ours["customer_id"]}, {"payment_id": paid["id"]})
    ]

    assert found == [[other["id"], ours["id"]], [ours["id"]], [ours["id"]]]


async def test_a_payment_by_code_belongs_to_no_link(emulator: Emulator) -> None:
    await emulator.create()
    paid = await emulator.emu(f"qr_codes/{(await made(emulator))['id']}/pay")
    links = await emulator.call(emulator.sdk.payment_link.all, {"payment_id": paid["id"]})

    assert links["payment_links"] == []


@pytest.mark.parametrize(
    ("temper", "wished", "given"),
    [
        ("minutes", None, 7_200),
        ("minutes", 86_400, 7_200),
        ("minutes", 300, 300),
        ("days", None, 45 * 86_400),
        ("days", 86_400, 86_400),
    ],
)
async def test_the_end_of_a_code_is_brought_down_to_the_longest_there_is(
    emulator: Emulator, temper: str, wished: int | None, given: int
) -> None:
    await emulator.emu("settings", qr_close_by=temper)
    asked = ... if wished is None else int(emulator.clock()) + wished
    qr = await made(emulator, close_by=asked)

    assert abs(qr["close_by"] - qr["created_at"] - given) <= 1


@pytest.mark.parametrize(("temper", "minutes"), [("minutes", 2), ("days", 15)])
async def test_a_code_that_ends_too_soon_is_refused(
    emulator: Emulator, temper: str, minutes: int
) -> None:
    await emulator.emu("settings", qr_close_by=temper)
    with pytest.raises(BadRequestError, match=f"at least {minutes} minutes"):
        await made(emulator, close_by=int(emulator.clock()) + minutes * 60 - 10)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"type": "bharat_qr"}, "The selected type is invalid."),
        ({"usage": ...}, "The usage field is required."),
        ({"fixed_amount": False}, "must be true for a single_use QR code"),
        ({"fixed_amount": 1}, "The selected fixed_amount is invalid."),
        ({"payment_amount": ...}, "The payment_amount field is required."),
        ({"payment_amount": 0}, "The payment amount must be at least 1."),
        ({"payment_amount": "19900"}, "The payment amount must be an integer."),
        ({"close_by": 1}, "close_by must be between 946684800 and 4765046400"),
        ({"close_by": "soon"}, "The close_by must be an integer."),
        ({"usage": "multiple_use", "close_by": 1_800_000_000}, "for single_use QR codes only"),
        ({"colour": "red"}, "colour is/are not required and should not be sent"),
    ],
)
async def test_a_code_that_cannot_be_is_refused(
    emulator: Emulator, fields: dict[str, Any], text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        await made(emulator, **fields)


@pytest.mark.parametrize(
    ("qr_id", "text"),
    [("qr_AAAAAAAAAAAAAA", "The id provided does not exist"), ("x", "x is not a valid id.")],
)
async def test_an_unknown_code_is_told_apart_from_nonsense(
    emulator: Emulator, qr_id: str, text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        await emulator.call(emulator.sdk.qrcode.fetch, qr_id)
