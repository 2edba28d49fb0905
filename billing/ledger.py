"""The ledger: every credit and every paisa moves here, once per key.

Double-entry: a movement takes from one account and gives to another. A reservation binds credits
until it is posted (they are spent) or voided (they come back). The database refuses whatever breaks
these rules; the code here asks first, so that it can say what is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from billing.errors import KeyReusedError, OverdrawnError, UnknownReservationError
from store import ledger as rows
from store.database import Transaction
from store.hours import Unit
from store.ledger import Balance, Phase, Transfer

PAISE = "paise"
CLEARING = "razorpay:clearing"
"""Below zero by what the gateway took in for us: money that came from there is owed here."""
SUSPENSE = "suspense"
"""Money that fits nothing, until a person decides."""
REVENUE = "revenue"
FEES = "fees"
REFUNDED = "refunded"
CHARGEBACKS = "chargebacks"
"""What banks took back after a lost dispute."""


@dataclass(frozen=True, slots=True)
class Books:
    """The accounts of one currency; what came in one never stands in another's."""

    unit: str
    clearing: str
    suspense: str
    revenue: str
    fees: str
    refunded: str


BOOKS: Mapping[str, Books] = {
    "INR": Books(PAISE, CLEARING, SUSPENSE, REVENUE, FEES, REFUNDED),
    "XTR": Books(
        "star", "stars:clearing", "stars:suspense", "stars:revenue", "stars:fees", "stars:refunded"
    ),
}
"""By currency; XTR are Telegram's Stars, which are whole."""
CURRENCIES: Mapping[str, str] = {"razorpay": "INR", "stars": "XTR"}
"""What each gateway takes."""


def hour_account(hour_id: str, unit: Unit) -> str:
    """The credits of an hour."""
    return f"hour:{hour_id}:{unit}"


def carry_account(carry_id: str) -> str:
    """The credits that came back from one reservation after its hour was over."""
    return f"carry:{carry_id}"


def deferred_account(order_id: str) -> str:
    """Money that was paid for hours of this order that have not begun."""
    return f"hours:deferred:{order_id}"


async def balances(tx: Transaction, *accounts: str) -> dict[str, Balance]:
    """What each account holds."""
    return await rows.balances(tx, accounts)


async def available(tx: Transaction, account: str) -> int:
    """What can still be taken from an account."""
    return (await rows.balances(tx, (account,)))[account].available


async def find(tx: Transaction, key: str) -> Transfer | None:
    """The movement or reservation of this key."""
    return await rows.find(tx, key)


async def times(tx: Transaction, key: str) -> int:
    """How many movements there are of a key that is counted: `key:0`, `key:1` and so on."""
    count = 0
    while await rows.find(tx, f"{key}:{count}"):
        count += 1
    return count


async def open_account(tx: Transaction, account: str, unit: str) -> None:
    """Open an account that never holds less than nothing; opening it again changes nothing."""
    await rows.open_account(tx, account, unit)


async def grant(
    tx: Transaction, account: str, unit: Unit, amount: int, *, key: str, now: int
) -> bool:
    """Open an account and put credits on it; False when this key already did."""
    await open_account(tx, account, unit)
    return amount > 0 and await move(tx, f"credits:{unit}", account, amount, key=key, now=now)


async def move(
    tx: Transaction, debit: str, credit: str, amount: int, *, key: str, now: int
) -> bool:
    """Move an amount at once; False when this key already did.

    Raises:
        OverdrawnError: `debit` holds less, and is an account that must not.
        KeyReusedError: The key moved something else.
    """
    return await _begin(tx, "posted", debit, credit, amount, key, now)


async def reserve(
    tx: Transaction, debit: str, credit: str, amount: int, *, key: str, now: int
) -> bool:
    """Bind an amount until it is posted or voided; False when this key already did.

    Raises:
        OverdrawnError: `debit` holds less.
        KeyReusedError: The key moved something else.
    """
    return await _begin(tx, "pending", debit, credit, amount, key, now)


async def post(tx: Transaction, key: str, now: int, amount: int | None = None) -> bool:
    """Spend what was reserved, or only `amount` of it; False when it was resolved before.

    Raises:
        UnknownReservationError: Nothing was reserved under this key.
        OverdrawnError: It is more than was reserved.
    """
    reserved = await _reservation(tx, key)
    taken = reserved.amount if amount is None else amount
    if reserved.resolution:
        return False
    if taken > reserved.amount:
        raise OverdrawnError(reserved.debit, taken, reserved.amount)
    if taken == 0:
        return await void(tx, key, now)
    await _resolve(tx, "post", reserved, taken, now)
    return True


async def void(tx: Transaction, key: str, now: int) -> bool:
    """Let what was reserved come back; False when it was resolved before.

    Raises:
        UnknownReservationError: Nothing was reserved under this key.
    """
    reserved = await _reservation(tx, key)
    if reserved.resolution:
        return False
    await _resolve(tx, "void", reserved, reserved.amount, now)
    return True


async def _begin(
    tx: Transaction, phase: Phase, debit: str, credit: str, amount: int, key: str, now: int
) -> bool:
    known = await rows.find(tx, key)
    if known:
        if (known.phase, known.debit, known.credit, known.amount) != (phase, debit, credit, amount):
            raise KeyReusedError(key)
        return False
    source = (await rows.balances(tx, (debit,)))[debit]
    if not source.may_overdraw and source.available < amount:
        raise OverdrawnError(debit, amount, source.available)
    await rows.add(tx, phase, debit, credit, amount, key=key, now=now)
    return True


async def _reservation(tx: Transaction, key: str) -> Transfer:
    found = await rows.find(tx, key)
    if found is None or found.phase != "pending":
        raise UnknownReservationError(key)
    return found


async def _resolve(
    tx: Transaction, phase: Phase, reserved: Transfer, amount: int, now: int
) -> None:
    await rows.add(
        tx,
        phase,
        reserved.debit,
        reserved.credit,
        amount,
        key=reserved.key,
        now=now,
        resolves=reserved.id,
    )
