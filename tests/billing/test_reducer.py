"""However and in whatever order payments are seen, each has one place and one buys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.business import BusinessSettings
from billing.gateway import LinkStatus, ObservedLink, ObservedPayment, PaymentStatus
from billing.hours import Hours
from billing.ledger import CLEARING, SUSPENSE, balances
from billing.orders import Orders
from billing.receipts import Receipts
from billing.reducer import RANK, Policy
from billing.refunds import Refunds
from billing.settlement import Settlement
from store import hours as hour_rows
from store import orders as order_rows
from store import payments as rows
from store.database import Database, Transaction
from tests.doubles.clock import START, FakeClock
from tests.doubles.database import undone
from tests.doubles.gateway import FakeGateway
from tests.doubles.work import RecordingWork

PRICE, LINK_S, GRACE_S = 10_000, 20 * 60, 30 * 60
TAKEN = ("captured", "refunded")

amounts = st.sampled_from((PRICE, PRICE, PRICE, 100, PRICE + 1))
currencies = st.sampled_from(("INR", "INR", "INR", "USD"))
paths: st.SearchStrategy[tuple[PaymentStatus, ...]] = st.sampled_from(
    (
        ("created", "authorized", "captured"),
        ("failed", "captured"),
        ("authorized",),
        ("failed",),
        ("created", "captured", "refunded"),
        ("captured",),
    )
)


@dataclass(frozen=True)
class Truth:
    """A payment's whole life, as the gateway would tell it step by step."""

    stages: tuple[ObservedPayment, ...]

    @property
    def last(self) -> ObservedPayment:
        return self.stages[-1]


@st.composite
def truths(draw: st.DrawFn) -> list[Truth]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        amount = draw(amounts)
        late = draw(st.sampled_from((0, 0, 0, LINK_S + GRACE_S + 1)))
        first = ObservedPayment(
            id=f"pay_{number}",
            order_id="order_1",
            amount_paise=amount,
            currency=draw(currencies),
            status="created",
            refunded_paise=0,
            method="upi",
            fee_paise=None,
            tax_paise=None,
            created_at=START + late + number,
        )
        stages = []
        for status in draw(paths):
            taken = status in TAKEN
            stages.append(
                replace(
                    first,
                    status=status,
                    fee_paise=amount // 50 if taken else None,
                    refunded_paise=amount if status == "refunded" else 0,
                )
            )
        made.append(Truth(tuple(stages)))
    return made


looks = st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), max_size=5)
statuses: st.SearchStrategy[LinkStatus] = st.sampled_from(
    ("created", "paid", "expired", "cancelled")
)


def seen(truth: Sequence[Truth], look: Sequence[int]) -> tuple[ObservedPayment, ...]:
    """One look: how far each payment has come, -1 when the answer lacks it."""
    shown = zip(truth, look, strict=False)
    return tuple(t.stages[min(at, len(t.stages) - 1)] for t, at in shown if at >= 0)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(truth=truths(), history=looks, status=statuses, cancelled=st.booleans())
async def test_however_it_is_looked_at_one_payment_buys_and_the_rest_is_held(
    database: Database,
    orders: Orders,
    hours: Hours,
    user: int,
    truth: list[Truth],
    history: list[list[int]],
    status: LinkStatus,
    cancelled: bool,
) -> None:
    settlement = Settlement(
        "razorpay",
        hours,
        RecordingWork(),
        FakeClock(),
        Policy(GRACE_S),
        Receipts(BusinessSettings(), FakeClock()),
        Refunds(database, FakeGateway(FakeClock()), RecordingWork(), FakeClock()),
    )

    async def scenario(tx: Transaction) -> None:
        opened = await orders.open(tx, user, "flash", 1, "razorpay")
        order_id, attempt_id = opened.order.id, opened.attempt.id
        await order_rows.change_attempt(tx, attempt_id, state="open", link_id="plink_1", url="u")
        await order_rows.set_status(tx, order_id, "cancelled" if cancelled else "open")
        link = ObservedLink("plink_1", attempt_id, status, PRICE, "INR", "u", None, "order_1")

        async def look(payments: tuple[ObservedPayment, ...]) -> int:
            attempt = await order_rows.attempt(tx, attempt_id)
            assert attempt is not None
            return len(await settlement.settle(tx, attempt, link, payments, "poll"))

        states = []
        for stage in history:
            await look(seen(truth, stage))
            states.append((await orders.get(tx, order_id)).order.status)
        await look(tuple(t.last for t in truth))
        assert await look(tuple(t.last for t in truth)) == 0, "what was done is done"
        assert all(a != "paid" or b in ("paid", "refunded") for a, b in pairwise(states))
        await check(tx, order_id, truth)

    await undone(database, scenario)


async def check(tx: Transaction, order_id: str, truth: Sequence[Truth]) -> None:
    known = await rows.of_order(tx, order_id)
    assert {payment.id: payment.status for payment in known} == {
        t.last.id: max((s.status for s in t.stages), key=RANK.__getitem__) for t in truth
    }
    taken = [payment for payment in known if payment.status in TAKEN]
    fulfilling = [payment for payment in taken if payment.decision == "fulfilled"]
    held = [payment for payment in taken if payment.decision == "suspense"]
    assert len(fulfilling) + len(held) == len(taken), "no money is dropped"
    assert len(await hour_rows.of_order(tx, order_id)) == len(fulfilling) <= 1
    for payment in fulfilling:
        assert (payment.amount_paise, payment.currency) == (PRICE, "INR")
        assert payment.created_at <= START + LINK_S + GRACE_S
    fits = [
        p for p in taken if (p.amount_paise, p.currency, p.status) == (PRICE, "INR", "captured")
    ]
    in_time = [payment for payment in fits if payment.created_at <= START + LINK_S + GRACE_S]
    assert fulfilling or not in_time, "money that fits buys what was ordered"
    status = (await order_rows.get(tx, order_id)).status  # type: ignore[union-attr]  # it exists
    if any(payment.refunded_paise < payment.amount_paise for payment in fulfilling):
        assert status == "paid"
    elif not fulfilling and any(p.refunded_paise < p.amount_paise for p in held):
        assert status == "review"
    await check_books(tx, taken)


async def check_books(tx: Transaction, taken: Sequence[rows.Payment]) -> None:
    rupees = [payment for payment in taken if payment.currency == "INR"]
    owed = sum(p.amount_paise - p.refunded_paise - (p.fee_paise or 0) for p in rupees)
    held = await balances(tx, CLEARING, SUSPENSE)
    assert held[CLEARING].posted == -owed
    assert held[SUSPENSE].posted == sum(
        p.amount_paise - p.refunded_paise for p in rupees if p.decision == "suspense"
    )
    total = await tx.execute(sa.text("SELECT sum(posted) FROM account_balances WHERE unit='paise'"))
    assert total.scalar_one() == 0
