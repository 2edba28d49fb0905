import re
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.razorpay.keys import KEY_ID, KEY_SECRET
from tests.sandbox.razorpay.conftest import Emulator

CALLBACK = {"callback_url": "https://shop.example/back?from=chat", "callback_method": "get"}


async def page(emulator: Emulator, url: str) -> str:
    async with emulator.http.get(url) as got:
        return await got.text()


async def test_the_page_shows_what_is_sold_and_three_ways_to_end_it(emulator: Emulator) -> None:
    link = await emulator.create(amount=12345600, description="<b>1 hour</b>")
    html = await page(emulator, link["short_url"])
    assert "₹1,23,456.00" in html
    assert "&lt;b&gt;1 hour" in html
    assert "no real money" in html
    for button in ("pay-success", "pay-failure", "pay-cancel"):
        assert f'data-testid="{button}"' in html


async def test_a_paid_link_has_an_order_with_one_captured_payment(emulator: Emulator) -> None:
    link = await emulator.create(notes={"plan": "flash"})
    paid = await emulator.pay(link)
    fetched = await emulator.call(emulator.sdk.payment_link.fetch, link["id"])
    assert fetched["status"] == "paid"
    assert fetched["amount_paid"] == 19900
    assert fetched["payments"] == []
    order = await emulator.call(emulator.sdk.order.fetch, fetched["order_id"])
    assert (order["status"], order["receipt"]) == ("paid", "pa_1")
    payments = await emulator.call(emulator.sdk.order.payments, order["id"])
    assert [payment["id"] for payment in payments["items"]] == paid["payments"]
    assert payments["items"][0]["status"] == "captured"
    assert payments["items"][0]["notes"] == {"plan": "flash"}
    assert payments["items"][0]["description"] == "#" + link["id"].removeprefix("plink_")


async def test_the_fee_is_two_percent_and_the_tax_on_it(emulator: Emulator) -> None:
    link = await emulator.create(amount=150000)
    paid = await emulator.pay(link)
    payment = await emulator.call(emulator.sdk.payment.fetch, paid["payments"][0])
    assert (payment["fee"], payment["tax"]) == (3540, 540)


async def test_the_payer_comes_back_with_a_signature_the_sdk_accepts(emulator: Emulator) -> None:
    link = await emulator.create(**CALLBACK)
    async with emulator.http.post(link["short_url"] + "/pay", allow_redirects=False) as got:
        assert got.status == 302
        query = {
            key: value[0]
            for key, value in parse_qs(urlsplit(got.headers["Location"]).query).items()
        }
    assert query.pop("from") == "chat"
    assert list(query) == [
        "razorpay_payment_id",
        "razorpay_payment_link_id",
        "razorpay_payment_link_reference_id",
        "razorpay_payment_link_status",
        "razorpay_signature",
    ]
    assert emulator.client(KEY_ID, KEY_SECRET).utility.verify_payment_link_signature(
        {
            "razorpay_payment_id": query["razorpay_payment_id"],
            "payment_link_id": query["razorpay_payment_link_id"],
            "payment_link_reference_id": query["razorpay_payment_link_reference_id"],
            "payment_link_status": query["razorpay_payment_link_status"],
            "razorpay_signature": query["razorpay_signature"],
        }
    )


@pytest.mark.parametrize("part", ["status", "payment", "ref", "signature"])
async def test_a_tampered_callback_differs_in_one_part(emulator: Emulator, part: str) -> None:
    link = await emulator.create(**CALLBACK)
    paid = await emulator.pay(link, tamper=part)
    query = parse_qs(urlsplit(paid["redirect"]).query)
    honest = (
        query["razorpay_payment_link_status"] == ["paid"],
        query["razorpay_payment_id"] == paid["payments"],
        query["razorpay_payment_link_reference_id"] == ["pa_1"],
    )
    assert honest == (part != "status", part != "payment", part != "ref")


