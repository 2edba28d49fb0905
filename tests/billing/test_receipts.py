import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from billing.business import BusinessSettings
from billing.gst import split
from billing.hours_settings import IST
from billing.receipts import Receipt, Receipts, financial_year
from store import orders, payments, users
from store import receipts as rows
from store.database import Transaction
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop

REGISTERED = BusinessSettings(name="Kaveri", gstin="27AAPFU0939F1ZV", state="Maharashtra")


@given(st.integers(min_value=100, max_value=10**9), st.booleans())
def test_the_parts_of_a_price_make_the_price_again(total: int, within: bool) -> None:
    parts = split(total, is_within_the_state=within)

    assert parts.taxable + parts.cgst + parts.sgst + parts.igst == total
    assert parts.cgst == parts.sgst
    assert (parts.igst == 0) == within
    assert abs(parts.taxable * 18 - (total - parts.taxable) * 100) <= 118


@pytest.mark.parametrize(
    ("total", "taxable", "tax"), [(19_900, 16_864, 3036), (5000, 4237, 763), (100, 85, 15)]
)
def test_the_tax_of_another_state_is_rounded_half_up(total: int, taxable: int, tax: int) -> None:
    parts = split(total, is_within_the_state=False)

    assert (parts.taxable, parts.igst) == (taxable, tax)


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-03-31T23:59", "25-26"), ("2026-04-01T00:00", "26-27"), ("2099-12-31T12:00", "99-00")],
)
def test_the_financial_year_turns_in_april_in_india(day: str, year: str) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=IST)

    assert financial_year(int(moment.timestamp())) == year


async def bought(shop: Shop[FakeGateway], plan: str = "flash") -> str:
    opened = await shop.opened(plan)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.payments.check(opened.attempt.id)
    return opened.order.id


async def receipt_of(shop: Shop[FakeGateway], order_id: str) -> Receipt | None:
    async with shop.database.read() as tx:
        return await rows.of_order(tx, order_id)


async def test_every_paid_order_gets_the_next_number(shop: Shop[FakeGateway]) -> None:
    for number in (1, 2):
        receipt = await receipt_of(shop, await bought(shop))
        assert receipt is not None
        assert receipt.serial == f"R/26-27/{number:06d}"
        assert (receipt.total, receipt.taxable, receipt.cgst, receipt.igst) == (
            10_000,
            10_000,
            0,
            0,
        )


async def test_what_fails_takes_no_number(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened("flash")
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), status="failed")
    await shop.payments.check(opened.attempt.id)
    assert await receipt_of(shop, opened.order.id) is None

    await shop.cancel(opened)
    await shop.work.run()
    receipt = await receipt_of(shop, await bought(shop))

    assert receipt is not None
    assert receipt.number == 1


async def test_a_receipt_is_issued_once_and_says_what_was_true_then(
    shop: Shop[FakeGateway],
) -> None:
    order_id = await bought(shop)
    first = await receipt_of(shop, order_id)
    moved = Receipts(REGISTERED.model_copy(update={"address": "elsewhere"}), shop.clock)

    async def again(tx: Transaction) -> Receipt:
        order, payment = await orders.get(tx, order_id), await payments.fulfilling(tx, order_id)
        assert order is not None
        assert payment is not None
        return await moved.issue(tx, order, payment)

    assert await asyncio.gather(*(shop.database.write(again) for _ in range(3))) == [first] * 3


async def issue(shop: Shop[FakeGateway], state: str | None) -> Receipt:
    """A registered seller's invoice for an order that was paid before there were receipts."""
    order_id = await bought(shop)

    async def decide(tx: Transaction) -> Receipt:
        await tx.execute(sa.text("DROP TRIGGER receipts_never_leave"))
        await tx.execute(sa.text("DELETE FROM receipts"))
        if state:
            await users.set_state(tx, shop.user, state)
        order, payment = await orders.get(tx, order_id), await payments.fulfilling(tx, order_id)
        assert order is not None
        assert payment is not None
        return await Receipts(REGISTERED, shop.clock).issue(tx, order, payment)

    return await shop.database.write(decide)


@pytest.mark.parametrize(
    ("state", "cgst", "igst"), [("Maharashtra", 763, 0), ("Goa", 0, 1525), (None, 763, 0)]
)
async def test_a_registered_seller_shows_the_tax_of_the_buyers_state(
    shop: Shop[FakeGateway], state: str | None, cgst: int, igst: int
) -> None:
    receipt = await issue(shop, state)

    assert receipt.serial == "T/26-27/000001"
    assert (receipt.cgst, receipt.sgst, receipt.igst) == (cgst, cgst, igst)
    assert receipt.state == (state or "Maharashtra")
    assert len(receipt.serial) <= 16


async def test_the_database_refuses_gaps_changes_and_deletion(shop: Shop[FakeGateway]) -> None:
    receipt = await receipt_of(shop, await bought(shop))
    assert receipt is not None
    other = await shop.opened("pro")

    async def skip(tx: Transaction) -> None:
        await rows.add(tx, replace(receipt, number=3, order_id=other.order.id))

    with pytest.raises(IntegrityError, match="without gaps"):
        await shop.database.write(skip)
    for change in ("UPDATE receipts SET total = 1, taxable = 1", "DELETE FROM receipts"):
        with pytest.raises(IntegrityError, match="final"):
            await shop.database.write(lambda tx, change=change: tx.execute(sa.text(change)))  # type: ignore[misc]


async def test_the_database_refuses_parts_that_do_not_make_the_total(
    shop: Shop[FakeGateway],
) -> None:
    receipt = await receipt_of(shop, await bought(shop))
    assert receipt is not None
    wrong = replace(receipt, number=2, taxable=receipt.total - 1)

    with pytest.raises(IntegrityError, match="parts_make_the_total"):
        await shop.database.write(lambda tx: rows.add(tx, wrong))
