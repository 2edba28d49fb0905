"""Receipts and, for a seller who is registered for the tax, tax invoices.

A receipt is issued in the transaction that fulfils its order, so that every number belongs to money
that came, and none is left out. It is never changed afterwards.
"""

from collections.abc import Callable
from datetime import datetime

from billing import gst
from billing.business import BusinessSettings
from billing.gst import Split
from billing.hours_settings import IST
from store import links, users
from store import receipts as rows
from store.database import Transaction
from store.orders import Order
from store.payments import Payment
from store.receipts import Receipt

__all__ = ["Receipt", "Receipts", "financial_year", "is_invoice"]

INVOICE, PLAIN = "T", "R"
APRIL = 4


class Receipts:
    """Issues receipts in the operator's name."""

    def __init__(self, business: BusinessSettings, clock: Callable[[], int]) -> None:
        self._business = business
        self._clock = clock

    async def issue(self, tx: Transaction, order: Order, payment: Payment) -> Receipt:
        """The receipt of what paid an order; the first time, the next number is taken."""
        if known := await rows.of_order(tx, order.id):
            return known
        now, total = self._clock(), payment.amount_paise
        is_taxed = bool(self._business.gstin) and payment.currency == "INR"
        state = await self._place_of_supply(tx, order.user_id) if is_taxed else ""
        parts = self._split(total, state) if is_taxed else Split(total)
        series = f"{INVOICE if is_taxed else PLAIN}/{financial_year(now)}"
        receipt = Receipt(
            series=series,
            number=await rows.next_number(tx, series),
            order_id=order.id,
            payment_id=payment.id,
            seller=self._business.model_dump(mode="json"),
            buyer=await _name_of(tx, order.user_id),
            state=state,
            currency=payment.currency,
            total=total,
            taxable=parts.taxable,
            cgst=parts.cgst,
            sgst=parts.sgst,
            igst=parts.igst,
            issued_at=now,
        )
        await rows.add(tx, receipt)
        return receipt

    async def _place_of_supply(self, tx: Transaction, user_id: int) -> str:
        """Where the buyer lives; the law takes the seller's State for one who never said."""
        return await users.state_of(tx, user_id) or self._business.state

    def _split(self, total: int, state: str) -> Split:
        return gst.split(total, is_within_the_state=state == self._business.state)


def financial_year(moment: int) -> str:
    """The year that books are kept by in India, from April to March: `26-27`."""
    then = datetime.fromtimestamp(moment, IST)
    begun = then.year if then.month >= APRIL else then.year - 1
    return f"{begun % 100:02d}-{(begun + 1) % 100:02d}"


def is_invoice(receipt: Receipt) -> bool:
    """Whether a receipt is a tax invoice."""
    return receipt.series.startswith(f"{INVOICE}/")


async def _name_of(tx: Transaction, user_id: int) -> str:
    known_as = await links.identities_of(tx, user_id)
    return known_as[0].name if known_as else ""
