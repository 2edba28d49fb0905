from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from billing.business import BusinessSettings
from chat.model import Reply
from tests.doubles.hub import BUSINESS, RAVI, Hub, labels, open_hub, presses, said

REGISTERED = BUSINESS.model_copy(update={"gstin": "27AAPFU0939F1ZV", "state": "Maharashtra"})


@pytest.fixture
async def registered(tmp_path: Path) -> AsyncIterator[Hub]:
    folder = tmp_path / "registered"
    folder.mkdir()
    async with open_hub(folder, BusinessSettings.model_validate(REGISTERED.model_dump())) as hub:
        yield hub


async def paid(hub: Hub, arguments: str = "flash") -> str:
    """Somebody buys an hour; returns the order's id."""
    assert await hub.call("buy", arguments) is None
    await hub.work.run()
    check = presses(hub.card().reply)[1]
    assert check is not None
    order_id = check.removeprefix("v1:check:")
    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    await hub.press(check)
    await hub.work.run()
    return order_id


def pdf_of(reply: Reply | None) -> bytes:
    assert reply is not None
    assert reply.media is not None
    assert reply.media.kind == "document"
    return reply.media.data


async def test_a_payer_gets_a_receipt_in_the_chat_and_on_paper(hub: Hub) -> None:
    order_id = await paid(hub)
    assert f"v1:receipt:{order_id}" in presses(hub.card().reply)
    reply = await hub.press(f"v1:receipt:{order_id}")

    assert reply is not None
    assert reply.private
    for fact in ("R/26-27/000001", "15-01-2027 13:30 IST", order_id, "pay_1", "UPI", "Asha"):
        assert fact in said(reply)
    assert "Total: ₹100" in said(reply)
    assert BUSINESS.address in said(reply)
    for tax in ("GST", "SAC", "Taxable", "Place of supply"):
        assert tax not in said(reply)
    assert pdf_of(reply).startswith(b"%PDF-")
    assert reply.media is not None
    assert reply.media.name == "R-26-27-000001.pdf"


async def test_the_command_shows_the_last_payment_or_an_orders(hub: Hub) -> None:
    first = await paid(hub)
    hub.clock.pass_(60)
    second = await paid(hub, "pro 12")

    assert second in said(await hub.call("receipt"))
    assert "₹2,400" in said(await hub.call("receipt"))
    assert first in said(await hub.call("receipt", first))


async def test_a_receipt_tells_what_was_refunded_since(hub: Hub) -> None:
    order_id = await paid(hub)
    (payment_id,) = hub.gateway.payments
    payments = hub.services.payments
    assert payments is not None
    await hub.services.database.write(
        lambda tx: payments.refunds.request(tx, payment_id, "goodwill", "test", 2550)
    )
    await hub.work.run()

    assert "Refunded: ₹25.50" in said(await hub.call("receipt", order_id))


async def test_nobody_sees_anothers_receipt_or_one_of_nothing(hub: Hub) -> None:
    order_id = await paid(hub)

    for reply in (
        await hub.call("receipt", order_id, user=RAVI),
        await hub.call("receipt", user=RAVI),
        await hub.press(f"v1:receipt:{order_id}", user=RAVI),
        await hub.call("receipt", "ord_0"),
    ):
        assert "no payment of yours" in said(reply)
        assert reply is not None
        assert reply.media is None


async def test_a_gift_has_no_receipt(hub: Hub) -> None:
    await hub.grant()

    assert "no payment of yours" in said(await hub.call("receipt"))


async def test_a_receipt_in_hindi_is_hindi_on_paper_too(hub: Hub) -> None:
    await paid(hub)
    english = pdf_of(await hub.call("receipt"))
    hub.language = "hi"
    reply = await hub.call("receipt")

    assert "विक्रेता: Kaveri Pictures" in said(reply)
    assert pdf_of(reply) != english


async def test_a_registered_seller_asks_for_the_state_once(registered: Hub) -> None:
    asked = await registered.call("buy", "flash 2")
    assert "Which State" in said(asked)
    assert registered.gateway.requests == []
    more = presses(asked)[-1]
    assert more == "v1:homes:1:flash:2"
    others = await registered.press(more)
    assert others is not None
    assert others.edit
    assert set(labels(asked)) & set(labels(others)) == {"Others…"}
    assert len(labels(asked)) + len(labels(others)) == 38
    assert await registered.press("v1:home:30:flash:2") is None
    await registered.work.run()

    assert "Flash · 2 hours · ₹200" in said(registered.card().reply)
    assert await registered.call("buy", "pro") is None


async def test_an_invoice_shows_the_tax_by_the_buyers_state(registered: Hub) -> None:
    kept = await registered.press("v1:home:30:")
    assert "Goa" in said(kept)
    await paid(registered)
    reply = await registered.call("receipt")

    assert said(reply).startswith("Tax invoice")
    for fact in ("T/26-27/000001", "Goa (30)", "27AAPFU0939F1ZV", "SAC: 998439"):
        assert fact in said(reply)
    assert "Taxable value: ₹84.75" in said(reply)
    assert "IGST 18%: ₹15.25" in said(reply)
    assert "CGST" not in said(reply)
    assert pdf_of(reply).startswith(b"%PDF-")


async def test_within_the_state_the_tax_has_two_halves(registered: Hub) -> None:
    await registered.press("v1:home:27:")
    await paid(registered)
    reply = said(await registered.call("receipt"))

    assert "CGST 9%: ₹7.63" in reply
    assert "SGST 9%: ₹7.63" in reply
    assert "IGST" not in reply


async def test_the_state_can_be_changed_where_it_is_asked_at_all(hub: Hub, registered: Hub) -> None:
    assert "Which State" in said(await registered.call("state"))
    assert "do not know /state" in said(await hub.call("state"))


@pytest.mark.parametrize("data", ["v1:home:99:flash:1", "v1:homes:9:", "v1:homes:x:"])
async def test_a_button_of_no_state_does_nothing(registered: Hub, data: str) -> None:
    assert "too old" in said(await registered.press(data))
    assert registered.work.waiting == []