async def test_a_failure_leaves_the_link_open_for_another_try(emulator: Emulator) -> None:
    link = await emulator.create(**CALLBACK)
    failed = await emulator.pay(link, outcome="fail")
    assert (failed["status"], failed["redirect"]) == ("created", None)
    cancelled = await emulator.pay(link, outcome="cancel")
    await emulator.pay(link)
    fetched = await emulator.call(emulator.sdk.payment_link.fetch, link["id"])
    attempts = await emulator.call(emulator.sdk.order.payments, fetched["order_id"])
    assert [item["status"] for item in attempts["items"]] == ["failed", "failed", "captured"]
    assert attempts["items"][1]["id"] == cancelled["payments"][0]
    assert attempts["items"][1]["error_reason"] == "payment_cancelled"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"vpa": "failure@razorpay"}, "payment_failed"),
        ({"method": "card", "card_number": "4100 2800 0008 0001"}, "insufficient_fund"),
        ({"method": "card", "card_number": "4100280000020007"}, "gateway_technical_error"),
    ],
)
async def test_the_published_test_instruments_fail_as_published(
    emulator: Emulator, fields: dict[str, str], reason: str
) -> None:
    failed = await emulator.pay(await emulator.create(), **fields)
    payment = await emulator.call(emulator.sdk.payment.fetch, failed["payments"][0])
    assert (payment["status"], payment["error_reason"]) == ("failed", reason)


async def test_a_failed_payment_can_still_succeed_under_the_same_id(emulator: Emulator) -> None:
    link = await emulator.create()
    failed = await emulator.pay(link, outcome="late_auth")
    emulator.clock.advance(172_801)
    await emulator.wait_until_link(link["id"], "paid")
    payment = await emulator.call(emulator.sdk.payment.fetch, failed["payments"][0])
    assert (payment["status"], payment["error_code"]) == ("captured", None)


async def test_a_double_payment_captures_twice(emulator: Emulator) -> None:
    link = await emulator.create()
    paid = await emulator.pay(link, outcome="double_pay")
    statuses = [
        (await emulator.call(emulator.sdk.payment.fetch, payment))["status"]
        for payment in paid["payments"]
    ]
    assert statuses == ["captured", "captured"]


@pytest.mark.parametrize(
    ("outcome", "status"), [("pay_after_expiry", "expired"), ("pay_after_cancel", "cancelled")]
)
async def test_money_can_arrive_on_a_closed_link(
    emulator: Emulator, outcome: str, status: str
) -> None:
    paid = await emulator.pay(await emulator.create(), outcome=outcome)
    assert paid["status"] == status
    payment = await emulator.call(emulator.sdk.payment.fetch, paid["payments"][0])
    assert payment["status"] == "captured"


async def test_a_wrong_amount_and_a_wrong_currency_are_captured_as_they_are(
    emulator: Emulator,
) -> None:
    less = await emulator.pay(await emulator.create(), outcome="wrong_amount", amount="100")
    assert less["status"] == "partially_paid"
    other = await emulator.create(reference_id="pa_2")
    dollars = await emulator.pay(other, outcome="wrong_currency")
    payment = await emulator.call(emulator.sdk.payment.fetch, dollars["payments"][0])
    assert (payment["currency"], payment["amount"]) == ("USD", 19900)


async def test_a_link_that_accepts_parts_is_paid_in_parts(emulator: Emulator) -> None:
    link = await emulator.create(accept_partial=True)
    first = await emulator.pay(link, amount="9900")
    assert first["status"] == "partially_paid"
    assert "pay ₹100.00" in await page(emulator, link["short_url"])
    rest = await emulator.pay(link)
    assert rest["status"] == "paid"


async def test_an_unanswered_payment_fails_after_ten_minutes(emulator: Emulator) -> None:
    pending = await emulator.pay(await emulator.create(), outcome="pending")
    emulator.clock.advance(601)
    payment = await emulator.wait_until_payment(pending["payments"][0], "failed")
    assert payment["error_reason"] == "payment_timed_out"


async def test_a_closed_page_takes_no_money(emulator: Emulator) -> None:
    link = await emulator.create()
    await emulator.pay(link)
    assert re.search("Already paid", await page(emulator, link["short_url"]))
    async with emulator.http.post(link["short_url"] + "/pay") as got:
        assert got.status == 409


async def test_the_page_closes_when_the_time_is_over_before_the_link_says_so(
    emulator: Emulator,
) -> None:
    link = await emulator.create(expire_by=int(emulator.clock()) + 1000)
    emulator.clock.advance(1002)
    assert "This link has expired" in await page(emulator, link["short_url"])
    fetched = await emulator.call(emulator.sdk.payment_link.fetch, link["id"])
    assert fetched["status"] == "created"


async def test_an_unknown_outcome_is_refused(emulator: Emulator) -> None:
    link = await emulator.create()
    async with emulator.http.post(link["short_url"] + "/pay", data={"outcome": "magic"}) as got:
        assert got.status == 400


async def test_a_stranger_finds_no_page(emulator: Emulator) -> None:
    async with emulator.http.get(emulator.origin + "/rzp/nothing") as got:
        assert got.status == 404
