import pytest
from razorpay.errors import BadRequestError, ServerError

from tests.sandbox.razorpay.conftest import Emulator


async def test_a_new_link_has_the_fields_seen_live(emulator: Emulator) -> None:
    link = await emulator.create(description="1 hour", notes={"purchase_id": "p_1"})
    assert link["status"] == "created"
    assert link["payments"] is None
    assert "entity" not in link
    assert "order_id" not in link
    assert link["notes"] == {"purchase_id": "p_1"}
    assert len(link["id"]) == len("plink_") + 14
    assert link["short_url"].startswith(emulator.origin + "/rzp/")


async def test_ids_begin_with_the_time_in_base62(emulator: Emulator) -> None:
    link = await emulator.create()
    assert link["id"].startswith("plink_Rp71")  # as recorded in December 2025


async def test_a_reference_is_taken_for_ever(emulator: Emulator) -> None:
    link = await emulator.create()
    await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
    with pytest.raises(
        BadRequestError, match="payment link with given reference_id: pa_1 already exists"
    ):
        await emulator.create()


async def test_the_documented_wording_of_a_duplicate_is_a_setting_away(emulator: Emulator) -> None:
    await emulator.emu("settings", wording="docs")
    await emulator.create()
    with pytest.raises(BadRequestError, match="reference ID already attempted"):
        await emulator.create()


async def test_a_refusal_of_the_link_service_has_a_list_as_metadata(emulator: Emulator) -> None:
    await emulator.create()
    status, body = await emulator.raw(
        "POST", "/v1/payment_links", json={"amount": 100, "reference_id": "pa_1"}
    )
    assert status == 400
    assert body["error"]["metadata"] == []
    assert body["error"]["reason"] is None


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"amount": 0}, "amount: cannot be blank."),
        ({"amount": -5}, "amount: amount should be minimum 1.00 for INR"),
        ({"amount": 199.0}, "wrong input fields sent."),
        ({"amount": True}, "wrong input fields sent."),
        ({"currency": "XXX"}, "currency: wrong input field"),
        ({"reference_id": "r" * 41}, "the length must be no more than 40"),
        ({"description": "d" * 2049}, "the length must be no more than 2048"),
        ({"notes": {"a": "n" * 256}}, "value: the length must not be greater than 255."),
        ({"callback_url": "https://example.in/"}, "callback_method"),
        ({"callback_url": "nonsense", "callback_method": "get"}, "callback_url"),
        ({"upi_link": True}, "UPI Payment Links is not supported in Test Mode"),
        ({"surprise": 1}, "surprise is/are not required and should not be sent"),
    ],
)
async def test_a_wrong_field_is_refused(
    emulator: Emulator, fields: dict[str, object], text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        await emulator.create(**fields)


async def test_a_link_lives_at_least_fifteen_minutes(emulator: Emulator) -> None:
    soon = int(emulator.clock()) + 890
    with pytest.raises(BadRequestError, match="timestamp must be atleast 15 minutes in future"):
        await emulator.create(expire_by=soon)


async def test_lists_of_links_have_an_envelope_of_their_own(emulator: Emulator) -> None:
    await emulator.create(reference_id="pa_1")
    second = await emulator.create(reference_id="pa_2")
    found = await emulator.call(emulator.sdk.payment_link.all, {"reference_id": "pa_2"})
    assert list(found) == ["payment_links"]
    assert [link["id"] for link in found["payment_links"]] == [second["id"]]


async def test_a_list_is_cut_into_pages_newest_first(emulator: Emulator) -> None:
    for number in range(3):
        await emulator.create(reference_id=f"pa_{number}")
    found = await emulator.call(emulator.sdk.payment_link.all, {"count": 1, "skip": 1})
    assert [link["reference_id"] for link in found["payment_links"]] == ["pa_1"]
    with pytest.raises(BadRequestError, match="The count may not be greater than 100"):
        await emulator.call(emulator.sdk.payment_link.all, {"count": 101})


async def test_a_closed_link_says_why_it_cannot_be_cancelled(emulator: Emulator) -> None:
    cancelled = await emulator.create(reference_id="pa_1")
    await emulator.call(emulator.sdk.payment_link.cancel, cancelled["id"])
    with pytest.raises(BadRequestError, match="cannot cancel or expire a cancelled link"):
        await emulator.call(emulator.sdk.payment_link.cancel, cancelled["id"])
    paid = await emulator.create(reference_id="pa_2")
    await emulator.pay(paid)
    with pytest.raises(BadRequestError, match="an already paid / partially paid link"):
        await emulator.call(emulator.sdk.payment_link.cancel, paid["id"])


async def test_only_an_open_link_can_be_edited(emulator: Emulator) -> None:
    link = await emulator.create()
    edited = await emulator.call(emulator.sdk.payment_link.edit, link["id"], {"notes": {"a": "b"}})
    assert edited["notes"] == {"a": "b"}
    await emulator.pay(link)
    with pytest.raises(BadRequestError, match="created or partially paid state"):
        await emulator.call(emulator.sdk.payment_link.edit, link["id"], {"notes": {}})


async def test_a_link_expires_a_little_after_its_time(emulator: Emulator) -> None:
    link = await emulator.create(expire_by=int(emulator.clock()) + 1000)
    emulator.clock.advance(1012)
    await emulator.wait_until_link(link["id"], "expired")
    with pytest.raises(BadRequestError, match="cannot cancel or expire an expired link"):
        await emulator.call(emulator.sdk.payment_link.cancel, link["id"])


async def test_a_strange_id_is_told_apart_from_an_unknown_one(emulator: Emulator) -> None:
    with pytest.raises(BadRequestError, match=r"invalid input \[strippedId\] = \[short\]"):
        await emulator.call(emulator.sdk.payment_link.fetch, "plink_short")
    status, _ = await emulator.raw("GET", "/v1/payment_links/plink_AAAAAAAAAAAAAA")
    assert status == 404
    await emulator.emu("settings", unknown_link_status=400)
    with pytest.raises(BadRequestError, match="The id provided does not exist"):
        await emulator.call(emulator.sdk.payment_link.fetch, "plink_AAAAAAAAAAAAAA")


async def test_a_test_account_runs_out_of_links_for_good(emulator: Emulator) -> None:
    await emulator.emu("settings", link_quota=1)
    await emulator.create()
    with pytest.raises(ServerError, match="test mode limit of 1 reached for payment_link"):
        await emulator.create(reference_id="pa_2")


async def test_only_two_media_can_carry_a_reminder(emulator: Emulator) -> None:
    link = await emulator.create()
    sent = await emulator.call(emulator.sdk.payment_link.notifyBy, link["id"], "sms")
    assert sent == {"success": True}
    with pytest.raises(BadRequestError, match="not a valid notification medium"):
        await emulator.call(emulator.sdk.payment_link.notifyBy, link["id"], "pigeon")
