from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from billing.errors import NotRefundableError, NotSoldForStarsError, RejectedError, UnavailableError
from billing.gateway import LinkRequest
from billing.hours import Hours
from billing.invariants import READ_WITHIN_S, check
from billing.ledger import BOOKS, balances
from billing.orders import OpenedOrder, Orders
from billing.payments import Payments
from billing.plans import Plans
from billing.reducer import Policy
from billing.stars import CURRENCY, NAME, Stars, payment_id_of
from store import users
from store.database import Database, Transaction
from tests.doubles.clock import FakeClock
from tests.doubles.shop import Shop
from tests.doubles.star_till import FakeCharge, FakeTill
from tests.doubles.work import RecordingWork

PRICES = {"flash": 75, "pro": 150}
BOOK = BOOKS[CURRENCY]


@pytest.fixture
def till() -> FakeTill:
    return FakeTill()


@pytest.fixture
def stars(database: Database, till: FakeTill, work: RecordingWork, clock: FakeClock) -> Stars:
    return Stars(database, till, work, clock)


@pytest.fixture
async def counter(
    database: Database,
    stars: Stars,
    plans: Plans,
    hours: Hours,
    work: RecordingWork,
    clock: FakeClock,
    user: int,
) -> AsyncIterator[Shop[Stars]]:
    """A shop that takes Stars, whose books are sound when the test is over."""
    payments = Payments(
        database,
        stars,
        hours,
        work,
        clock,
        callback_url=None,
        policy=Policy(refund_at_once=frozenset({"paid_twice", "late"})),
        name=NAME,
    )
    work.declare(*payments.kinds())
    orders = Orders(plans, hours, work, clock, star_prices=PRICES)
    yield Shop(database, orders, hours, payments, stars, work, clock, user)
    async with database.read() as tx:
        assert await check(tx, clock()) == []


async def ordered(counter: Shop[Stars], plan: str = "flash", hours: int = 1) -> OpenedOrder:
    opened = await counter.database.write(
        lambda tx: counter.orders.open(tx, counter.user, plan, hours, NAME)
    )
    await counter.work.run()
    return opened


async def told(counter: Shop[Stars], charge: FakeCharge) -> bool:
    """Telegram says that this was paid."""
    new = await counter.database.write(lambda tx: counter.gateway.take(tx, charge))
    await counter.work.run()
    return new


async def allowed(
    counter: Shop[Stars],
    payload: str,
    user: int | None,
    amount: int = 75,
    currency: str = CURRENCY,
) -> bool:
    async def decide(tx: Transaction) -> bool:
        return await counter.gateway.may_be_paid(tx, payload, user, amount, currency)

    return await counter.database.write(decide)


async def held(counter: Shop[Stars]) -> dict[str, int]:
    accounts = (BOOK.clearing, BOOK.suspense, BOOK.revenue, BOOK.refunded)
    async with counter.database.read() as tx:
        return {name: each.posted for name, each in (await balances(tx, *accounts)).items()}


async def test_an_order_in_stars_gets_an_invoice_of_its_own_price(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter, "flash", 3)

    state = await counter.state(opened)
    assert (state.order.amount_paise, state.order.currency, state.order.status) == (
        225, "XTR", "open",
    )  # fmt: skip
    assert till.invoices == [("3 hours of Flash", "3 hours of Flash", opened.attempt.id, 225)]
    assert state.attempt is not None
    assert state.attempt.url == "https://t.me/$invoice1"


async def test_a_plan_without_a_price_in_stars_is_not_sold_for_them(counter: Shop[Stars]) -> None:
    with pytest.raises(NotSoldForStarsError):
        await ordered(counter, "flash-lite")


@pytest.mark.fault("F48")
async def test_a_charge_opens_the_hours_once_however_often_it_is_told(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter, "flash", 2)
    charge = till.pay(opened.attempt.id, 150, now=counter.clock())

    assert await told(counter, charge)
    assert not await told(counter, charge)

    assert await counter.status(opened) == "paid"
    assert await counter.hours_of(opened) == 2
    assert (await held(counter))[BOOK.clearing] == -150


async def test_stars_are_earned_in_their_own_books(
    counter: Shop[Stars], till: FakeTill, hours: Hours
) -> None:
    opened = await ordered(counter)
    await told(counter, till.pay(opened.attempt.id, 75, now=counter.clock()))
    await counter.database.write(lambda tx: hours.start(tx, counter.user))

    assert (await held(counter))[BOOK.revenue] == 75
    assert await counter.books() == {"razorpay:clearing": 0, "suspense": 0}


@pytest.mark.fault("F48")
async def test_a_second_charge_goes_back_by_itself(counter: Shop[Stars], till: FakeTill) -> None:
    opened = await ordered(counter)
    first, second = (till.pay(opened.attempt.id, 75, now=counter.clock()) for _ in range(2))
    await told(counter, first)
    await told(counter, second)

    assert till.returned == [("1", second.charge_id)]
    assert await counter.status(opened) == "paid"
    assert await held(counter) == {
        BOOK.clearing: -75, BOOK.suspense: 0, BOOK.revenue: 0, BOOK.refunded: 0,
    }  # fmt: skip


