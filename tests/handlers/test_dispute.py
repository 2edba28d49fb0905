from functools import partial

import pytest

from store import disputes
from store.database import Transaction
from store.disputes import Dispute
from tests.doubles.hub import OPERATOR, Hub, said
from tests.handlers.test_receipt import paid, pdf_of

pytestmark = pytest.mark.fault("F39")
OPEN = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, 1_800_000_000, 1, 1)


async def put(tx: Transaction) -> None:
    await disputes.put(tx, OPEN)


async def disputed(hub: Hub) -> None:
    await paid(hub)
    await hub.draw("a fox")
    await hub.work.run()
    await hub.services.database.write(partial(put))


async def test_who_disputes_a_payment_hears_why_nothing_is_drawn_or_sold(hub: Hub) -> None:
    await disputed(hub)

    for reply in (await hub.call("image", "a boat"), await hub.call("buy", "pro")):
        assert "pay_1" in said(reply)
        assert "Nothing was charged" in said(reply)
    assert await hub.images_used() == 1


async def test_an_admin_gets_the_evidence_as_a_pdf(hub: Hub) -> None:
    await disputed(hub)
    for named in ("pay_1", "disp_1"):
        reply = await hub.call("admin", f"dispute {named}", OPERATOR)

        assert "disp_1 · chargeback · open" in said(reply)
        assert "₹100" in said(reply)
        assert pdf_of(reply).startswith(b"%PDF")


async def test_a_dispute_that_is_not_there_is_unknown(hub: Hub) -> None:
    assert "pay_9" in said(await hub.call("admin", "dispute pay_9", OPERATOR))
