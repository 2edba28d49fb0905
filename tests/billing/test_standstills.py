from functools import partial

import pytest

from billing import standstills
from billing.errors import NoHourError
from billing.hours import Hours, HoursSettings, Wallet
from billing.ledger import hour_account, move
from billing.orders import OpenedOrder
from billing.plans import Plans
from billing.refunds import Refunds
from billing.standstills import AHEAD_S
from billing.topups import TopUps
from store import payments as payment_rows
from store import standstills as rows
from store.database import Transaction
from store.payments import Refund
from store.standstills import Standstill
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


@pytest.fixture
def hours(plans: Plans, clock: FakeClock) -> Hours:
    return Hours(HoursSettings(topup_image_paise=1500), plans, clock)


async def paid(shop: Shop[FakeGateway], opened: OpenedOrder) -> OpenedOrder:
    await shop.work.run()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    return opened


async def start(shop: Shop[FakeGateway]) -> None:
    await shop.database.write(lambda tx: shop.hours.start(tx, shop.user))


async def use(shop: Shop[FakeGateway], order: OpenedOrder, pictures: int, ordinal: int = 1) -> None:
    account = hour_account(f"{order.order.id}-{ordinal}", "image")
    await shop.database.write(
        lambda tx: move(tx, account, "spent:image", pictures, key="used", now=shop.clock())
    )


async def stop(shop: Shop[FakeGateway], ago_s: int = 0) -> Standstill:
    began = shop.clock() - ago_s
    found = await shop.database.write(lambda tx: standstills.begin(tx, shop.hours, began))
    assert found is not None
    return found


async def count(shop: Shop[FakeGateway]) -> None:
    await shop.database.write(lambda tx: standstills.count(tx, shop.hours))


async def end(shop: Shop[FakeGateway]) -> bool:
    return await shop.database.write(lambda tx: standstills.end(tx, shop.hours))


async def send_back(shop: Shop[FakeGateway], standstill: Standstill) -> list[Refund]:
    def refunds_of(_gateway: str) -> Refunds:
        return shop.payments.refunds

    async def decide(tx: Transaction) -> list[Refund]:
        return await standstills.send_back(
            tx, shop.hours, shop.user, standstill, refunds_of, "billing"
        )

    begun = await shop.database.write(decide)
    await shop.work.run()
    return begun


async def wallet(shop: Shop[FakeGateway]) -> Wallet:
    return await shop.database.write(lambda tx: shop.hours.wallet(tx, shop.user))


@pytest.mark.fault("F38")
async def test_an_hour_loses_no_time_in_which_nothing_can_be_drawn(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop, await shop.order())
    await start(shop)
    shop.clock.pass_(600)
    await stop(shop, ago_s=60)
    for _ in range(1000):
        shop.clock.pass_(9)
        await count(shop)
    assert await end(shop)

    left = (await wallet(shop)).seconds_left
    assert 3600 - 540 <= left <= 3600 - 540 + AHEAD_S
    shop.clock.pass_(60)
    assert (await wallet(shop)).seconds_left == left - 60


async def test_what_waits_to_be_used_keeps_longer(shop: Shop[FakeGateway]) -> None:
    await paid(shop, await shop.order())
    (before,) = (await wallet(shop)).unstarted
    await stop(shop)
    for _ in range(3):
        shop.clock.pass_(24 * 3600)
        await count(shop)
    await end(shop)

    (after,) = (await wallet(shop)).unstarted
    assert after.keep_until - before.keep_until >= 3 * 24 * 3600


async def test_there_is_one_standstill_at_a_time_and_its_end_is_known_once(
    shop: Shop[FakeGateway],
) -> None:
    await stop(shop)
    assert await shop.database.write(lambda tx: standstills.begin(tx, shop.hours, 5)) is None
    assert await end(shop)
    assert not await end(shop)
    await count(shop)
    await stop(shop)


