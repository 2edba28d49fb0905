"""Each story, once for each point at which the process can die in it."""

import json
import os
from collections.abc import Awaitable, Callable

import pytest

import store.standstills
from billing import standstills
from billing.gateway import ObservedLink
from billing.sweeps import CAPTURE_AFTER_S
from store.database import Transaction
from tests.doubles.mortal import Lives, memory
from tests.doubles.reckoning import let_pass, read_reports, reckon, settle_down

IS_SOAK = "HISTORIES" in os.environ
Step = Callable[[Lives], Awaitable[object]]


def link(lives: Lives) -> ObservedLink:
    return next(iter(lives.gateway.links.values()))


async def buy(lives: Lives) -> None:
    user = await lives.person("asha")
    await lives.database.write(lambda tx: lives.orders.open(tx, user, "flash", 2, "razorpay"))
    await lives.work.run()
    if not lives.gateway.links:  # somebody died: what was begun is tried again by itself
        await let_pass(lives, 60)


async def cancel(lives: Lives) -> None:
    user = await lives.person("asha")

    async def take_back(tx: Transaction) -> None:
        (order,) = await lives.orders.of_user(tx, user)
        await lives.orders.cancel(tx, order.id, user)

    await lives.database.write(take_back)


async def pay(lives: Lives) -> None:
    lives.gateway.pay(link(lives), fee=236)


async def set_money_aside(lives: Lives) -> None:
    lives.gateway.pay(link(lives), status="authorized")


async def tell(lives: Lives) -> None:
    """One event of each payment: those of a fake need no more."""
    for payment in lives.gateway.payments.values():
        entity = {"id": payment.id, "order_id": payment.order_id}
        event = {"event": "payment.captured", "payload": {"payment": {"entity": entity}}}
        about = {"id": link(lives).id, "reference_id": link(lives).reference_id}
        event["payload"]["payment_link"] = {"entity": about}  # type: ignore[index]  # nested JSON
        headers = {"X-Razorpay-Signature": "good", "X-Razorpay-Event-Id": payment.id}
        await lives.payments.receive(json.dumps(event).encode(), headers)


async def work(lives: Lives) -> None:
    await lives.work.run()


async def send_back(lives: Lives) -> None:
    refunds = lives.payments.refunds
    await lives.database.write(lambda tx: refunds.request(tx, "pay_1", "sorry", "telegram:9"))


async def take_time(lives: Lives) -> None:
    lives.gateway.refunding = "pending"


async def fail_at_the_bank(lives: Lives) -> None:
    for refund_id, refund in lives.gateway.refunds.items():
        if refund.status == "pending":
            lives.gateway.settle_refund(refund_id, "failed")


async def begin(lives: Lives) -> None:
    user = await lives.person("asha")

    async def decide(tx: Transaction) -> None:
        first, *_ = await lives.hours.live(tx, user)
        await lives.hours.start(tx, user, first.id)

    await lives.database.write(decide)


async def buy_better(lives: Lives) -> None:
    user = await lives.person("asha")
    await lives.database.write(lambda tx: lives.orders.open(tx, user, "pro", 1, "razorpay"))
    await lives.work.run()
    while len(lives.gateway.links) < 2:
        await let_pass(lives, 60)


async def pay_better(lives: Lives) -> None:
    lives.gateway.pay(list(lives.gateway.links.values())[-1])


async def a_minute_passes(lives: Lives) -> None:
    await let_pass(lives, 60)


async def take_over(lives: Lives) -> None:
    """The better hour begins, and the one that runs waits with its rest."""
    user = await lives.person("asha")

    async def decide(tx: Transaction) -> None:
        live = await lives.hours.live(tx, user)
        better = next(hour for hour in live if hour.plan_id == "pro")
        await lives.hours.start(tx, user, better.id)
        running, *rest = sorted(await lives.hours.live(tx, user), key=lambda hour: hour.status)
        assert (running.id, running.status) == (better.id, "active")
        assert [hour.status for hour in rest] == ["unstarted", "waiting"]

    await lives.database.write(decide)


async def days_pass(lives: Lives) -> None:
    lives.clock.pass_(4 * 24 * 3600)


async def stand_still(lives: Lives) -> None:
    began_at = lives.clock()
    await lives.database.write(lambda tx: standstills.begin(tx, lives.hours, began_at))


async def send_back_unused(lives: Lives) -> None:
    user = await lives.person("asha")

    async def decide(tx: Transaction) -> None:
        current = await store.standstills.current(tx)
        assert current is not None
        refunds_of = lambda _: lives.payments.refunds  # noqa: E731 - one gateway
        await standstills.send_back(tx, lives.hours, user, current, refunds_of, "billing")

    await lives.database.write(decide)


async def draw_again(lives: Lives) -> None:
    await lives.database.write(lambda tx: standstills.end(tx, lives.hours))


async def an_hour_passes(lives: Lives) -> None:
    await let_pass(lives, 3601)


async def minutes_pass(lives: Lives) -> None:
    await let_pass(lives, CAPTURE_AFTER_S)


STORIES: dict[str, tuple[Step, ...]] = {
    "somebody buys": (buy, pay, tell, work),
    "somebody pays twice": (buy, pay, pay, tell, work),
    "a payment overtakes the cancelling": (buy, cancel, pay, work),
    "an order is cancelled": (buy, cancel, work),
    "money goes back": (buy, pay, tell, work, send_back, work),
    "a refund fails": (
        buy, pay, tell, work, take_time, send_back, work, fail_at_the_bank, an_hour_passes,
    ),
    "nothing can be drawn": (
        buy, pay, tell, work, stand_still, send_back_unused, work, draw_again,
    ),
    "nothing can be drawn and no bank takes the money": (
        buy, pay, tell, work, stand_still, take_time, send_back_unused, work, fail_at_the_bank,
        an_hour_passes, draw_again,
    ),
    "a better hour takes over": (
        buy, pay, tell, work, begin, buy_better, pay_better, a_minute_passes, take_over,
    ),
    "payouts are compared": (buy, pay, tell, work, days_pass, read_reports),
    "money was only set aside": (buy, set_money_aside, tell, work, minutes_pass),
}  # fmt: skip


async def told(story: tuple[Step, ...], dies_at: int | None) -> list[str]:
    """Tell a story to its end, from where it broke off; the points that were passed till then."""
    with memory() as folder:
        lives = Lives(folder)
        await lives.start()
        lives.fate.passed.clear()
        lives.fate.dies_at = dies_at
        for step in story:
            while not await lives.does(lambda step=step: step(lives)):  # type: ignore[misc]  # bound now
                pass
        passed = lives.fate.passed
        assert len(lives.deaths) == (dies_at is not None)
        await settle_down(lives)
        await reckon(lives)
        await lives.stop()
    return passed


@pytest.mark.fault("F23", "F24", "F25", "F38")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", STORIES)
async def test_wherever_the_process_dies_the_story_ends_well(name: str) -> None:
    points = await told(STORIES[name], None)
    assert len(points) > 10
    for dies_at, point in enumerate(points):
        # A point that is passed again and again is died at once, and by `make soak` each time.
        if IS_SOAK or point not in points[:dies_at]:
            await told(STORIES[name], dies_at)
    if IS_SOAK:
        print(f"\n{name}: died at each of {len(points)} points, and ended well")  # noqa: T201
