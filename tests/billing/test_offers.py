import pytest

from billing.errors import UnknownOrderError
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def test_nobody_touches_the_order_of_another(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    stranger = shop.user + 1
    with pytest.raises(UnknownOrderError):
        await shop.database.write(lambda tx: shop.orders.cancel(tx, opened.order.id, stranger))
    with pytest.raises(UnknownOrderError):
        await shop.database.write(lambda tx: shop.orders.check_now(tx, opened.order.id, stranger))
    with pytest.raises(UnknownOrderError):
        await shop.database.write(lambda tx: shop.orders.get(tx, "ord_none"))


async def test_what_is_not_open_cannot_be_cancelled(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    await shop.cancel(opened)
    assert await shop.status(opened) == "paid"


async def test_a_user_sees_their_newest_orders_first(shop: Shop[FakeGateway]) -> None:
    first = await shop.opened("flash")
    shop.clock.pass_(1)
    second = await shop.opened("pro")
    orders = await shop.database.write(lambda tx: shop.orders.of_user(tx, shop.user))
    assert [order.id for order in orders] == [second.order.id, first.order.id]
