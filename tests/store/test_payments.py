from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from store import payments
from store.database import Database, Transaction
from store.payments import Payment, Refund
from tests.doubles.rows import a_user, an_attempt, an_order

CAPTURED = Payment(
    id="pay_1",
    gateway="razorpay",
    attempt_id="att_1",
    order_id="ord_1",
    amount_paise=10_000,
    refunded_paise=0,
    currency="INR",
    status="captured",
    method="upi",
    fee_paise=None,
    tax_paise=None,
    seen_via="poll",
    decision="none",
    created_at=5,
    updated_at=5,
)


async def known(tx: Transaction, payment: Payment = CAPTURED) -> None:
    await an_attempt(tx, await an_order(tx, await a_user(tx)))
    await payments.put(tx, payment)


async def test_what_a_payment_is_never_changes_and_where_it_stands_does(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        seen = replace(CAPTURED, amount_paise=1, seen_via="webhook", fee_paise=236, updated_at=9)
        await payments.put(tx, seen)
        expected = replace(CAPTURED, fee_paise=236, updated_at=9)
        assert await payments.get(tx, "pay_1") == expected
        assert await payments.of_order(tx, "ord_1") == [expected]

    await database.write(scenario)


async def test_an_order_is_fulfilled_by_one_payment(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        await payments.put(tx, replace(CAPTURED, id="pay_2"))
        await payments.decide(tx, "pay_1", "fulfilled")
        fulfilling = await payments.fulfilling(tx, "ord_1")
        assert fulfilling is not None
        assert fulfilling.id == "pay_1"
        with pytest.raises(IntegrityError, match=r"payments\.order_id"):
            await payments.decide(tx, "pay_2", "fulfilled")

    await database.write(scenario)


async def test_no_more_goes_back_than_came(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        with pytest.raises(IntegrityError, match="refund_within_payment"):
            await payments.put(tx, replace(CAPTURED, refunded_paise=10_001))

    await database.write(scenario)


async def test_money_in_suspense_waits_until_all_of_it_went_back(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        await payments.decide(tx, "pay_1", "suspense")
        held = replace(CAPTURED, decision="suspense", refunded_paise=9_999)
        await payments.put(tx, held)
        assert await payments.in_suspense(tx) == [held]
        await payments.put(tx, replace(held, refunded_paise=10_000))
        assert await payments.in_suspense(tx) == []

    await database.write(scenario)


async def test_a_payment_is_sent_back_once_for_one_reason(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await known(tx)
        refund = Refund("rfd_1", "pay_1", 100, "sorry", "requested", 1, 1)
        assert await payments.add_refund(tx, refund)
        assert not await payments.add_refund(tx, replace(refund, id="rfd_2"))
        await payments.set_refund(tx, "rfd_1", "pending", "rfnd_x", 2)
        await payments.set_refund(tx, "rfd_1", "processed", None, 3)
        done = replace(refund, status="processed", gateway_refund_id="rfnd_x", updated_at=3)
        assert await payments.refunds_of(tx, "pay_1") == [done]

    await database.write(scenario)


async def test_a_webhook_is_kept_as_it_came_once_and_for_ever(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        raw = b'{"a": "\\/ \xe2\x82\xb9"}'
        kept = await payments.keep_webhook(tx, "razorpay", "evt", "00", raw, 1)
        assert kept is not None
        assert await payments.keep_webhook(tx, "razorpay", "evt", "11", b"{}", 2) is None
        await payments.set_webhook(tx, kept, "done", "payment_link.paid")
        webhook = await payments.webhook(tx, kept)
        assert (webhook.raw, webhook.state) == (raw, "done")
        with pytest.raises(IntegrityError, match="webhooks are kept"):
            await tx.execute(sa.text("DELETE FROM webhook_inbox"))

    await database.write(scenario)
