import pytest

from billing.errors import NotRefundableError, RejectedError, UnknownOutcomeError
from billing.ledger import CLEARING, SUSPENSE
from store import payments as rows
from store.payments import Dispute, Refund
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def paid(shop: Shop[FakeGateway], amount: int | None = None) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), amount=amount)
    await shop.poll_after(10)


async def request(
    shop: Shop[FakeGateway], reason: str = "sorry", paise: int | None = None
) -> Refund:
    return await shop.database.write(
        lambda tx: shop.payments.refunds.request(tx, "pay_1", reason, "telegram:1", paise)
    )


async def status(shop: Shop[FakeGateway], refund: Refund) -> str:
    async with shop.database.read() as tx:
        return (await rows.get_refund(tx, refund.id)).status


async def test_held_money_goes_back_and_the_books_follow(shop: Shop[FakeGateway]) -> None:
    await paid(shop, amount=100)
    assert await shop.books() == {CLEARING: -100, SUSPENSE: 100}
    refund = await request(shop)
    await shop.work.run()
    assert await status(shop, refund) == "processed"
    assert await shop.books() == {CLEARING: 0, SUSPENSE: 0}
    async with shop.database.read() as tx:
        assert await rows.in_suspense(tx) == []


async def test_asking_twice_for_one_reason_sends_money_once(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    first = await request(shop)
    assert await request(shop) == first
    await shop.work.run()
    assert len(shop.gateway.refunds) == 1


async def test_no_more_goes_back_than_was_paid(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    await request(shop, "part", 6_000)
    with pytest.raises(NotRefundableError):
        await request(shop, "too much", 4_001)
    await shop.work.run()
    with pytest.raises(NotRefundableError):
        await request(shop, "too much", 4_001)
    await request(shop, "rest")
    await shop.work.run()
    assert (await shop.books())[CLEARING] == 0


async def test_money_a_bank_is_taking_back_is_not_sent_back_too(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    dispute = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, None, 1, 1)
    await shop.database.write(lambda tx: rows.put_dispute(tx, dispute))
    with pytest.raises(NotRefundableError):
        await request(shop)


async def test_a_payment_nobody_knows_cannot_go_back(shop: Shop[FakeGateway]) -> None:
    with pytest.raises(NotRefundableError):
        await request(shop)


async def test_an_answer_that_was_lost_does_not_send_twice(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    shop.gateway.fail_after.append(UnknownOutcomeError("reset"))
    refund = await request(shop)
    await shop.work.run()
    assert await status(shop, refund) == "processed"
    assert len(shop.gateway.refunds) == 1


async def test_a_refund_underway_is_looked_at_again(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    shop.gateway.refunding = "pending"
    refund = await request(shop)
    submitted = shop.work.waiting.pop(0)
    await shop.work.kinds[submitted.kind].do(submitted.subject)
    assert await status(shop, refund) == "pending"
    (again,) = [s for s in shop.work.waiting if s.kind == "send_refund"]
    assert again.delay_s == 3600


async def test_a_refund_the_gateway_rejects_is_failed_and_may_be_asked_anew(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    shop.gateway.fail_before.append(RejectedError(400, "BAD_REQUEST_ERROR", "older than 6 months"))
    refund = await request(shop)
    await shop.work.run()
    assert await status(shop, refund) == "failed"
    await request(shop, "again")
    await shop.work.run()
    assert len(shop.gateway.refunds) == 1
