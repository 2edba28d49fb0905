import pytest

from billing.errors import NothingToStartError
from billing.hours import Hour
from store.database import Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.desk import Desk

HOUR, DAY = 3600, 24 * 3600


async def test_without_hours_there_is_nothing_to_start(desk: Desk) -> None:
    with pytest.raises(NothingToStartError) as refused:
        await desk.start()
    assert refused.value.running is None


async def test_the_hour_that_lapses_first_starts_first(desk: Desk, clock: FakeClock) -> None:
    first = await desk.buy("pro")
    clock.pass_(60)
    await desk.buy("flash-lite")
    assert (await desk.start()).order_id == first


async def test_tapping_start_twice_starts_once(desk: Desk) -> None:
    await desk.buy("flash", 2)
    started = await desk.start()
    assert await desk.start(started.id) == started
    with pytest.raises(NothingToStartError) as refused:
        await desk.start()
    assert refused.value.running == started


async def test_nobody_starts_the_hour_of_another(desk: Desk) -> None:
    await desk.buy("flash")
    (hour,) = (await desk.wallet()).unstarted
    with pytest.raises(NothingToStartError):
        await desk.do(lambda tx: desk.hours.start(tx, desk.user + 1, hour.id))


async def test_a_better_hour_starts_at_once_and_the_other_goes_on_after_it(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash-lite")
    lite = await desk.start()
    await desk.buy("pro")
    clock.pass_(1000)
    pro = await desk.start()
    wallet = await desk.wallet()
    assert wallet.running == pro
    assert [(hour.id, hour.seconds_left) for hour in wallet.waiting] == [(lite.id, HOUR - 1000)]
    clock.pass_(HOUR)
    wallet = await desk.wallet()
    assert wallet.running is not None
    assert wallet.running.id == lite.id
    assert wallet.seconds_left == HOUR - 1000


async def test_a_worse_hour_does_not_push_a_better_one_aside(desk: Desk) -> None:
    await desk.buy("pro")
    pro = await desk.start()
    await desk.buy("flash")
    with pytest.raises(NothingToStartError) as refused:
        await desk.start()
    assert refused.value.running == pro
    with pytest.raises(NothingToStartError):
        await desk.start((await desk.wallet()).unstarted[0].id)


async def test_the_next_hour_of_the_same_plan_may_be_started_early(desk: Desk) -> None:
    await desk.buy("flash", 2)
    first = await desk.start()
    second = await desk.start((await desk.wallet()).unstarted[0].id)
    wallet = await desk.wallet()
    assert wallet.running == second
    assert [hour.id for hour in wallet.waiting] == [first.id]


async def test_an_hour_that_is_not_started_lapses_after_thirty_days(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash")
    clock.pass_(30 * DAY - 1)
    assert len((await desk.wallet()).unstarted) == 1
    clock.pass_(1)
    assert (await desk.wallet()).unstarted == ()
    with pytest.raises(NothingToStartError):
        await desk.start()


async def test_waiting_in_the_queue_is_given_back_beyond_a_few_seconds(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash")
    hour = await desk.start()
    clock.pass_(100)
    assert await desk.lengthen(hour, 5) == 0
    assert await desk.lengthen(hour, 65) == 60
    assert (await desk.wallet()).seconds_left == HOUR - 100 + 60


async def test_jobs_that_waited_side_by_side_waited_once(desk: Desk, clock: FakeClock) -> None:
    await desk.buy("flash")
    hour = await desk.start()
    clock.pass_(65)
    given = [await desk.lengthen(hour, 65) for _ in range(3)]
    assert given == [60, 0, 0]
    clock.pass_(10)
    assert await desk.lengthen(hour, 75) == 10


async def test_an_hour_that_ended_while_its_job_waited_goes_on(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash")
    hour = await desk.start()
    clock.pass_(HOUR + 300)
    assert (await desk.wallet()).running is None
    assert await desk.lengthen(hour, 605) == 600
    wallet = await desk.wallet()
    assert wallet.running is not None
    assert (wallet.running.id, wallet.seconds_left) == (hour.id, 600)


async def test_time_given_to_an_hour_while_another_runs_comes_after_it(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash", 2)
    first = await desk.start()
    clock.pass_(HOUR)
    second = await desk.start()
    assert await desk.lengthen(first, 65) == 60
    wallet = await desk.wallet()
    assert wallet.running == second
    assert [(hour.id, hour.seconds_left) for hour in wallet.waiting] == [(first.id, 60)]


@pytest.mark.fault("F38")
async def test_an_outage_costs_nobody_time(desk: Desk, clock: FakeClock) -> None:
    await desk.buy("flash")
    hour = await desk.start()
    clock.pass_(600)
    died = clock()
    clock.pass_(2 * HOUR)

    async def restart(tx: Transaction) -> list[Hour]:
        await desk.hours.give_back_outage(tx, died, clock())
        return await desk.hours.end_due(tx)

    assert await desk.do(restart) == []
    wallet = await desk.wallet()
    assert wallet.running is not None
    assert (wallet.running.id, wallet.seconds_left) == (hour.id, HOUR - 600)


async def test_an_hour_that_was_over_before_the_outage_stays_over(
    desk: Desk, clock: FakeClock
) -> None:
    await desk.buy("flash")
    hour = await desk.start()
    clock.pass_(HOUR)

    async def restart(tx: Transaction) -> list[Hour]:
        await desk.hours.give_back_outage(tx, clock(), clock() + 500)
        return await desk.hours.end_due(tx)

    assert [ended.id for ended in await desk.do(restart)] == [hour.id]
    assert (await desk.wallet()).running is None
