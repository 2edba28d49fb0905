"""Hours for somebody else: paid by one, opened by whoever enters the code first.

A code is a random reference and a signature over it, so that neither a guess nor a look into the
database opens anything. What nobody claims in time becomes its giver's own; nothing is lost.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from billing.errors import GiftRefusedError, UnknownGiftError
from billing.hours import Hours
from store import gifts as rows
from store import orders, payments, users
from store.database import Transaction
from store.gifts import Gift
from store.ids import ALPHABET
from store.orders import Order

__all__ = ["Gift", "Gifts", "new_reference"]

REFERENCE_CHARACTERS = 9  # 45 bits
SIGNATURE_CHARACTERS = 6
GROUP = 5
ALIKE = str.maketrans("oil", "011")
"""Letters that a code does not have, and what they were meant for."""
BROUGHT_HOME_AT_ONCE = 100


def new_reference() -> str:
    """What a new gift is found by."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_CHARACTERS))


class Gifts:
    """Everything that becomes of gifts once they are paid."""

    def __init__(self, key: bytes, hours: Hours, clock: Callable[[], int]) -> None:
        self._key = key
        self._hours = hours
        self._clock = clock

    def code(self, gift: Gift) -> str:
        """The code of a gift as people read it: `7K2M9-QX4P1-8ZD3W`."""
        plain = f"{gift.reference}{self._signature(gift.reference)}".upper()
        return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))

    async def claim(self, tx: Transaction, typed: str, user_id: int, account: str) -> Order:
        """Give the hours of a gift to who entered its code; again changes nothing.

        Raises:
            UnknownGiftError: There is no such gift, or it was not paid.
            GiftRefusedError: Somebody else has it, its time is over, or its money went back.
        """
        gift = await self._find(tx, typed)
        order = await orders.get(tx, gift.order_id)
        assert order is not None, "a gift is an order"
        if gift.claimed_at is not None:
            if gift.claimed_by != user_id:
                raise GiftRefusedError("claimed")
            return order
        if order.status == "refunded" or await _goes_back(tx, order):
            raise GiftRefusedError("refunded")
        if order.status != "paid":
            raise UnknownGiftError(typed)
        is_over = gift.expires_at is not None and gift.expires_at <= self._clock()
        if is_over and user_id != order.user_id:
            raise GiftRefusedError("over")
        await self._give(tx, order, user_id, account)
        return order

    async def bring_home(self, tx: Transaction) -> list[str]:
        """Make gifts that nobody claimed in time their giver's own; return their orders."""
        late = await rows.expired(tx, self._clock(), BROUGHT_HOME_AT_ONCE)
        for gift in late:
            order = await orders.get(tx, gift.order_id)
            assert order is not None, "a gift is an order"
            await self._give(tx, order, order.user_id, "")
        return [gift.order_id for gift in late]

    async def _give(self, tx: Transaction, order: Order, user_id: int, account: str) -> None:
        now = self._clock()
        await rows.claim(tx, order.id, user_id, account, now)
        await self._hours.grant(tx, order)
        await users.audit(tx, now, account or "billing", "claim", order.id, user=user_id)

    async def _find(self, tx: Transaction, typed: str) -> Gift:
        characters = "".join(filter(str.isalnum, typed.lower())).translate(ALIKE)
        reference = characters[:REFERENCE_CHARACTERS]
        expected = f"{reference}{self._signature(reference)}"
        if not hmac.compare_digest(expected.encode(), characters.encode()):
            raise UnknownGiftError(typed)
        gift = await rows.find(tx, reference)
        if gift is None:
            raise UnknownGiftError(typed)
        return gift

    def _signature(self, reference: str) -> str:
        digest = hmac.digest(self._key, f"gift\n{reference}".encode(), hashlib.sha256)
        return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:SIGNATURE_CHARACTERS])


async def _goes_back(tx: Transaction, order: Order) -> bool:
    """Whether all of what was paid for an order was asked back."""
    payment = await payments.fulfilling(tx, order.id)
    if payment is None:
        return False
    asked = await payments.refunds_of(tx, payment.id)
    going = sum(refund.amount_paise for refund in asked if refund.status != "failed")
    return max(going, payment.refunded_paise) >= payment.amount_paise
