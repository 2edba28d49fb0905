import asyncio

import pytest
import sqlalchemy as sa

from billing.errors import InsufficientCreditsError, NoHourError
from billing.hours import Hours, HoursSettings, Quote, Unit, Usage, Wallet
from billing.ledger import REVENUE, available, deferred_account, move, open_account
from billing.plans import Plans
from store.database import Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.desk import Desk

HOUR, DAY = 3600, 24 * 3600


async def test_an_hour_starts_with_the_first_command_that_needs_it(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite", 2)
    before = await desk.wallet()
    assert (before.running, len(before.unstarted), before.seconds_left) == (None, 2, 0)
    clock.pass_(3 * DAY)
    reserved = await desk.reserve()
    assert reserved.hour.ends_at == clock() + HOUR
    assert reserved.left_after == 2
    after = await desk.wallet()
    assert after.running == reserved.hour
    assert after.seconds_left == HOUR
    assert after.usage["image"] == Usage(used=0, reserved=1, limit=3)


async def test_without_any_hour_nothing_can_be_reserved(desk: Desk) -> None:
    with pytest.raises(NoHourError):
        await desk.reserve()


async def test_a_charge_is_posted_or_comes_back_once(desk: Desk) -> None:
    await desk.buy("flash-lite")
    await desk.reserve(key="a")
    await desk.reserve(key="b")
    assert await desk.post("a")
    assert not await desk.post("a")
    assert not await desk.void("a")
    assert await desk.void("b")
    assert not await desk.void("b")
    assert not await desk.post("b")
    assert await desk.left() == 2


async def test_twenty_jobs_at_once_share_one_credit_by_one_getting_it(desk: Desk) -> None:
    await desk.buy("flash")

    async def attempt(number: int) -> bool:
        try:
            await desk.reserve(key=f"job{number}", unit="video")
        except InsufficientCreditsError:
            return False
        return True

    async with asyncio.TaskGroup() as tasks:
        jobs = [tasks.create_task(attempt(number)) for number in range(20)]
    assert sum(job.result() for job in jobs) == 1
    assert await desk.left("video") == 0


async def test_tokens_are_reserved_generously_and_charged_as_counted(desk: Desk) -> None:
    await desk.buy("flash-lite")
    await desk.reserve(4000, "chat", "token")
    await desk.post("chat", 1234)
    assert await desk.left("token") == 150_000 - 1234


async def test_a_spent_hour_says_what_is_left_and_what_would_help(desk: Desk, plans: Plans) -> None:
    await desk.buy("flash-lite", 2)
    await desk.reserve(2, "a")
    with pytest.raises(InsufficientCreditsError) as refused:
        await desk.reserve(2, "b")
    error = refused.value
    assert (error.left, error.limit) == (1, 3)
    assert error.upgrade == plans.get("flash")
    assert error.next_hour is not None
    assert error.next_hour.status == "unstarted"


async def test_an_hour_that_cannot_pay_is_not_started_and_one_that_can_is(desk: Desk) -> None:
    await desk.buy("flash-lite")
    with pytest.raises(InsufficientCreditsError) as refused:
        await desk.reserve(unit="video")
    assert refused.value.left == 0
    wallet = await desk.wallet()
    assert wallet.running is None
    await desk.buy("pro")
    assert (await desk.reserve(unit="video")).hour.plan_id == "pro"


async def test_unused_credits_end_with_the_hour_and_the_next_starts_full(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite", 2)
    await desk.reserve()
    clock.pass_(HOUR)
    ended = await desk.do(desk.hours.end_due)
    assert [hour.ordinal for hour in ended] == [1]
    assert await desk.do(desk.hours.end_due) == []
    assert (await desk.reserve(key="next")).left_after == 2


async def test_a_job_accepted_in_time_is_charged_after_the_end_too(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite")
    reserved = await desk.reserve()
    clock.pass_(2 * HOUR)
    await desk.do(desk.hours.end_due)
    assert await desk.post("job")

    async def used(tx: Transaction) -> int:
        query = sa.text("SELECT images_generated FROM session_usage WHERE session_id = :id")
        return int((await tx.execute(query, {"id": reserved.hour.id})).scalar_one())

    assert await desk.do(used) == 1


async def test_a_charge_that_comes_back_after_the_hour_can_be_used_for_a_day(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite")
    origin = (await desk.reserve(2)).hour
    clock.pass_(HOUR + 60)
    assert await desk.void("job")
    wallet = await desk.wallet()
    assert (wallet.running, wallet.carry_over) == (None, {"image": 2})
    again = await desk.reserve(1, "again")
    assert (again.hour.id, again.left_after) == (origin.id, 1)
    clock.pass_(DAY)
    with pytest.raises(NoHourError):
        await desk.reserve(1, "too late")
    assert await desk.void("again")
    wallet = await desk.wallet()
    assert wallet.carry_over == {"image": 2}


async def test_carried_over_credits_go_first_and_the_usage_of_their_hour_counts_them(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite", 2)
    first = (await desk.reserve(1)).hour
    clock.pass_(HOUR)
    await desk.void("job")
    reserved = await desk.reserve(1, "second")
    assert reserved.hour.id == first.id
    await desk.post("second")
    assert (await desk.reserve(1, "third")).left_after == 2

    async def usage(tx: Transaction) -> dict[str, int]:
        found = await tx.execute(sa.text("SELECT session_id, images_generated FROM session_usage"))
        return {row.session_id: row.images_generated for row in found}

    assert (await desk.do(usage))[first.id] == 1


async def test_only_the_hour_that_pays_gets_back_what_its_job_waited(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite")
    await desk.reserve(1)
    clock.pass_(65)
    assert await desk.do(lambda tx: desk.hours.give_back(tx, "job", 65)) == 60
    clock.pass_(HOUR)
    await desk.void("job")
    await desk.reserve(1, "carried")
    clock.pass_(65)
    assert await desk.do(lambda tx: desk.hours.give_back(tx, "carried", 65)) == 0
    assert (await desk.wallet()).running is None


async def test_an_order_gives_its_hours_once(desk: Desk, clock: FakeClock) -> None:
    order_id = await desk.buy("flash", 3)

    async def again(tx: Transaction) -> list[str]:
        order = (await desk.orders.get(tx, order_id)).order
        return [hour.id for hour in await desk.hours.grant(tx, order)]

    assert len(await desk.do(again)) == 3
    wallet = await desk.wallet()
    assert len(wallet.unstarted) == 3
    assert wallet.unstarted[0].keep_until == clock() + 30 * DAY


async def test_starting_a_paid_hour_earns_its_price(desk: Desk) -> None:
    async def paid(tx: Transaction) -> str:
        order = (await desk.orders.open(tx, desk.user, "flash", 2, "razorpay")).order
        await open_account(tx, deferred_account(order.id), "paise")
        money = {"key": "capture:pay_1", "now": 1}
        await move(tx, "razorpay:clearing", deferred_account(order.id), 20_000, **money)  # type: ignore[arg-type]  # two keywords
        await desk.hours.grant(tx, order)
        return order.id

    order_id = await desk.do(paid)
    await desk.reserve()

    async def money(tx: Transaction) -> tuple[int, int]:
        return await available(tx, deferred_account(order_id)), await available(tx, REVENUE)

    assert await desk.do(money) == (10_000, 10_000)


async def test_with_start_at_payment_hours_follow_each_other_by_themselves(
    desk: Desk, plans: Plans, clock: FakeClock
) -> None:
    hours = Hours(HoursSettings(start="payment"), plans, clock)
    desk.hours, desk.orders._hours = hours, hours
    await desk.buy("flash-lite", 2)
    for left in (1, 0):
        wallet = await desk.do(lambda tx: hours.wallet(tx, desk.user))
        assert wallet.running is not None
        assert len(wallet.unstarted) == left
        clock.pass_(HOUR)
    assert (await desk.do(lambda tx: hours.wallet(tx, desk.user))).running is None


def test_what_is_left_counts_the_hour_and_what_came_back() -> None:
    nothing = Wallet(None, {}, 0, (), (), {})
    assert nothing.left("image") == 0
    assert Wallet(None, {}, 0, (), (), {"image": 2}).left("image") == 2
    used: dict[Unit, Usage] = {"image": Usage(used=1, reserved=2, limit=8)}
    assert Wallet(None, used, 0, (), (), {"image": 2, "video": 1}).left("image") == 7


async def test_a_quote_is_what_a_reservation_finds_and_begins_nothing(
    desk: Desk, hours: Hours
) -> None:
    async def quote(tx: Transaction) -> Quote:
        return await hours.quote(tx, desk.user, "video", 1)

    with pytest.raises(NoHourError):
        await desk.do(quote)
    await desk.buy("flash")
    assert await desk.do(quote) == Quote(left=1, starts_hour=True)
    assert (await desk.wallet()).running is None
    await desk.start()
    assert await desk.do(quote) == Quote(left=1, starts_hour=False)
    await desk.reserve(unit="video")
    with pytest.raises(InsufficientCreditsError):
        await desk.do(quote)


async def test_a_credit_that_came_back_after_its_hour_is_quoted_without_one(
    desk: Desk, hours: Hours, clock: FakeClock
) -> None:
    await desk.buy("flash")
    await desk.reserve(unit="video", key="a")
    clock.pass_(HOUR + 1)
    await desk.void("a")

    assert await desk.do(lambda tx: hours.quote(tx, desk.user, "video", 1)) == Quote(
        left=1, starts_hour=False
    )
