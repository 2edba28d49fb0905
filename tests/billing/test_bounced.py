import pytest

from billing import ledger
from billing.bounced import bring_back, times
from billing.gateway import ObservedPayment
from billing.ledger import CLEARING, REFUNDED, SUSPENSE
from store import payments as rows
from store.database import Database, Transaction
from store.payments import Decision, Payment, PaymentStatus, Refund
from tests.doubles.database import undone
from tests.doubles.rows import a_user, an_attempt, an_order


def seen(refunded: int) -> ObservedPayment:
    return ObservedPayment("pay_1", None, 100, "INR", "captured", refunded, "upi", None, None, 1)


async def known(
    tx: Transaction, refunded: int, *failed: int, decision: Decision = "fulfilled"
) -> Payment:
    """A payment of which so much went back, and refunds of it that banks did not take."""
    order = await an_order(tx, await a_user(tx, "2"))
    attempt = await an_attempt(tx, order)
    status: PaymentStatus = "refunded" if refunded == 100 else "captured"
    payment = Payment(
        "pay_1", "razorpay", attempt.id, order.id, 100, refunded, "INR", status, "upi", None, None,
        "poll", decision, 1, 1,
    )  # fmt: skip
    await rows.put(tx, payment)
    for number, paise in enumerate(failed):
        name = f"rfd_{number}"
        await rows.add_refund(tx, Refund(name, "pay_1", paise, name, "failed", 1, 1, f"r{number}"))
    return payment


async def test_only_a_failed_refund_explains_a_figure_that_falls(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 100, 40)

        assert await bring_back(tx, payment, seen(100), 5) == payment
        assert await bring_back(tx, payment, seen(61), 5) == payment
        brought = await bring_back(tx, payment, seen(60), 5)
        assert (brought.refunded_paise, brought.status) == (60, "captured")
        assert await rows.get(tx, "pay_1") == brought
        assert await bring_back(tx, brought, seen(60), 6) == brought
        assert await times(tx, "pay_1") == 1

    await undone(database, scenario)


async def test_an_old_answer_is_put_right_by_the_next(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 100, 100)
        await bring_back(tx, payment, seen(0), 5)
        again = await bring_back(tx, payment, seen(0), 6)
        assert again.refunded_paise == 0
        assert await times(tx, "pay_1") == 2

    await undone(database, scenario)


@pytest.mark.parametrize(("decision", "account"), [("fulfilled", REFUNDED), ("suspense", SUSPENSE)])
async def test_the_money_comes_back_to_where_it_was_taken_from(
    database: Database, decision: Decision, account: str
) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 100, 40, decision=decision)
        brought = await bring_back(tx, payment, seen(60), 5)
        moved = await ledger.find(tx, "bounced:pay_1:0")

        assert brought.updated_at == 5
        assert moved is not None
        assert (moved.debit, moved.credit, moved.amount) == (CLEARING, account, 40)

    await undone(database, scenario)


async def test_of_two_failed_refunds_the_one_that_explains_most_came_back(
    database: Database,
) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 100, 30, 60)

        assert (await bring_back(tx, payment, seen(35), 5)).refunded_paise == 40

    await undone(database, scenario)


async def test_a_single_paisa_comes_back_too(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 100, 1)

        assert (await bring_back(tx, payment, seen(99), 5)).refunded_paise == 99

    await undone(database, scenario)


async def test_a_refund_that_the_gateway_never_began_explains_nothing(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        payment = await known(tx, 60)
        for refund in (
            Refund("rfd_a", "pay_1", 10, "never begun", "failed", 1, 1),
            Refund("rfd_b", "pay_1", 10, "done", "processed", 1, 1, "r_b"),
        ):
            await rows.add_refund(tx, refund)

        assert await bring_back(tx, payment, seen(50), 5) == payment

    await undone(database, scenario)
