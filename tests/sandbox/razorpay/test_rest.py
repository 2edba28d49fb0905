import base64

import pytest
from razorpay.errors import BadRequestError

from sandbox.razorpay.keys import KEY_ID, KEY_SECRET
from tests.sandbox.razorpay.conftest import Emulator

TOKEN = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()


async def test_a_wrong_secret_opens_nothing(emulator: Emulator) -> None:
    stranger = emulator.client(KEY_ID, "wrong")
    with pytest.raises(BadRequestError, match="Authentication failed"):
        await emulator.call(stranger.order.all)


@pytest.mark.parametrize(
    "header", [f"basic {TOKEN}", f"BASIC {TOKEN}", f'Basic "{TOKEN}"', "", TOKEN]
)
async def test_the_authorization_header_is_taken_literally(emulator: Emulator, header: str) -> None:
    url = f"{emulator.origin}/v1/orders"
    async with emulator.http.get(url, headers={"Authorization": header}) as got:
        assert got.status == 401
        assert (await got.json())["error"]["code"] == "BAD_REQUEST_ERROR"


@pytest.mark.parametrize("path", ["/v1/moon", "/v1/orders/x/y/z", "/v1/payments/qr_codes/a/b"])
async def test_an_unknown_route_is_refused_by_the_router(emulator: Emulator, path: str) -> None:
    status, body = await emulator.raw("GET", path)
    assert status == 400
    assert body["error"]["source"] == "NA"


async def test_a_slash_at_the_end_does_no_harm(emulator: Emulator) -> None:
    status, body = await emulator.raw("GET", "/v1/orders/")
    assert (status, body["entity"]) == (200, "collection")


async def test_the_journal_keeps_calls_but_no_credentials(emulator: Emulator) -> None:
    await emulator.create()
    journal = await emulator.look("requests")
    assert [call["path"] for call in journal["requests"]] == ["/v1/payment_links"]
    assert '"amount": 19900' in journal["requests"][0]["body"]
    assert TOKEN not in str(journal)


async def test_an_answer_is_dated_by_the_emulators_clock(emulator: Emulator) -> None:
    emulator.clock.advance(-3600)
    url = f"{emulator.origin}/v1/orders"
    async with emulator.http.get(url) as got:
        assert got.headers["Date"].startswith("Mon, 08 Dec 2025 11:09")


async def test_the_sixth_link_of_a_burst_has_to_wait(emulator: Emulator) -> None:
    await emulator.emu("settings", rate_limits=True)
    for number in range(5):
        await emulator.create(reference_id=f"pa_{number}")
    with pytest.raises(BadRequestError, match="Too many requests"):
        await emulator.create(reference_id="pa_5")
    emulator.clock.advance(8)
    await emulator.create(reference_id="pa_5")
