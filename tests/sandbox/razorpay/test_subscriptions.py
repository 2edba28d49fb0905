import json
from typing import Any

import pytest
from razorpay.errors import BadRequestError

from tests.sandbox.razorpay.conftest import Emulator, Receiver

SECRET = "a-secret-of-its-own"


async def registered(emulator: Emulator, **fields: Any) -> Any:
    body = {"url": "https://shop.example/hook", "events": ["order.paid"], **fields}
    return await emulator.call(emulator.sdk.webhook.create, body)


async def test_a_registered_webhook_gets_the_events_it_wants_signed_with_its_secret(
    emulator: Emulator, receiver: Receiver
) -> None:
    async with emulator.http.delete(f"{emulator.origin}/_emu/webhooks/default") as removed:
        assert removed.status == 200
    wanted = ["payment_link.paid", "payment.captured"]
    made = await registered(emulator, url=receiver.url, secret=SECRET, events=wanted)
    await emulator.pay(await emulator.create())
    got = await receiver.wait_for(2)

    assert sorted(json.loads(body)["event"] for _, body in got) == sorted(wanted)
    for headers, body in got:
        assert emulator.sdk.utility.verify_webhook_signature(
            body.decode(), headers["X-Razorpay-Signature"], SECRET
        )
    assert (made["entity"], made["active"], made["secret_exists"]) == ("webhook", True, True)
    assert SECRET not in json.dumps(made)


async def test_two_webhooks_of_one_url_are_told_the_same_event_id(
    emulator: Emulator, receiver: Receiver
) -> None:
    await registered(emulator, url=receiver.url, secret=SECRET, events=["payment_link.cancelled"])
    link = await emulator.create()
    await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
    (one, _), (other, _) = await receiver.wait_for(2)

    assert one["X-Razorpay-Event-Id"] == other["X-Razorpay-Event-Id"]
    assert one["X-Razorpay-Signature"] != other["X-Razorpay-Signature"]


async def test_webhooks_are_listed_newest_first_and_outlive_a_reset(emulator: Emulator) -> None:
    first = await registered(emulator)
    second = await registered(emulator, active=False, events={"order.paid": "1", "x.y": "0"})
    await emulator.emu("reset")
    listed = await emulator.call(emulator.sdk.webhook.all)

    assert [webhook["id"] for webhook in listed["items"]] == [second["id"], first["id"]]
    assert listed["entity"] == "collection"
    # The reset of the control plane switches every webhook on again.
    assert [webhook["active"] for webhook in listed["items"]] == [True, True]
    assert second["active"] is False
    assert second["events"] == ["order.paid"]


async def test_without_a_secret_nothing_is_signed(emulator: Emulator, receiver: Receiver) -> None:
    await registered(emulator, url=receiver.url, events=["payment_link.cancelled"])
    link = await emulator.create()
    await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
    got = await receiver.wait_for(2)

    assert sorted("X-Razorpay-Signature" in headers for headers, _ in got) == [False, True]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_by_key_a_webhook_is_neither_changed_nor_removed(
    emulator: Emulator, method: str
) -> None:
    made = await registered(emulator)
    status, answer = await emulator.raw(method, f"/v1/webhooks/{made['id']}")

    assert status == 404
    assert answer["message"].startswith("no Route matched")
    assert (await emulator.call(emulator.sdk.webhook.all))["count"] == 1


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"url": ""}, "The url field is required."),
        ({"url": "shop.example"}, "The url format is invalid."),
        ({"events": []}, "The events field is required."),
        ({"events": "order.paid"}, "The events must be an array."),
        ({"active": "yes"}, "The active field must be true or false."),
        ({"colour": "red"}, "colour is/are not required and should not be sent"),
    ],
)
async def test_a_webhook_that_is_not_one_is_refused(
    emulator: Emulator, fields: dict[str, Any], text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        await registered(emulator, **fields)


async def test_an_account_has_thirty_webhooks_and_no_more(emulator: Emulator) -> None:
    for _ in range(30):
        await registered(emulator)
    with pytest.raises(BadRequestError, match="maximum number"):
        await registered(emulator)
