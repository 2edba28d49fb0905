from dataclasses import replace

from billing.ledger import hour_account
from billing.merging import merge
from store import orders as order_rows
from store import users
from store.database import Transaction
from store.ledger import balances
from tests.doubles.clock import FakeClock
from tests.doubles.desk import Desk
from tests.doubles.gateway import FakeGateway
from tests.doubles.rows import rows_of
from tests.doubles.shop import Shop


async def other_desk(desk: Desk) -> Desk:
    async def arrive(tx: Transaction) -> int:
        return (await users.add(tx, "discord", "7", "Asha", "en", 1)).id

    return replace(desk, user=await desk.do(arrive))


async def merged(one: Desk, other: Desk) -> int:
    return await one.do(lambda tx: merge(tx, one.hours, one.orders, one.user, other.user))


async def test_the_older_user_has_all_and_the_other_nothing(desk: Desk, clock: FakeClock) -> None:
    other = await other_desk(desk)
    await desk.buy("flash")
    clock.pass_(1)  # the orders of one second have no order
    await other.buy("pro", hours=2)

    kept = await merged(other, desk)

    assert kept == desk.user
    assert [hour.plan_id for hour in (await desk.wallet()).unstarted] == ["flash", "pro", "pro"]
    assert await other.do(lambda tx: rows_of(tx, other.user)) == {}


async def test_spent_and_bound_credits_stay_where_they_were(desk: Desk) -> None:
    other = await other_desk(desk)
    await other.buy("flash")
    hour = await other.start()
    await other.reserve(key="spent")
    await other.post("spent")
    await other.reserve(key="bound")
    account = hour_account(hour.id, "image")
    before = await desk.do(lambda tx: balances(tx, (account,)))

    await merged(desk, other)

    assert await desk.do(lambda tx: balances(tx, (account,))) == before
    assert await desk.left() == 6
    await desk.void("bound")
    assert await desk.left() == 7


async def test_where_a_person_lives_is_not_forgotten(desk: Desk) -> None:
    other = await other_desk(desk)
    await desk.do(lambda tx: users.set_state(tx, other.user, "Goa"))

    kept = await merged(desk, other)

    assert await desk.do(lambda tx: users.state_of(tx, kept)) == "Goa"


async def test_credits_that_outlived_their_hour_come_along(desk: Desk, clock: FakeClock) -> None:
    other = await other_desk(desk)
    await other.buy("flash-lite")
    await other.reserve(key="late")
    clock.pass_(3600)
    await other.void("late")

    await merged(desk, other)

    assert (await desk.wallet()).carry_over == {"image": 1}
    await desk.reserve(key="again")
    assert (await desk.wallet()).carry_over == {}


async def test_of_equal_hours_that_run_the_older_users_goes_on(
    desk: Desk, clock: FakeClock
) -> None:
    other = await other_desk(desk)
    for buyer in (other, desk):
        await buyer.buy("flash")
        await buyer.start()
        clock.pass_(600)

    await merged(desk, other)

    wallet = await desk.wallet()
    assert wallet.running
    assert wallet.seconds_left == 3000
    assert [hour.seconds_left for hour in wallet.waiting] == [2400]


async def test_an_hour_that_is_over_does_not_come_back(desk: Desk, clock: FakeClock) -> None:
    other = await other_desk(desk)
    for buyer in (other, desk):
        await buyer.buy("flash")
        await buyer.start()
    clock.pass_(3600)

    await merged(desk, other)

    wallet = await desk.wallet()
    assert wallet.running is None
    assert wallet.waiting == ()


async def test_the_second_open_order_of_a_plan_is_closed(
    shop: Shop[FakeGateway], desk: Desk
) -> None:
    other = replace(shop, user=(await other_desk(desk)).user)
    kept, closed, lone = await shop.opened(), await other.opened(), await other.opened("pro")

    await desk.do(lambda tx: merge(tx, shop.hours, shop.orders, shop.user, other.user))
    await shop.work.run()

    assert [await shop.status(opened) for opened in (kept, closed, lone)] == [
        "open",
        "cancelled",
        "open",
    ]
    async with shop.database.read() as tx:
        assert len(await order_rows.of_user(tx, shop.user, 9)) == 3
