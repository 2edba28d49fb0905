from itertools import permutations

import pytest

from billing.ledger import CLEARING, SUSPENSE
from billing.orders import OpenedOrder
from store import disputes
from store import payments as rows
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop

STRANGE_DISPUTE = b"""{"event": "payment.dispute.created", "payload": {"dispute": {"entity":
    {"id": "d", "payment_id": "p", "phase": "chargeback", "status": "open", "amount": 1}}}}"""
EVENTS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")


def event_of(
    shop: Shop[FakeGateway], opened: OpenedOrder, name: str, payment_id: str = "pay_1"
) -> dict[str, object]:
    link = shop.gateway.link_of(opened.attempt.id)
    payment = {
        "id": payment_id,
        "order_id": link.order_id,
        "notes": {"attempt_id": opened.attempt.id},
    }
    payload: dict[str, object] = {"payment": {"entity": payment}}
    if name == "order.paid":
        payload["order"] = {"entity": {"id": link.order_id, "receipt": opened.attempt.id}}
    if name == "payment_link.paid":
        entity = {"id": link.id, "reference_id": opened.attempt.id, "notes": None}
        payload["payment_link"] = {"entity": entity}
    return {"event": name, "created_at": 1, "payload": payload}


@pytest.mark.fault("F01", "F05")
async def test_four_events_of_one_payment_each_delivered_twice_give_one_hour(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    for _ in range(2):
        for number, name in enumerate(EVENTS):
            await shop.webhook(event_of(shop, opened, name), f"evt{number}")
    # The id of an event is not signed: anybody can send an old one under a new id.
    await shop.webhook(event_of(shop, opened, "payment_link.paid"), "forged")
    await shop.work.run()
    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 1
    assert await shop.books() == {CLEARING: -10_000, SUSPENSE: 0}


@pytest.mark.fault("F03")
async def test_the_order_in_which_events_arrive_does_not_matter(shop: Shop[FakeGateway]) -> None:
    for number, order in enumerate(permutations(EVENTS)):
        opened = await shop.opened()
        payment = f"pay_{number}"
        link = shop.gateway.link_of(opened.attempt.id)
        shop.gateway.pay(link, status="authorized", payment_id=payment)
        for place, name in enumerate(order):
            if name != "payment.authorized":
                shop.gateway.pay(link, payment_id=payment)
            event = event_of(shop, opened, name, payment)
            await shop.webhook(event, f"evt{number}-{place}")
            await shop.work.run()
        assert (await shop.status(opened), await shop.hours_of(opened)) == ("paid", 1), order
    assert await shop.books() == {CLEARING: -24 * 10_000, SUSPENSE: 0}


async def test_a_webhook_is_kept_once_and_only_with_a_good_signature(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    event = event_of(shop, opened, "payment_link.paid")
    assert await shop.webhook(event, "evt") == "stored"
    assert await shop.webhook(event, "evt") == "duplicate"
    assert await shop.payments.receive(b"{}", {"X-Razorpay-Signature": "bad"}) == "refused"
    assert await shop.payments.receive(b"{}", {}) == "refused"


async def test_without_an_id_the_bytes_of_a_webhook_name_it(shop: Shop[FakeGateway]) -> None:
    headers = {"X-Razorpay-Signature": "good"}
    assert await shop.payments.receive(b'{"event": "x"}', headers) == "stored"
    assert await shop.payments.receive(b'{"event": "x"}', headers) == "duplicate"
    assert await shop.payments.receive(b'{"event": "y"}', headers) == "stored"


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (b"not json", "poison"),
        (b"[]", "poison"),
        (b'{"event": "settlement.processed", "payload": {}}', "ignored"),
        (b'{"event": "order.paid", "payload": {"order": {"entity": {"id": "o"}}}}', "orphan"),
        (STRANGE_DISPUTE, "orphan"),
    ],
)
@pytest.mark.fault("F10")
async def test_a_webhook_about_nothing_of_ours_is_kept_and_says_why(
    shop: Shop[FakeGateway], raw: bytes, state: str
) -> None:
    await shop.payments.receive(raw, {"X-Razorpay-Signature": "good"})
    await shop.work.run()
    async with shop.database.read() as tx:
        assert (await rows.webhook(tx, 1)).state == state


@pytest.mark.fault("F11")
async def test_notes_that_name_another_order_do_not_matter_when_ids_do(
    shop: Shop[FakeGateway],
) -> None:
    paid = await shop.opened("flash")
    other = await shop.opened("pro")
    shop.gateway.pay(shop.gateway.link_of(paid.attempt.id))
    event = event_of(shop, paid, "payment_link.paid")
    event["payload"]["payment"]["entity"]["notes"] = {"attempt_id": other.attempt.id}  # type: ignore[index]  # nested JSON
    await shop.webhook(event, "evt")
    await shop.work.run()
    assert await shop.status(paid) == "paid"
    assert await shop.status(other) == "open"


@pytest.mark.fault("F29")
async def test_when_the_gateway_lags_behind_its_own_event_we_look_again(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.pay(link)
    event = event_of(shop, opened, "payment_link.paid")
    truth = dict(shop.gateway.links), dict(shop.gateway.payments)
    shop.gateway.links, shop.gateway.payments = {link.id: link}, {}
    await shop.webhook(event, "evt")
    await shop.work.run()
    assert await shop.status(opened) == "open"
    shop.gateway.links, shop.gateway.payments = truth
    await shop.poll_after(3)
    assert await shop.status(opened) == "paid"


@pytest.mark.fault("F39")
async def test_a_dispute_is_written_down(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    entity = {"id": "disp_1", "payment_id": "pay_1", "phase": "chargeback", "status": "open",
              "amount": 10_000, "respond_by": 5}  # fmt: skip
    event: dict[str, object] = {
        "event": "payment.dispute.created",
        "payload": {"dispute": {"entity": entity}},
    }
    await shop.webhook(event, "evt")
    await shop.work.run()
    async with shop.database.read() as tx:
        assert (await rows.webhook(tx, 1)).state == "done"
        (dispute,) = await disputes.of_payment(tx, "pay_1")
    assert (dispute.status, dispute.amount_paise, dispute.respond_by) == ("open", 10_000, 5)
