from billing.earning import earn
from billing.ledger import REVENUE, balances, deferred_account
from store.database import Transaction
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def test_each_hour_is_earned_once_and_all_of_them_are_the_price(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened("flash", 3)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)

    async def begin(tx: Transaction) -> tuple[int, int]:
        for ordinal in (1, 2, 2, 3):
            await earn(tx, opened.order.id, ordinal, shop.clock())
        held = await balances(tx, REVENUE, deferred_account(opened.order.id))
        return held[REVENUE].posted, held[deferred_account(opened.order.id)].posted

    assert await shop.database.write(begin) == (30_000, 0)


async def test_what_was_given_earns_nothing(shop: Shop[FakeGateway]) -> None:
    async def begin(tx: Transaction) -> int:
        order = await shop.orders.grant(tx, shop.user, "flash", 1, "admin", "test")
        await earn(tx, order.id, 1, shop.clock())
        return (await balances(tx, REVENUE))[REVENUE].posted

    assert await shop.database.write(begin) == 0
