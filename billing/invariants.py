"""What is always true of money and credits, whatever happened; a breach is a bug or a broken disk.

The database's own constraints and triggers refuse most of it; this finds what slipped through.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from store import breaches
from store.breaches import Found
from store.database import Transaction

READ_WITHIN_S = 600
"""How long a webhook may wait until somebody is told."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not be."""

    invariant: str
    subject: str
    """The id of what is wrong."""
    how: str

    def __str__(self) -> str:
        """One line for a log."""
        return f"{self.invariant}: {self.subject} {self.how}"


async def the_books_balance(tx: Transaction, _now: int) -> list[Found]:
    """Every unit adds up to zero, and no account holds less than nothing."""
    return await breaches.unbalanced_books(tx)


async def every_payment_is_for_something(tx: Transaction, _now: int) -> list[Found]:
    """Money that was taken bought something or is held, and the books agree."""
    return await breaches.undecided_payments(tx)


async def every_hour_was_bought(tx: Transaction, _now: int) -> list[Found]:
    """A paid order has its hours, or is a gift that waits, and no order has more."""
    return await breaches.unbought_hours(tx)


async def no_more_goes_back_than_came(tx: Transaction, _now: int) -> list[Found]:
    """The refunds of a payment stay within it."""
    return await breaches.excessive_refunds(tx)


async def every_hour_was_paid(tx: Transaction, _now: int) -> list[Found]:
    """Hours have a payment of exactly their price, or an admin who gave them."""
    return await breaches.unpaid_hours(tx)


async def one_link_is_open(tx: Transaction, _now: int) -> list[Found]:
    """Nothing can be paid twice by accident."""
    return await breaches.rival_attempts(tx)


async def every_webhook_is_read(tx: Transaction, now: int) -> list[Found]:
    """What the gateway said is worked through in time; deleting it is what a trigger refuses."""
    return await breaches.unread_webhooks(tx, now - READ_WITHIN_S)


async def the_gateway_owes_what_the_books_say(tx: Transaction, _now: int) -> list[Found]:
    """Clearing is what was captured, less fees and refunds."""
    return await breaches.strayed_clearing(tx)


async def what_people_see_is_the_ledgers(tx: Transaction, _now: int) -> list[Found]:
    """Credits shown are credits given, and jobs are charged for what became of them."""
    return await breaches.strayed_credits(tx)


async def receipts_are_numbered_without_gaps(tx: Transaction, _now: int) -> list[Found]:
    """Each series counts from one, and each receipt is of the money that it names."""
    return await breaches.torn_receipts(tx)


Invariant = Callable[[Transaction, int], Awaitable[list[Found]]]

INVARIANTS: tuple[Invariant, ...] = (
    the_books_balance,
    every_payment_is_for_something,
    every_hour_was_bought,
    no_more_goes_back_than_came,
    every_hour_was_paid,
    one_link_is_open,
    every_webhook_is_read,
    the_gateway_owes_what_the_books_say,
    what_people_see_is_the_ledgers,
    receipts_are_numbered_without_gaps,
)


async def check(tx: Transaction, now: int) -> list[Breach]:
    """Look for every breach; an empty list is good news."""
    return [
        Breach(invariant.__name__, subject, how)
        for invariant in INVARIANTS
        for subject, how in await invariant(tx, now)
    ]
