import pytest
import requests
from razorpay.errors import BadRequestError, ServerError

from tests.sandbox.razorpay.conftest import Emulator

LINKS = {"method": "POST", "path": "/v1/payment_links"}


async def references(emulator: Emulator) -> list[str]:
    return [link["reference_id"] for link in (await emulator.look("state"))["links"]]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset_after", requests.exceptions.ConnectionError),
        ("http500_after", ServerError),
        ("html502_after", requests.exceptions.JSONDecodeError),
        ("truncate_json", requests.exceptions.JSONDecodeError),
    ],
)
async def test_the_answer_is_lost_but_the_link_stands(
    emulator: Emulator, kind: str, error: type[Exception]
) -> None:
    await emulator.emu("faults", kind=kind, **LINKS)
    with pytest.raises(error):
        await emulator.create()
    assert await references(emulator) == ["pa_1"]
    with pytest.raises(BadRequestError, match="already exists"):
        await emulator.create()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset_before", requests.exceptions.ConnectionError),
        ("http500_before", ServerError),
        ("html502", requests.exceptions.JSONDecodeError),
        ("429", BadRequestError),
        ("429_quota", ServerError),
        ("401", BadRequestError),
        ("409_refund_in_progress", BadRequestError),
    ],
)
async def test_nothing_happened_and_the_next_call_is_served(
    emulator: Emulator, kind: str, error: type[Exception]
) -> None:
    await emulator.emu("faults", kind=kind, **LINKS)
    with pytest.raises(error):
        await emulator.create()
    assert await references(emulator) == []
    assert (await emulator.create())["status"] == "created"


@pytest.mark.parametrize(("kind", "applied"), [("hang", []), ("timeout_after", ["pa_1"])])
async def test_a_caller_that_waits_for_ever_needs_a_time_out(
    emulator: Emulator, kind: str, applied: list[str]
) -> None:
    await emulator.emu("faults", kind=kind, **LINKS)
    with pytest.raises(requests.exceptions.ReadTimeout):
        await emulator.call_for(
            0.3, emulator.sdk.payment_link.create, {"amount": 100, "reference_id": "pa_1"}
        )
    assert await references(emulator) == applied


async def test_faults_are_used_in_order_and_only_where_they_match(emulator: Emulator) -> None:
    await emulator.emu("faults", kind="429", seconds=3, **LINKS)
    await emulator.emu("faults", kind="http500_before", count=2, **LINKS)
    await emulator.call(emulator.sdk.order.all)
    for error in (BadRequestError, ServerError, ServerError):
        with pytest.raises(error):
            await emulator.create()
    await emulator.create()


async def test_a_stale_read_shows_the_link_before_it_was_paid(emulator: Emulator) -> None:
    link = await emulator.create()
    emulator.clock.advance(60)
    await emulator.pay(link)
    await emulator.emu("faults", kind="stale_read", seconds=30, path="/v1/payment_links/*")
    stale = await emulator.call(emulator.sdk.payment_link.fetch, link["id"])
    fresh = await emulator.call(emulator.sdk.payment_link.fetch, link["id"])
    assert (stale["status"], fresh["status"]) == ("created", "paid")


async def test_an_answer_can_name_another_amount(emulator: Emulator) -> None:
    await emulator.emu("faults", kind="wrong_amount_in_response", **LINKS)
    assert (await emulator.create())["amount"] == 20000


async def test_an_unknown_fault_is_refused(emulator: Emulator) -> None:
    async with emulator.http.post(f"{emulator.origin}/_emu/faults", json={"kind": "rain"}) as got:
        assert got.status == 400
