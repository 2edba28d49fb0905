from dataclasses import replace

import pytest

from billing import disputes
from billing.errors import AccountHeldError, UnavailableError
from billing.hours_settings import DAY_S
from billing.invariants import check
from billing.ledger import CHARGEBACKS, CLEARING, balances
from billing.orders import OpenedOrder
from store import disputes as rows
from store import hours as hour_rows
from store import users
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


async def sweep(shop: Shop[FakeGateway]) -> None:
    await shop.payments.dispute_sweep.begin_due()
    await shop.work.run()


async def statuses(shop: Shop[FakeGateway]) -> list[str]:
    async with shop.database.read() as tx:
        return [dispute.status for dispute in await rows.of_payment(tx, "pay_1")]


async def audited(shop: Shop[FakeGateway]) -> int:
    async with shop.database.read() as tx:
        return len(await users.audited(tx, "dispute", 99))


@pytest.mark.fault("F39")
async def test_a_dispute_whose_events_were_lost_is_heard_of_within_a_day(
    shop: Shop[FakeGateway],
) -> None:
    opened = await paid(shop)
    shop.gateway.disputed = [OPEN, replace(OPEN, id="disp_9", payment_id="pay_elsewhere")]
    await sweep(shop)
    assert await statuses(shop) == ["open"]
    await sweep(shop)
    assert shop.gateway.calls.count("disputes") == 1, "once a day"
    shop.clock.pass_(DAY_S)
    await sweep(shop)
    assert await audited(shop) == 1, "what is known is not heard of again"

    shop.gateway.disputed = [LOST]
    for _ in range(2):
        shop.clock.pass_(DAY_S)
        await sweep(shop)
    assert (await statuses(shop), await audited(shop)) == (["lost"], 2)
    async with shop.database.read() as tx:
        hours = await hour_rows.of_order(tx, opened.order.id)
        assert (await balances(tx, CHARGEBACKS))[CHARGEBACKS].posted == -10_000
    assert {hour.status for hour in hours} == {"lapsed"}


async def test_an_old_list_does_not_reopen_what_is_over(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    await hear(shop, replace(OPEN, status="won"))
    shop.gateway.disputed = [OPEN]
    await sweep(shop)
    assert await statuses(shop) == ["won"]


async def test_a_list_that_cannot_be_had_is_asked_for_the_next_day(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    shop.gateway.disputed = [OPEN]
    shop.gateway.fail_before = [UnavailableError("away")]
    await sweep(shop)
    assert await statuses(shop) == []
    shop.clock.pass_(DAY_S)
    await sweep(shop)
    assert await statuses(shop) == ["open"]