@pytest.mark.fault("F38")
async def test_hours_on_which_nothing_was_drawn_go_back_whole_and_once(
    shop: Shop[FakeGateway],
) -> None:
    order = await paid(shop, await shop.order(hours=2))
    await start(shop)
    standstill = await stop(shop)

    (refund,) = await send_back(shop, standstill)
    assert refund.amount_paise == 20_000
    assert await send_back(shop, standstill) == []
    assert await shop.status(order) == "refunded"
    with pytest.raises(NoHourError):
        await shop.database.write(lambda tx: shop.hours.quote(tx, shop.user, "image", 1))


@pytest.mark.fault("F38")
async def test_of_an_hour_that_was_used_the_time_that_is_left_goes_back(
    shop: Shop[FakeGateway],
) -> None:
    order = await paid(shop, await shop.order(hours=2))
    await start(shop)
    await use(shop, order, 3)
    shop.clock.pass_(900)
    standstill = await stop(shop)

    (refund,) = await send_back(shop, standstill)
    ahead = 10_000 * AHEAD_S // 3600 + 1
    assert 10_000 + 7_500 <= refund.amount_paise <= 10_000 + 7_500 + ahead
    assert await shop.status(order) == "paid"
    now = await wallet(shop)
    assert (now.running, now.waiting, now.unstarted) == (None, (), ())


async def test_more_credits_go_back_with_their_hour_as_far_as_they_are_unused(
    shop: Shop[FakeGateway], topups: TopUps
) -> None:
    order = await paid(shop, await shop.order("flash-lite"))
    await start(shop)
    more = await paid(
        shop, await shop.database.write(lambda tx: topups.open(tx, shop.user, "image", 2))
    )
    await use(shop, order, 4)
    standstill = await stop(shop)

    refunds = await send_back(shop, standstill)
    assert [refund.amount_paise for refund in refunds][1] == 1500
    assert await shop.status(more) == "paid"


async def test_what_was_given_or_is_somebody_elses_is_left_alone(
    shop: Shop[FakeGateway],
) -> None:
    await shop.database.write(
        lambda tx: shop.orders.grant(tx, shop.user, "flash", 1, "admin", "test")
    )
    standstill = await stop(shop)

    assert await send_back(shop, standstill) == []
    assert len((await wallet(shop)).unstarted) == 1


@pytest.mark.fault("F38")
async def test_hours_come_back_when_no_bank_took_their_money(shop: Shop[FakeGateway]) -> None:
    order = await paid(shop, await shop.order(hours=2))
    await start(shop)
    shop.clock.pass_(600)
    standstill = await stop(shop)
    shop.gateway.refunding = "pending"
    (refund,) = await send_back(shop, standstill)
    gone = await wallet(shop)
    assert (gone.running, gone.unstarted) == (None, ())

    (at_the_gateway,) = shop.gateway.refunds
    shop.gateway.settle_refund(at_the_gateway, "failed")
    for _ in range(2):
        await shop.payments.refunds.send(refund.id)
        await shop.work.run()
    await shop.payments.check(order.attempt.id)

    back = await wallet(shop)
    assert back.running is not None
    assert 3000 <= back.seconds_left <= 3000 + AHEAD_S
    assert len(back.unstarted) == 1
    assert await shop.status(order) == "paid"
    async with shop.database.read() as tx:
        assert await rows.returned_of(tx, order.order.id) == set()


async def test_hours_whose_money_went_back_do_not_return_with_another_refund_that_failed(
    shop: Shop[FakeGateway],
) -> None:
    order = await paid(shop, await shop.order(hours=2))
    await start(shop)
    await use(shop, order, 1)
    shop.clock.pass_(900)
    standstill = await stop(shop)
    (first,) = await send_back(shop, standstill)
    shop.gateway.refunding = "pending"
    ask = partial(shop.payments.refunds.request, payment_id="pay_1", reason="rest", actor="admin")
    rest = await shop.database.write(ask)
    await shop.work.run()
    shop.gateway.settle_refund(list(shop.gateway.refunds)[-1], "failed")
    await shop.payments.refunds.send(rest.id)
    await shop.work.run()
    await shop.payments.check(order.attempt.id)

    assert await shop.status(order) == "paid"
    now = await wallet(shop)
    assert (now.running, now.waiting, now.unstarted) == (None, (), ())
    async with shop.database.read() as tx:
        assert (await payment_rows.get_refund(tx, first.id)).status == "processed"
