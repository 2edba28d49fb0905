import pytest
from sqlalchemy.exc import IntegrityError

from store import gifts, links, orders
from store.database import Database, Transaction
from store.gifts import Gift
from tests.doubles.database import undone
from tests.doubles.rows import a_user, an_order


async def given(tx: Transaction, *, status: orders.OrderStatus = "paid") -> tuple[int, int]:
    """A gift of Asha's; returns her and Ravi."""
    asha, ravi = await a_user(tx, "1"), await a_user(tx, "2")
    await an_order(tx, asha)
    await orders.set_status(tx, "ord_1", status)
    await gifts.add(tx, Gift("ord_1", "ref", 1))
    return asha, ravi


async def test_a_gift_is_found_by_its_reference_and_by_its_order(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await given(tx)

        assert await gifts.find(tx, "ref") == await gifts.of_order(tx, "ord_1")
        assert await gifts.find(tx, "other") is None

    await undone(database, scenario)


async def test_its_hours_are_nobodys_until_it_is_claimed(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await given(tx)
        order = await orders.get(tx, "ord_1")
        assert order is not None
        assert await gifts.owner_of(tx, order) is None
        plain = await an_order(tx, ravi, "ord_2")
        assert await gifts.owner_of(tx, plain) == ravi

        assert await gifts.claim(tx, "ord_1", ravi, "telegram:2", 5)
        assert not await gifts.claim(tx, "ord_1", asha, "telegram:1", 6)

        assert await gifts.owner_of(tx, order) == ravi

    await undone(database, scenario)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gifts SET claimed_at = 9",
        "UPDATE gifts SET claimed_at = NULL, claimed_by = NULL, account = NULL",
        "UPDATE gifts SET reference = 'x'",
        "DELETE FROM gifts",
    ],
)
async def test_the_database_lets_nobody_claim_again(database: Database, statement: str) -> None:
    async def scenario(tx: Transaction) -> None:
        _, ravi = await given(tx)
        await gifts.claim(tx, "ord_1", ravi, "telegram:2", 5)
        with pytest.raises(IntegrityError):
            await tx.exec_driver_sql(statement)

    await undone(database, scenario)


async def test_a_gift_is_claimed_by_somebody_or_not_at_all(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await given(tx)
        with pytest.raises(IntegrityError):
            await tx.exec_driver_sql("UPDATE gifts SET claimed_at = 9")

    await undone(database, scenario)


async def test_the_first_word_on_its_time_counts(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, _ = await given(tx)
        await gifts.set_expiry(tx, "ord_1", 100)
        await gifts.set_expiry(tx, "ord_1", 900)

        assert await gifts.expired(tx, 99, 9) == []
        (late,) = await gifts.expired(tx, 100, 9)
        assert late.expires_at == 100
        assert await gifts.waiting_of(tx, asha, 9) == [late]

    await undone(database, scenario)


@pytest.mark.parametrize("status", ["open", "cancelled", "refunded", "review"])
async def test_only_what_was_paid_waits(database: Database, status: orders.OrderStatus) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, _ = await given(tx, status=status)
        await gifts.set_expiry(tx, "ord_1", 100)

        assert await gifts.expired(tx, 100, 9) == []
        assert await gifts.waiting_of(tx, asha, 9) == []

    await undone(database, scenario)


async def test_a_claimed_gift_moves_with_who_claimed_it(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        asha, ravi = await given(tx)
        await gifts.claim(tx, "ord_1", ravi, "telegram:2", 5)
        meera = await a_user(tx, "3")

        await links.move(tx, ravi, meera)

        gift = await gifts.of_order(tx, "ord_1")
        assert gift is not None
        assert gift.claimed_by == meera
        order = await orders.get(tx, "ord_1")
        assert order is not None
        assert order.user_id == asha

    await undone(database, scenario)
