import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from sandbox.razorpay.keys import WEBHOOK_SECRET
from tests.sandbox.razorpay.conftest import Emulator, Receiver

FOUR = ["order.paid", "payment.authorized", "payment.captured", "payment_link.paid"]


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def named(receiver: Receiver, name: str) -> Any:
    bodies = [json.loads(body) for _, body in receiver.got]
    return next(body for body in bodies if body["event"] == name)


async def test_one_success_tells_four_events_that_the_sdk_verifies(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.pay(await emulator.create(notes={"url": "a/b", "word": "₹ नमस्ते"}))
    got = await receiver.wait_for(4)
    assert sorted(json.loads(body)["event"] for _, body in got) == FOUR
    assert len({headers["X-Razorpay-Event-Id"] for headers, _ in got}) == 4
    for headers, body in got:
        assert emulator.sdk.utility.verify_webhook_signature(
            body.decode(), headers["X-Razorpay-Signature"], WEBHOOK_SECRET
        )
        assert headers["Request-Id"] == headers["X-Razorpay-Event-Id"]
        assert headers["User-Agent"] == "Razorpay-Webhook/v1"


async def test_the_two_spellings_break_whoever_writes_a_body_again(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.pay(await emulator.create(notes={"note": "a/b ₹ <x>"}))
    for headers, body in await receiver.wait_for(4):
        again = json.dumps(json.loads(body), separators=(",", ":"))
        assert signed(again.encode()) != headers["X-Razorpay-Signature"]
        link_service = json.loads(body)["event"].startswith("payment_link.")
        expected = "a/b ₹ \\u003cx\\u003e" if link_service else "a\\/b \\u20b9 <x>"
        assert expected in body.decode()


async def test_a_paid_link_event_carries_the_links_birthday_and_three_entities(
    emulator: Emulator, receiver: Receiver
) -> None:
    link = await emulator.create()
    emulator.clock.advance(300)
    paid = await emulator.pay(link)
    await receiver.wait_for(4)
    event = named(receiver, "payment_link.paid")
    assert event["created_at"] == link["created_at"]
    assert event["contains"] == ["payment_link", "order", "payment"]
    entities = {name: value["entity"] for name, value in event["payload"].items()}
    assert entities["payment_link"]["status"] == "paid"
    assert "payments" not in entities["payment_link"]
    assert entities["payment"]["id"] == paid["payments"][0]
    assert entities["payment"]["order_id"] == entities["order"]["id"]


async def test_cancelling_and_expiring_are_told(emulator: Emulator, receiver: Receiver) -> None:
    link = await emulator.create()
    await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
    await emulator.create(reference_id="pa_2", expire_by=int(emulator.clock()) + 1000)
    emulator.clock.advance(1012)
    await receiver.wait_for(2)
    cancelled = named(receiver, "payment_link.cancelled")["payload"]["payment_link"]["entity"]
    expired = named(receiver, "payment_link.expired")["payload"]["payment_link"]["entity"]
    assert "order_id" not in cancelled
    assert cancelled["cancelled_at"] > 0
    assert expired["expired_at"] > expired["expire_by"]


async def test_a_failing_receiver_gets_the_same_event_again(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.statuses = [500, 400, 302]
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    got = await receiver.wait_for(4)
    assert len({(headers["X-Razorpay-Event-Id"], body) for headers, body in got}) == 1


async def test_a_day_of_failures_switches_the_target_off(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.statuses = [503] * 16
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    await receiver.wait_for(16)
    state = await emulator.wait_until(lambda state: state["alerts"])
    assert state["targets"][0]["enabled"] is False
    await emulator.create(reference_id="pa_2")
    assert len(receiver.got) == 16


@pytest.mark.usefixtures("receiver")
async def test_a_slow_receiver_is_a_failed_one(emulator: Emulator) -> None:
    await emulator.emu("settings", webhook_timeout=0.0)
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    state = await emulator.wait_until(lambda state: state["alerts"])
    assert state["undelivered"] == 0
    attempts = (await emulator.look("deliveries"))["deliveries"]
    assert {attempt["error"] for attempt in attempts} == {"TimeoutError"}
    assert len(attempts) == 16


async def test_duplicates_have_one_event_id(emulator: Emulator, receiver: Receiver) -> None:
    for kind in ("duplicate", "concurrent"):
        await emulator.emu("webhooks/faults", kind=kind, times=3, event="payment_link.cancelled")
        link = await emulator.create(reference_id=kind)
        await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
        await receiver.wait_for(3)
        assert len({headers["X-Razorpay-Event-Id"] for headers, _ in receiver.got}) == 1
        receiver.got.clear()


async def test_a_dropped_event_never_comes_but_can_be_replayed(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu("webhooks/faults", kind="drop", count=None)
    await emulator.pay(await emulator.create())
    events = (await emulator.look("events"))["events"]
    assert sorted(event["event"] for event in events) == FOUR
    assert receiver.got == []
    emulator.clock.advance(15 * 86_400)
    await emulator.emu(f"events/{events[2]['id']}/deliver", secret="whsec_retired")
    [(headers, body)] = receiver.got
    assert headers["X-Razorpay-Event-Id"] == events[2]["id"]
    assert headers["X-Razorpay-Signature"] == signed(body, "whsec_retired")


@pytest.mark.parametrize("forgery", ["wrong", "none", "truncated", "uppercase"])
async def test_a_forged_signature_is_not_the_right_one(
    emulator: Emulator, receiver: Receiver, forgery: str
) -> None:
    await emulator.emu("webhooks/faults", kind="forge", secret=forgery)
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    [(headers, body)] = await receiver.wait_for(1)
    assert headers.get("X-Razorpay-Signature") != signed(body)


async def test_a_body_corrupted_on_the_way_does_not_fit_its_signature(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu("webhooks/faults", kind="corrupt_body_after_signing")
    await emulator.emu("webhooks/faults", kind="no_event_id_header")
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    [(headers, body)] = await receiver.wait_for(1)
    assert headers["X-Razorpay-Signature"] != signed(body)
    assert "X-Razorpay-Event-Id" not in headers


async def test_a_rotated_secret_signs_only_what_happens_afterwards(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu("webhooks/faults", kind="delay", seconds=20_000)
    link = await emulator.create()
    await emulator.call(emulator.sdk.payment_link.cancel, link["id"])
    await emulator.emu("webhooks", url=receiver.url, secret="whsec_new")
    await emulator.pay(await emulator.create(reference_id="pa_2"), outcome="fail")
    for headers, body in await receiver.wait_for(2):
        old = json.loads(body)["event"] == "payment_link.cancelled"
        secret = WEBHOOK_SECRET if old else "whsec_new"
        assert headers["X-Razorpay-Signature"] == signed(body, secret)


async def test_a_target_hears_only_what_it_subscribed_to(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu(
        "webhooks", url=receiver.url, secret=WEBHOOK_SECRET, events=["payment_link.paid"]
    )
    await emulator.pay(await emulator.create())
    await receiver.wait_for(1)
    await emulator.wait_until(lambda state: state["undelivered"] == 0)
    assert [json.loads(body)["event"] for _, body in receiver.got] == ["payment_link.paid"]


async def test_new_fields_may_appear_at_every_level(emulator: Emulator, receiver: Receiver) -> None:
    await emulator.emu("settings", unknown_fields=True)
    await emulator.call(emulator.sdk.payment_link.cancel, (await emulator.create())["id"])
    [(_, body)] = await receiver.wait_for(1)
    event = json.loads(body)
    assert "new_field" in event
    assert "new_field" in event["payload"]["payment_link"]["entity"]


async def test_a_body_of_the_tests_own_is_signed_and_sent(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu("webhooks/send", event="payment.captured", body='{"a":1}')
    [(headers, body)] = receiver.got
    assert body == b'{"a":1}'
    assert headers["X-Razorpay-Signature"] == signed(body)


async def test_refunds_and_disputes_are_told(emulator: Emulator, receiver: Receiver) -> None:
    paid = await emulator.pay(await emulator.create())
    [payment] = paid["payments"]
    await emulator.emu(f"payments/{payment}/refund_external", amount=100)
    await emulator.emu(f"payments/{payment}/dispute")
    await receiver.wait_for(7)
    created = named(receiver, "refund.created")
    assert created["contains"] == ["refund", "payment"]
    assert named(receiver, "refund.processed")["payload"]["refund"]["entity"]["amount"] == 100
    dispute = named(receiver, "payment.dispute.created")["payload"]["dispute"]["entity"]
    assert dispute["payment_id"] == payment


async def test_the_payer_can_be_back_before_the_events(
    emulator: Emulator, receiver: Receiver
) -> None:
    await emulator.emu("settings", time_scale=1000.0)
    await emulator.pay(await emulator.create(), callback_before_webhook="1")
    await asyncio.sleep(0)
    assert (await emulator.look("state"))["undelivered"] == 4
    emulator.clock.advance(6000)
    await receiver.wait_for(4)


async def test_a_reset_forgets_all_but_the_targets(emulator: Emulator, receiver: Receiver) -> None:
    await emulator.create()
    await emulator.emu("reset")
    state = await emulator.look("state")
    assert state["links"] == []
    assert [target["url"] for target in state["targets"]] == [receiver.url]
    await emulator.create()
