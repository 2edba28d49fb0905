from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from billing.errors import NotRefundableError, RejectedError, UnknownOutcomeError
from billing.hours import Hours
from billing.ledger import CLEARING, SUSPENSE
from billing.orders import OpenedOrder, Orders
from billing.payments import Payments
from billing.reducer import Policy
from store import disputes
from store import payments as rows
from store.database import Database, Transaction
from store.disputes import Dispute
from store.payments import Refund
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop
from tests.doubles.work import RecordingWork


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


@pytest.mark.fault("F33")
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


@pytest.mark.fault("F40")
@pytest.mark.parametrize("stands", ["open", "under_review", "lost"])
async def test_money_a_bank_is_taking_back_is_not_sent_back_too(
    shop: Shop[FakeGateway], stands: str
) -> None:
    await paid(shop)
    dispute = Dispute("disp_1", "pay_1", "chargeback", stands, 10_000, 0, None, 1, 1)
    await shop.database.write(lambda tx: disputes.put(tx, dispute))
    with pytest.raises(NotRefundableError):
        await request(shop)


async def test_a_payment_nobody_knows_cannot_go_back(shop: Shop[FakeGateway]) -> None:
    with pytest.raises(NotRefundableError):
        await request(shop)


@pytest.mark.fault("F34")
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


@pytest.mark.fault("F36")
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


@pytest.mark.parametrize("change", ["INSERT", "UPDATE"])
@pytest.mark.fault("F33")
async def test_the_database_itself_lets_no_more_go_back_than_came(
    shop: Shop[FakeGateway], change: str
) -> None:
    await paid(shop)
    first = await request(shop, "part", 6_000)
    second = replace(first, id="rfd_2", reason="more", amount_paise=4_000)

    async def overdraw(tx: Transaction) -> None:
        more = 4_001 if change == "INSERT" else 4_000
        await rows.add_refund(tx, replace(second, amount_paise=more))
        await tx.execute(sa.text("UPDATE refunds SET amount_paise = 4001 WHERE id = 'rfd_2'"))

    with pytest.raises(IntegrityError, match="no more goes back than came"):
        await shop.database.write(overdraw)
    await shop.database.write(lambda tx: rows.add_refund(tx, second))


async def test_a_refund_ends_once(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    refund = await request(shop)
    await shop.work.run()

    for statement in ("UPDATE refunds SET status = 'failed'", "DELETE FROM refunds"):
        with pytest.raises(IntegrityError):
            await shop.database.write(partial(execute, statement))
    assert await status(shop, refund) == "processed"


async def execute(statement: str, tx: Transaction) -> None:
    await tx.execute(sa.text(statement))


async def under_way(
    shop: Shop[FakeGateway], paise: int | None = None, reason: str = "sorry"
) -> Refund:
    """A refund that the gateway has begun, and no bank has taken."""
    shop.gateway.refunding = "pending"
    refund = await request(shop, reason, paise)
    await send(shop)
    assert await status(shop, refund) == "pending"
    return refund


async def send(shop: Shop[FakeGateway]) -> None:
    """Do all work once that is due now."""
    waiting, shop.work.waiting = shop.work.waiting, []
    for submitted in waiting:
        if kind := shop.work.kinds.get(submitted.kind):
            await kind.do(submitted.subject)
    for submitted in [s for s in shop.work.waiting if s.kind == "check_payment"]:
        shop.work.waiting.remove(submitted)
        await shop.work.kinds["check_payment"].do(submitted.subject)


async def test_a_refund_is_followed_to_its_end_without_being_asked_for_again(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    refund = await under_way(shop)
    shop.gateway.settle_refund(refund.id, "processed")
    await send(shop)

    assert await status(shop, refund) == "processed"
    assert shop.gateway.calls.count("refund") == 1
    assert (await shop.books())[CLEARING] == 0


@pytest.mark.parametrize("paise", [None, 4_000])
async def test_money_of_a_refund_that_fails_is_with_us_again(
    shop: Shop[FakeGateway], paise: int | None
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    for reason in ("first", "again"):
        refund = await under_way(shop, paise, reason)
        assert (await shop.books())[CLEARING] == -10_000 + (paise or 10_000)
        shop.gateway.settle_refund(refund.id, "failed")
        await send(shop)

        assert await status(shop, refund) == "failed"
        assert (await shop.books())[CLEARING] == -10_000
        assert await shop.status(opened) == "paid"
        wallet = await shop.database.write(lambda tx: shop.hours.wallet(tx, shop.user))
        assert len(wallet.unstarted) == 1
        shop.clock.pass_(60)


async def test_what_the_gateway_tells_of_a_refund_is_looked_at_at_once(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    refund = await under_way(shop)
    shop.gateway.settle_refund(refund.id, "failed")
    shop.work.waiting.clear()
    entity = {"entity": {"id": "rfnd_0", "payment_id": "pay_1"}}
    event: dict[str, object] = {"event": "refund.failed", "payload": {"refund": entity}}
    await shop.webhook(event, "evt_1")
    await send(shop)
    await send(shop)

    assert await status(shop, refund) == "failed"
    assert (await shop.books())[CLEARING] == -10_000


async def test_a_figure_that_falls_without_a_failed_refund_is_an_old_answer(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    before = shop.gateway.payments["pay_1"]
    await request(shop)
    await shop.work.run()
    shop.gateway.payments["pay_1"] = before
    await shop.poll_after(3600)

    assert (await shop.books())[CLEARING] == 0


@pytest.fixture
def policy() -> Policy:
    return Policy(refund_at_once=frozenset({"paid_twice"}))


async def pay_twice(shop: Shop[FakeGateway], **second: Any) -> OpenedOrder:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.pay(link)
    shop.clock.pass_(1)
    shop.gateway.pay(link, **second)
    await shop.poll_after(10)
    return opened


@pytest.mark.fault("F12")
async def test_a_second_payment_goes_back_by_itself_and_once(
    database: Database,
    orders: Orders,
    hours: Hours,
    gateway: FakeGateway,
    work: RecordingWork,
    clock: FakeClock,
    user: int,
    policy: Policy,
) -> None:
    payments = Payments(database, gateway, hours, work, clock, callback_url=None, policy=policy)
    work.declare(*payments.kinds())
    shop = Shop(database, orders, hours, payments, gateway, work, clock, user)
    opened = await pay_twice(shop)
    await shop.poll_after(3600)

    assert [sent for sent, _ in gateway.refunded.values()] == ["pay_2"]
    assert await shop.books() == {CLEARING: -10_000, SUSPENSE: 0}
    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 1


async def test_without_such_a_policy_it_is_held(shop: Shop[FakeGateway]) -> None:
    await pay_twice(shop)

    assert shop.gateway.refunded == {}
    assert (await shop.books())[SUSPENSE] == 10_000
