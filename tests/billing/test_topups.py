import pytest

from billing.errors import NoHourError, NotToppedUpError
from billing.hours import Hours, HoursSettings, Wallet
from billing.ledger import REVENUE, balances, hour_account, move
from billing.lifetimes import running_of
from billing.orders import OpenedOrder
from billing.plans import Plans
from billing.topups import ToppedUnit, TopUps
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


@pytest.fixture
def hours(plans: Plans, clock: FakeClock) -> Hours:
    return Hours(HoursSettings(topup_image_paise=1500), plans, clock)


@pytest.fixture
async def running(shop: Shop[FakeGateway]) -> Shop[FakeGateway]:
    """A shop whose customer has an hour of three pictures running."""
    await shop.database.write(
        lambda tx: shop.orders.grant(tx, shop.user, "flash-lite", 1, "admin", "test")
    )
    await shop.database.write(lambda tx: shop.hours.start(tx, shop.user))
    return shop


async def ordered(
    shop: Shop[FakeGateway], topups: TopUps, count: int = 2, unit: ToppedUnit = "image"
) -> OpenedOrder:
    opened = await shop.database.write(lambda tx: topups.open(tx, shop.user, unit, count))
    await shop.work.run()
    return opened


async def paid(shop: Shop[FakeGateway], opened: OpenedOrder) -> None:
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)


async def wallet(shop: Shop[FakeGateway]) -> Wallet:
    return await shop.database.write(lambda tx: shop.hours.wallet(tx, shop.user))


async def test_what_was_paid_is_in_the_running_hour_at_once(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    opened = await ordered(running, topups)
    (request,) = running.gateway.requests
    assert (request.amount_paise, request.description) == (3000, "2 more pictures")

    await paid(running, opened)

    usage = (await wallet(running)).usage["image"]
    assert (usage.limit, usage.left) == (5, 5)
    assert await running.status(opened) == "paid"
    async with running.database.read() as tx:
        assert (await balances(tx, REVENUE))[REVENUE].posted == 3000


async def test_a_payment_seen_again_and_again_gives_once(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    opened = await ordered(running, topups)
    await paid(running, opened)
    for _ in range(2):
        await running.payments.check(opened.attempt.id)
    await running.database.write(lambda tx: running.hours.grant(tx, opened.order))

    assert (await wallet(running)).usage["image"].limit == 5


async def test_what_is_paid_when_the_hour_is_over_can_be_used_for_a_day(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    running.clock.pass_(3590)
    opened = await ordered(running, topups)
    running.clock.pass_(11)
    await paid(running, opened)

    later = await wallet(running)
    assert later.running is None
    assert later.carry_over == {"image": 2}
    quote = await running.database.write(
        lambda tx: running.hours.quote(tx, running.user, "image", 1)
    )
    assert (quote.left, quote.starts_hour) == (2, False)
    running.clock.pass_(2 * 24 * 3600)
    assert (await wallet(running)).carry_over == {}


async def test_the_offer_that_is_open_is_shown_again_and_another_takes_its_place(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    first = await ordered(running, topups, 2)
    assert (await ordered(running, topups, 2)).order.id == first.order.id

    second = await ordered(running, topups, 3)
    assert await running.status(first) == "cancelled"
    hour = await running.opened("flash-lite")
    assert hour.order.id != second.order.id
    assert hour.order.amount_paise == 5000
    assert await running.status(second) == "cancelled"
    third = await ordered(running, topups, 3)
    assert await running.status(hour) == "cancelled"
    assert third.order.amount_paise == 4500


async def test_only_what_has_a_price_is_sold_and_only_for_an_hour_that_runs(
    shop: Shop[FakeGateway], topups: TopUps
) -> None:
    assert topups.units == ("image",)
    with pytest.raises(NoHourError):
        await ordered(shop, topups)
    await shop.database.write(
        lambda tx: shop.orders.grant(tx, shop.user, "flash-lite", 1, "admin", "test")
    )
    with pytest.raises(NoHourError):
        await ordered(shop, topups)
    await shop.database.write(lambda tx: shop.hours.start(tx, shop.user))
    with pytest.raises(NotToppedUpError):
        await ordered(shop, topups, 1, "video")


async def send_back(shop: Shop[FakeGateway], paise: int | None = None, why: str = "sorry") -> None:
    refunds = shop.payments.refunds
    await shop.database.write(lambda tx: refunds.request(tx, "pay_1", why, "telegram:9", paise))
    await shop.work.run()


async def draw(shop: Shop[FakeGateway], times: int) -> None:
    """Use credits up; nothing has to be drawn for it, so jobs are no part of it."""
    for number in range(times):
        key = f"grant:test:{number}"
        hour = running_of(await shop.database.write(lambda tx: shop.hours.settle(tx, shop.user)))
        assert hour is not None
        account = hour_account(hour.id, "image")
        await shop.database.write(
            lambda tx, key=key, account=account: move(  # type: ignore[misc]  # bound now
                tx, account, "spent:image", 1, key=key, now=shop.clock()
            )
        )


async def test_a_refund_takes_back_the_credits_that_nobody_used(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    opened = await ordered(running, topups)
    await paid(running, opened)
    await send_back(running)

    assert await running.status(opened) == "refunded"
    usage = (await wallet(running)).usage["image"]
    assert (usage.limit, usage.left) == (3, 3)
    await running.payments.check(opened.attempt.id)
    assert (await wallet(running)).usage["image"].left == 3


async def test_what_was_used_stays_used_when_the_money_goes_back(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    opened = await ordered(running, topups)
    await paid(running, opened)
    await draw(running, 4)
    await send_back(running)

    usage = (await wallet(running)).usage["image"]
    assert (usage.limit, usage.used, usage.left) == (4, 4, 0)


async def test_a_part_of_the_price_takes_no_credits_back(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    opened = await ordered(running, topups)
    await paid(running, opened)
    await send_back(running, 1500)

    assert await running.status(opened) == "paid"
    assert (await wallet(running)).usage["image"].left == 5


@pytest.mark.parametrize("late_s", [0, 3600])
async def test_credits_come_back_when_no_bank_took_the_money_however_often(
    running: Shop[FakeGateway], topups: TopUps, late_s: int
) -> None:
    opened = await ordered(running, topups)
    await paid(running, opened)
    for attempt in range(2):
        running.gateway.refunding = "pending"
        await send_back(running, why=f"try {attempt}")
        refund_id = list(running.gateway.refunds)[-1]
        assert await running.status(opened) == "refunded"
        assert (await wallet(running)).left("image") == (3 if late_s == 0 or not attempt else 0)
        running.clock.pass_(late_s)
        running.gateway.settle_refund(refund_id, "failed")
        await running.payments.refunds.send(refund_id)
        await running.work.run()
        await running.payments.check(opened.attempt.id)

        assert await running.status(opened) == "paid"
        assert (await wallet(running)).left("image") == (2 if late_s else 5)


async def test_credits_beside_an_hour_that_is_over_are_taken_back_too(
    running: Shop[FakeGateway], topups: TopUps
) -> None:
    running.clock.pass_(3590)
    opened = await ordered(running, topups)
    running.clock.pass_(11)
    await paid(running, opened)
    await send_back(running)

    assert (await wallet(running)).carry_over == {}


def test_a_price_that_no_gateway_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="no less than 100"):
        HoursSettings(topup_image_paise=50)
