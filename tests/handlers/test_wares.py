from handlers.texts import texts
from handlers.wares import named, priced
from store import topups
from store.database import Database, Transaction
from store.topups import TopUp
from tests.doubles.database import undone
from tests.doubles.hub import Hub
from tests.doubles.rows import a_user, an_hour, an_order


async def test_an_order_is_named_by_what_it_buys(hub: Hub) -> None:
    database: Database = hub.services.database

    async def scenario(tx: Transaction) -> None:
        user = await a_user(tx, "55")
        order = await an_order(tx, user)
        assert await named(tx, order, texts("en")) == "Flash · 1 hour"
        assert await priced(tx, order, texts("en")) == "Flash · 1 hour · ₹100"

        hour = await an_hour(tx, order)
        await topups.add(tx, TopUp(order.id, hour.id, "video", 2))

        assert await named(tx, order, texts("en")) == "2 videos more"
        assert await named(tx, order, texts("hi")) == "2 वीडियो और"

    await undone(database, scenario)
