from dataclasses import replace

import pytest

from billing import disputes
from billing.errors import AccountHeldError
from billing.invariants import check
from billing.ledger import CHARGEBACKS, CLEARING, balances
from billing.orders import OpenedOrder
from store import hours as hour_rows
from store.disputes import Dispute
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop

pytestmark = pytest.mark.fault("F39")
OPEN = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, None, 1, 1)
LOST = replace(OPEN, status="lost", deducted_paise=10_000)


async def paid(shop: Shop[FakeGateway], hours: int = 2) -> OpenedOrder:
    opened = await shop.opened(hours=hours)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    return opened


async def hear(shop: Shop[FakeGateway], dispute: Dispute) -> str:
    return await shop.database.write(lambda tx: disputes.heard(tx, shop.hours, shop.work, dispute))


async def ask(shop: Shop[FakeGateway]) -> None:
    await shop.database.write(lambda tx: shop.hours.quote(tx, shop.user, "image", 1))


async def start(shop: Shop[FakeGateway]) -> None:
    await shop.database.write(lambda tx: shop.hours.start(tx, shop.user))


async def draw(shop: Shop[FakeGateway]) -> None:
    await shop.database.write(lambda tx: shop.hours.reserve(tx, shop.user, "image", 1, "job_1"))


async def test_hours_wait_while_a_bank_decides_and_go_on_when_the_payment_stands(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    assert await hear(shop, OPEN) == "done"

    for use in (ask, start, draw):
        with pytest.raises(AccountHeldError) as held:
            await use(shop)
        assert held.value.payment_id == "pay_1"

    await hear(shop, replace(OPEN, status="won"))
    await ask(shop)
    await start(shop)


async def test_where_the_policy_is_milder_hours_go_on(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    shop.hours.settings = shop.hours.settings.model_copy(update={"hold_disputed": False})
    await hear(shop, OPEN)

    await ask(shop)
    await start(shop)


async def test_what_a_lost_dispute_took_is_booked_once_and_unbegun_hours_are_taken_back(
    shop: Shop[FakeGateway],
) -> None:
    opened = await paid(shop)
    await start(shop)
    for dispute in (OPEN, LOST, LOST, OPEN):
        await hear(shop, dispute)

    async with shop.database.read() as tx:
        books = await balances(tx, CLEARING, CHARGEBACKS)
        hours = await hour_rows.of_order(tx, opened.order.id)
        assert await check(tx, shop.clock()) == []
    assert {account: held.posted for account, held in books.items()} == {
        CLEARING: -10_000,  # 20 000 came
        CHARGEBACKS: -10_000,
    }
    assert sorted(hour.status for hour in hours) == ["active", "lapsed"]


async def test_a_dispute_of_an_unknown_payment_is_an_orphan(shop: Shop[FakeGateway]) -> None:
    assert await hear(shop, OPEN) == "orphan"
