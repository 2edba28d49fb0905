from dataclasses import replace

import pytest

from billing.errors import (
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from billing.ledger import CLEARING, SUSPENSE, balances, deferred_account
from store import payments as rows
from store.cards import Card, add
from store.database import Transaction
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def test_a_payment_found_by_polling_gives_the_hours_once(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened(hours=2)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), fee=236)
    for _ in range(4):
        await shop.poll_after(20)
    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 2
    assert await shop.books() == {CLEARING: -20_000 + 236, SUSPENSE: 0}
    async with shop.database.read() as tx:
        fulfilling = await rows.fulfilling(tx, opened.order.id)
        assert fulfilling is not None
        assert fulfilling.id == "pay_1"
        deferred = deferred_account(opened.order.id)
        assert (await balances(tx, deferred))[deferred].posted == 20_000


async def test_the_users_word_makes_us_look_at_once_and_proves_nothing(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()

    async def ask(tx: Transaction) -> None:
        await shop.orders.check_now(tx, opened.order.id, shop.user)

    await shop.database.write(ask)
    await shop.work.run()
    assert await shop.status(opened) == "open"
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    shop.clock.pass_(1)
    await shop.database.write(ask)
    await shop.work.run()
    assert await shop.status(opened) == "paid"


async def test_every_change_of_an_order_draws_its_card_again(shop: Shop[FakeGateway]) -> None:
    opened = await shop.order()
    card = Card("crd_1", shop.user, "order", opened.order.id, {}, revision=1, shown=0)
    await shop.database.write(lambda tx: add(tx, shop.work, card, shop.clock()))
    await shop.work.run()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    drawn = [s.key for s in shop.work.submitted if s.kind == "deliver"]
    assert drawn == [f"deliver:crd_1:{revision}" for revision in (1, 2, 3)]


async def test_a_link_that_expires_expires_its_order(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.set_link(shop.gateway.link_of(opened.attempt.id), "expired")
    await shop.poll_after(20 * 60)
    assert await shop.status(opened) == "expired"


@pytest.mark.fault("F16")
async def test_a_payment_confirmed_two_days_after_the_link_expired_is_found_and_honoured(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    late = shop.gateway.pay(link, status="failed")
    shop.gateway.set_link(link, "expired")
    await shop.poll_after(20 * 60)
    assert await shop.status(opened) == "expired"
    shop.gateway.payments[late.id] = type(late)(
        late.id,
        late.order_id,
        late.amount_paise,
        "INR",
        "captured",
        0,
        "upi",
        5,
        1,
        late.created_at,
    )
    await shop.poll_after(49 * 3600)
    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 1


async def test_looking_stops_when_nothing_more_can_come(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.set_link(shop.gateway.link_of(opened.attempt.id), "expired")
    for _ in range(40):
        await shop.poll_after(3600 * 2)
    asked = len(shop.gateway.calls)
    await shop.poll_after(30 * 24 * 3600)
    assert len(shop.gateway.calls) == asked


async def test_money_that_fits_nothing_is_held_and_the_order_says_so(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), amount=100)
    await shop.poll_after(10)
    assert await shop.status(opened) == "review"
    assert await shop.hours_of(opened) == 0
    assert await shop.books() == {CLEARING: -100, SUSPENSE: 100}
    async with shop.database.read() as tx:
        assert [payment.id for payment in await rows.in_suspense(tx)] == ["pay_1"]


async def test_a_full_refund_takes_back_the_hours_that_have_not_begun(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened(hours=2)
    link = shop.gateway.link_of(opened.attempt.id)
    paid = shop.gateway.pay(link)
    await shop.poll_after(10)
    await shop.database.write(lambda tx: shop.hours.start(tx, shop.user))
    shop.gateway.payments[paid.id] = replace(paid, status="refunded", refunded_paise=20_000)
    await shop.poll_after(3600)
    assert await shop.status(opened) == "refunded"
    wallet = await shop.database.write(lambda tx: shop.hours.wallet(tx, shop.user))
    assert wallet.unstarted == ()
    assert (await shop.books())[CLEARING] == 0


async def test_a_browser_that_comes_back_makes_us_look(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.pay(link)
    params = {"link": link.id, "reference": opened.attempt.id, "payment": "pay_1"}
    assert await shop.payments.returned({**params, "signature": "forged"}) is None
    assert shop.work.waiting == []
    good = {**params, "signature": "good"}
    assert await shop.payments.returned(good) == opened.order.id
    await shop.work.run()
    assert await shop.status(opened) == "paid"
    assert await shop.payments.returned({**good, "reference": "unknown"}) is None


async def test_a_link_the_gateway_forgot_changes_nothing(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.fail_before.append(RejectedError(404, "BAD_REQUEST_ERROR", ""))
    await shop.poll_after(10)
    assert await shop.status(opened) == "open"


@pytest.mark.fault("F11")
async def test_an_answer_about_another_link_is_not_believed(shop: Shop[FakeGateway]) -> None:
    mine, other = await shop.opened("flash"), await shop.opened("pro")
    theirs = shop.gateway.link_of(other.attempt.id)
    shop.gateway.pay(theirs)
    mixed_up = shop.gateway.links[theirs.id]
    shop.gateway.links[shop.gateway.link_of(mine.attempt.id).id] = mixed_up
    await shop.payments.check(mine.attempt.id)
    assert await shop.status(mine) == "open"
    async with shop.database.read() as tx:
        assert await rows.of_order(tx, mine.order.id) == []


async def test_a_link_that_was_open_when_last_seen_is_never_given_up(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    await shop.poll_after(100 * 3600)
    shop.gateway.fail_before.append(UnavailableError("down"))
    await shop.poll_after(3600)
    shop.gateway.set_link(shop.gateway.link_of(opened.attempt.id), "expired")
    await shop.poll_after(3600)
    assert await shop.status(opened) == "expired"


async def test_a_look_that_fails_is_soon_repeated(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    shop.gateway.fail_before += [UnavailableError("down"), RateLimitedError(40, permanent=False)]
    await shop.poll_after(20 * 60)
    await shop.poll_after(15)
    await shop.poll_after(39)
    assert await shop.status(opened) == "open"
    await shop.poll_after(2)
    assert await shop.status(opened) == "paid"
