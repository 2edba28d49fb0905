import pytest
import sqlalchemy as sa

from billing.errors import UnknownPlanError
from billing.orders import Orders
from store.database import Database, Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop
from tests.doubles.work import RecordingWork


async def test_an_order_is_stored_and_its_link_asked_for_in_one_commit(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.order("pro", 2)
    assert opened.is_new
    assert (opened.order.amount_paise, opened.order.status) == (40_000, "opening")
    assert opened.attempt.state == "sending"
    (submitted,) = shop.work.submitted
    assert (submitted.kind, submitted.subject) == ("open_link", opened.attempt.id)


async def test_asking_for_the_same_again_shows_the_link_that_is_there(
    shop: Shop[FakeGateway],
) -> None:
    first = await shop.opened("flash")
    again = await shop.order("flash")
    assert not again.is_new
    assert again.order.id == first.order.id
    assert again.attempt.url is not None


async def test_another_number_of_hours_replaces_the_open_order(shop: Shop[FakeGateway]) -> None:
    first = await shop.opened("flash", 1)
    second = await shop.order("flash", 3)
    assert second.is_new
    assert await shop.status(first) == "cancelled"
    await shop.work.run()
    assert shop.gateway.link_of(first.attempt.id).status == "cancelled"
    assert await shop.status(second) == "open"


async def test_a_link_about_to_expire_is_replaced(shop: Shop[FakeGateway]) -> None:
    first = await shop.opened("flash")
    shop.clock.pass_(10 * 60)
    assert (await shop.order("flash")).order.id == first.order.id
    shop.clock.pass_(1)
    assert (await shop.order("flash")).is_new


async def test_orders_of_two_plans_stand_side_by_side(shop: Shop[FakeGateway]) -> None:
    flash, pro = await shop.opened("flash"), await shop.opened("pro")
    assert await shop.status(flash) == await shop.status(pro) == "open"


@pytest.mark.fault("F45")
async def test_the_price_of_the_day_is_the_price(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened("flash")

    async def make_dearer(tx: Transaction) -> None:
        await tx.execute(sa.text("UPDATE session_config SET price_paise = 99900"))

    await shop.database.write(make_dearer)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    assert await shop.status(opened) == "paid"


async def test_an_unknown_plan_is_not_sold(shop: Shop[FakeGateway]) -> None:
    with pytest.raises(UnknownPlanError):
        await shop.order("gold")


async def test_a_gift_is_paid_at_once_and_written_down(
    database: Database, orders: Orders, user: int, clock: FakeClock, work: RecordingWork
) -> None:
    async def give(tx: Transaction) -> tuple[str, list[tuple[str, str, str]]]:
        order = await orders.grant(tx, user, "flash", 2, "telegram:1", "sorry")
        found = await tx.execute(sa.text("SELECT actor, action, subject FROM audit_log"))
        assert (order.status, order.paid_at, order.amount_paise) == ("paid", clock(), 0)
        return order.id, [(row.actor, row.action, row.subject) for row in found]

    order_id, written = await database.write(give)
    assert written == [("telegram:1", "grant", order_id)]
    assert work.submitted == []