async def test_before_it_is_paid_an_invoice_is_looked_at(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter)
    payload = opened.attempt.id
    ravi = await counter.database.write(
        lambda tx: users.add(tx, "telegram", "2", "Ravi", "en", counter.clock())
    )
    assert await allowed(counter, payload, counter.user)
    assert not await allowed(counter, payload, ravi.id)
    assert not await allowed(counter, payload, None)
    assert not await allowed(counter, payload, counter.user, 74)
    assert not await allowed(counter, payload, counter.user, 75, "INR")
    assert not await allowed(counter, "att_none", counter.user)

    charge = till.pay(payload, 75, now=counter.clock())
    await counter.database.write(lambda tx: counter.gateway.take(tx, charge))
    assert not await allowed(counter, payload, counter.user), "paid, and not looked at yet"
    await counter.work.run()
    assert not await allowed(counter, payload, counter.user)


@pytest.mark.fault("F48")
async def test_neither_a_cancelled_nor_an_expired_order_can_be_paid(
    counter: Shop[Stars],
) -> None:
    cancelled = await ordered(counter)
    await counter.cancel(cancelled)
    await counter.work.run()
    assert await counter.status(cancelled) == "cancelled"
    assert not await allowed(counter, cancelled.attempt.id, counter.user)

    expired = await ordered(counter)
    counter.clock.now = expired.attempt.expires_at - 1
    assert await allowed(counter, expired.attempt.id, counter.user)
    counter.clock.pass_(1)
    assert not await allowed(counter, expired.attempt.id, counter.user), "before anybody looked"
    await counter.poll_after(60)
    assert await counter.status(expired) == "expired"
    assert not await allowed(counter, expired.attempt.id, counter.user)


async def test_who_was_let_through_and_paid_while_the_order_was_cancelled_has_the_hour(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter)
    await counter.cancel(opened)
    await counter.work.run()
    await told(counter, till.pay(opened.attempt.id, 75, now=counter.clock()))

    assert await counter.status(opened) == "paid"


async def test_a_refund_goes_to_who_paid_and_takes_the_hours_back(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter)
    charge = till.pay(opened.attempt.id, 75, payer="77", now=counter.clock())
    await told(counter, charge)
    payment_id = payment_id_of(charge.charge_id)
    till.fail = [UnavailableError("no line")]

    await counter.database.write(
        lambda tx: counter.payments.refunds.request(tx, payment_id, "sorry", "telegram:9")
    )
    await counter.work.run()
    await counter.work.run()

    assert till.returned == [("77", charge.charge_id)]
    assert await counter.status(opened) == "refunded"
    assert await counter.database.write(lambda tx: counter.hours.live(tx, counter.user)) == []
    with pytest.raises(NotRefundableError):
        await counter.database.write(
            lambda tx: counter.payments.refunds.request(tx, payment_id, "again", "telegram:9")
        )


async def test_stars_go_back_whole_or_not_at_all(
    counter: Shop[Stars], till: FakeTill, stars: Stars
) -> None:
    opened = await ordered(counter)
    charge = till.pay(opened.attempt.id, 75, now=counter.clock())
    await told(counter, charge)
    for payment_id, amount in ((payment_id_of(charge.charge_id), 74), ("star_none", 75)):
        with pytest.raises(RejectedError):
            await stars.refund(payment_id, amount, "rfd_1")
    assert till.returned == []


@pytest.mark.fault("F48")
async def test_a_charge_whose_update_was_lost_is_found_in_the_list(
    counter: Shop[Stars], till: FakeTill
) -> None:
    opened = await ordered(counter)
    till.pay(opened.attempt.id, 75, now=counter.clock())

    for _ in range(2):
        await counter.payments.sweeps.begin_due()
        await counter.work.run()
        counter.clock.pass_(300)

    assert await counter.status(opened) == "paid"


async def test_an_invoice_that_could_not_be_made_is_asked_for_again(
    counter: Shop[Stars], till: FakeTill
) -> None:
    till.fail = [UnavailableError("no line")]
    opened = await ordered(counter)
    assert await counter.status(opened) == "opening"

    await counter.poll_after(5)

    assert await counter.status(opened) == "open"


async def test_a_charge_for_nothing_that_we_know_is_reported(
    database: Database, stars: Stars, till: FakeTill, clock: FakeClock
) -> None:
    charge = till.pay("att_of_a_lost_database", 75, now=clock())
    assert await database.write(lambda tx: stars.take(tx, charge))

    async with database.read() as tx:
        assert await check(tx, clock()) == []
        (breach,) = await check(tx, clock() + READ_WITHIN_S + 1)
    assert breach.subject == payment_id_of(charge.charge_id)


async def test_links_of_others_are_unknown(stars: Stars) -> None:
    assert await stars.find_link("att_none") is None
    with pytest.raises(RejectedError):
        await stars.fetch_link("inv_att_none")
    with pytest.raises(RejectedError):
        await stars.capture("star_none", 75)
    assert not stars.signed_webhook(b"x", "good")
    assert stars.signed_return({}) is None


async def test_a_link_found_again_is_the_one_that_was_made(
    counter: Shop[Stars], stars: Stars
) -> None:
    opened = await ordered(counter)
    found = await stars.find_link(opened.attempt.id)
    assert found is not None
    assert (found.status, found.amount_paise, found.currency) == ("created", 75, "XTR")
    made = await stars.create_link(
        LinkRequest(opened.attempt.id, 75, "XTR", "x" * 50, counter.clock(), {}, None)
    )
    assert replace(made, url=found.url, expires_at=found.expires_at) == found
