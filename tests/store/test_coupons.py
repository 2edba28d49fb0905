from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from store import coupons, orders
from store.coupons import CouponUse
from store.database import Database, Transaction
from store.orders import OrderStatus
from tests.doubles.database import undone
from tests.doubles.rows import a_coupon, a_user, an_order


async def used(tx: Transaction, user: int, order: str, status: OrderStatus = "opening") -> None:
    await an_order(tx, user, order)
    await orders.set_status(tx, order, status, 5 if status in ("paid", "refunded") else None)
    await coupons.use(tx, CouponUse(order, "DIWALI", user, f"telegram:{user}", 2000, 1))


async def test_a_coupon_is_read_as_it_was_made(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        made = await a_coupon(tx, plans=["flash"], uses_max=3, ends_at=99)

        assert await coupons.get(tx, "DIWALI") == made
        assert await coupons.newest(tx, 9) == [made]
        assert await coupons.get(tx, "HOLI") is None

    await undone(database, scenario)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("opening", True),
        ("open", True),
        ("review", True),
        ("paid", True),
        ("refunded", True),
        ("expired", False),
        ("cancelled", False),
        ("rejected", False),
    ],
)
async def test_a_use_counts_as_long_as_its_order_can_be_paid_or_was(
    database: Database, status: OrderStatus, counts: bool
) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await a_user(tx, "1"), await a_user(tx, "2")
        await a_coupon(tx)
        await used(tx, asha, "ord_1", status)

        assert await coupons.uses(tx, "DIWALI", ravi) == counts
        paid = status in ("paid", "review", "refunded")
        assert await coupons.paid_uses(tx, "DIWALI") == paid

    await undone(database, scenario)


async def test_money_that_bought_nothing_and_went_back_uses_nothing(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha = await a_user(tx)
        await a_coupon(tx)
        await an_order(tx, asha)
        await orders.set_status(tx, "ord_1", "refunded")
        await coupons.use(tx, CouponUse("ord_1", "DIWALI", asha, "telegram:1", 2000, 1))

        assert await coupons.uses(tx, "DIWALI", asha) == 0

    await undone(database, scenario)


async def test_ones_own_unpaid_order_does_not_stand_in_the_way(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await a_user(tx, "1"), await a_user(tx, "2")
        await a_coupon(tx)
        await used(tx, asha, "ord_1", "open")

        assert await coupons.uses_by(tx, "DIWALI", asha, "telegram:1") == 0
        assert await coupons.open_orders(tx, "DIWALI", asha) == ["ord_1"]
        assert await coupons.open_orders(tx, "DIWALI", ravi) == []
        # An account that left the wallet is still the one that used it.
        assert await coupons.uses_by(tx, "DIWALI", ravi, f"telegram:{asha}") == 1

    await undone(database, scenario)


@pytest.mark.parametrize("terms", [{"uses_max": 1, "uses_each": 9}, {"uses_each": 1}])
async def test_the_database_refuses_a_use_beyond_the_limits(
    database: Database, terms: dict[str, Any]
) -> None:
    async def scenario(tx: Transaction) -> None:
        asha = await a_user(tx)
        await a_coupon(tx, **terms)
        await used(tx, asha, "ord_1", "paid")
        with pytest.raises(IntegrityError, match="uses of this coupon"):
            await used(tx, asha, "ord_2")

    await undone(database, scenario)


async def test_the_database_knows_an_account_again_in_another_wallet(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, anew = await a_user(tx, "1"), await a_user(tx, "2")
        await a_coupon(tx)
        await used(tx, asha, "ord_1", "paid")
        await an_order(tx, anew, "ord_2")
        with pytest.raises(IntegrityError, match="has had all uses"):
            await coupons.use(tx, CouponUse("ord_2", "DIWALI", anew, f"telegram:{asha}", 2000, 1))

    await undone(database, scenario)


async def test_an_order_has_one_coupon(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha = await a_user(tx)
        await a_coupon(tx, uses_each=9)
        await used(tx, asha, "ord_1", "paid")
        with pytest.raises(IntegrityError, match="UNIQUE"):
            await coupons.use(tx, CouponUse("ord_1", "DIWALI", asha, "telegram:1", 2000, 1))

    await undone(database, scenario)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE coupons SET percent = 99",
        "UPDATE coupons SET uses_max = 5",
        "DELETE FROM coupons",
        "UPDATE coupon_uses SET paise_off = 1",
        "DELETE FROM coupon_uses",
        "UPDATE coupons SET stopped_at = NULL",
    ],
)
async def test_what_people_were_told_never_changes(database: Database, statement: str) -> None:
    async def scenario(tx: Transaction) -> None:
        asha = await a_user(tx)
        await a_coupon(tx)
        await used(tx, asha, "ord_1", "paid")
        await coupons.stop(tx, "DIWALI", 5)
        with pytest.raises(IntegrityError):
            await tx.exec_driver_sql(statement)

    await undone(database, scenario)


@pytest.mark.parametrize(
    "terms",
    [
        {"percent": 100},
        {"percent": None},
        {"paise_off": 500},
        {"percent": None, "paise_off": 0},
        {"code": "diwali"},
        {"code": "X" * 21},
        {"uses_each": 0},
    ],
)
async def test_a_coupon_without_sense_is_refused(database: Database, terms: dict[str, Any]) -> None:
    async def scenario(tx: Transaction) -> None:
        with pytest.raises(IntegrityError):
            await a_coupon(tx, **terms)

    await undone(database, scenario)


async def test_a_coupon_is_live_until_it_ends_or_is_stopped(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        assert not await coupons.is_any_live(tx, 10)
        await a_coupon(tx, ends_at=20)
        assert await coupons.is_any_live(tx, 19)
        assert not await coupons.is_any_live(tx, 20)

        assert await coupons.stop(tx, "DIWALI", 10)
        assert not await coupons.stop(tx, "DIWALI", 11)
        assert not await coupons.is_any_live(tx, 19)
        stopped = await coupons.get(tx, "DIWALI")
        assert stopped is not None
        assert stopped.stopped_at == 10

    await undone(database, scenario)
