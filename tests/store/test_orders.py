import pytest
from sqlalchemy.exc import IntegrityError

from store import orders
from store.database import Database, Transaction
from tests.doubles.rows import a_user, an_attempt, an_order


async def test_a_user_has_one_open_order_of_a_plan(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        user = await a_user(tx)
        first = await an_order(tx, user)
        with pytest.raises(IntegrityError, match=r"orders\.user_id, orders\.plan_id"):
            async with tx.begin_nested():
                await an_order(tx, user, "ord_2")
        await an_order(tx, await a_user(tx, "2"), "ord_other")
        await orders.set_status(tx, first.id, "expired")
        await an_order(tx, user, "ord_2")
        assert (await orders.open_of(tx, user, "flash")).id == "ord_2"  # type: ignore[union-attr]  # it is there

    await database.write(scenario)


async def test_an_order_has_one_link_that_can_be_paid(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        order = await an_order(tx, await a_user(tx))
        first = await an_attempt(tx, order)
        with pytest.raises(IntegrityError, match=r"attempts\.order_id"):
            async with tx.begin_nested():
                await an_attempt(tx, order, "att_2")
        await orders.change_attempt(tx, first.id, state="expired")
        await an_attempt(tx, order, "att_2")
        assert (await orders.attempt_of(tx, order.id)).id == "att_2"  # type: ignore[union-attr]  # it is there

    await database.write(scenario)


async def test_the_time_of_payment_is_kept_whatever_happens_later(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        order = await an_order(tx, await a_user(tx))
        await orders.set_status(tx, order.id, "paid", paid_at=77)
        await orders.set_status(tx, order.id, "refunded")
        found = await orders.get(tx, order.id)
        assert found is not None
        assert (found.status, found.paid_at) == ("refunded", 77)

    await database.write(scenario)


async def test_an_attempt_is_known_by_every_name_the_gateway_has_for_it(
    database: Database,
) -> None:
    async def scenario(tx: Transaction) -> None:
        attempt = await an_attempt(tx, await an_order(tx, await a_user(tx)))
        await orders.change_attempt(tx, attempt.id, link_id="plink", gateway_order_id="order")
        for links, references, gateway_orders in (
            ({"plink"}, set(), set()),
            (set(), {"att_1"}, set()),
            (set(), set(), {"order", "another"}),
        ):
            found = await orders.attempts_known_as(
                tx, link_ids=links, references=references, gateway_order_ids=gateway_orders
            )
            assert [known.id for known in found] == ["att_1"]
        nobody = await orders.attempts_known_as(
            tx, link_ids={"order"}, references={"plink"}, gateway_order_ids=set()
        )
        assert nobody == []

    await database.write(scenario)


async def test_attempts_are_due_when_their_time_has_come(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        attempt = await an_attempt(tx, await an_order(tx, await a_user(tx)))
        assert await orders.due(tx, 10_000, 10, "razorpay") == []
        await orders.change_attempt(tx, attempt.id, next_poll_at=50)
        assert await orders.due(tx, 49, 10, "razorpay") == []
        assert [due.id for due in await orders.due(tx, 50, 10, "razorpay")] == [attempt.id]

    await database.write(scenario)
