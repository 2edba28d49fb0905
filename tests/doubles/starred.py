"""A bot that is also paid in the platform's own money, and people who pay so."""

from dataclasses import replace
from functools import partial
from itertools import count

from billing.orders import Orders
from billing.payments import Payments
from billing.reducer import Policy
from billing.stars import NAME, Stars
from chat.model import Address, Charge, Charged, Checkout, Reply, UserRef
from handlers import delivery
from handlers.routes import build_router
from handlers.services import StarTill
from store.cards import DELIVER
from store.work import Kind, Queue
from tests.doubles.hub import ASHA, Hub
from tests.doubles.star_till import FakeTill

PRICES = {"flash": 75, "pro": 150}
_events = count(1)


def with_stars(hub: Hub, *, only: bool = False, sells_for_rupees: bool = True) -> FakeTill:
    """Let a hub take Stars on its first platform."""
    till, was = FakeTill(), hub.services
    stars = Stars(was.database, till, hub.work, hub.clock)
    payments = Payments(
        was.database,
        stars,
        was.hours,
        hub.work,
        hub.clock,
        callback_url=None,
        business=was.business,
        policy=Policy(refund_at_once=frozenset({"paid_twice", "late"})),
        name=NAME,
    )
    hub.services = replace(
        was,
        orders=Orders(was.plans, was.hours, hub.work, hub.clock, star_prices=PRICES),
        payments=was.payments if sells_for_rupees else None,
        stars=StarTill("telegram", stars, payments, only=only),
    )
    hub.router = build_router(hub.services)
    deliver = partial(delivery.deliver, hub.services)
    hub.work.declare(Kind(DELIVER, Queue("chat", 4), deliver), *payments.kinds())
    return till


def _who(user: str) -> tuple[UserRef, Address]:
    return UserRef("telegram", user, "Asha"), Address("telegram", user, private=True)


async def check_out(hub: Hub, payload: str, amount: int, user: str = ASHA) -> Reply | None:
    """The platform asks whether somebody may pay."""
    who, where = _who(user)
    event = f"star-{next(_events)}"
    return await hub.router.dispatch(Checkout(event, who, where, payload, amount, "XTR"))


async def tell(hub: Hub, charge: Charge, user: str = ASHA) -> None:
    """The platform says that somebody paid."""
    who, where = _who(user)
    assert await hub.router.dispatch(Charged(f"star-{next(_events)}", who, where, charge)) is None
    await hub.work.run()


def charge_of(hub: Hub, till: FakeTill, payload: str, amount: int, user: str = ASHA) -> Charge:
    """Somebody pays, and the platform has not said so yet."""
    paid = till.pay(payload, amount, payer=user, now=hub.clock())
    return Charge(
        paid.charge_id, paid.payload, paid.payer, paid.amount, paid.currency, paid.paid_at
    )
