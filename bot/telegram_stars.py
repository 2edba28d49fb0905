"""Telegram's own money, Stars: invoices by link, charges, and their way back.

https://core.telegram.org/bots/payments-stars
"""

from collections.abc import Sequence

from telegram import (
    Bot,
    LabeledPrice,
    Message,
    StarTransaction,
    SuccessfulPayment,
    TransactionPartnerUser,
)
from telegram.error import BadRequest

from bot.telegram_errors import says, translated
from chat.model import Charge

CURRENCY = "XTR"
_RETURNED_BEFORE = "charge_already_refunded"


class TelegramStars:
    """A bot's way to be paid (implements chat.platform.Cashier)."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        """See chat.platform.Cashier."""
        with translated():
            price = LabeledPrice(title, amount)
            return await self._bot.create_invoice_link(
                title, description, payload, CURRENCY, [price]
            )

    async def give_back(self, payer: str, charge_id: str) -> None:
        """See chat.platform.Cashier."""
        with translated():
            try:
                await self._bot.refund_star_payment(int(payer), charge_id)
            except BadRequest as error:
                if not says(error, _RETURNED_BEFORE):
                    raise

    async def charges(self, offset: int, limit: int) -> Sequence[Charge | None]:
        """See chat.platform.Cashier."""
        with translated():
            listed = await self._bot.get_star_transactions(offset, limit)
        return [_listed(each) for each in listed.transactions]


def told(message: Message, payment: SuccessfulPayment) -> Charge:
    """A charge as an update tells of it."""
    return Charge(
        charge_id=payment.telegram_payment_charge_id,
        payload=payment.invoice_payload,
        payer=str(message.chat.id),
        amount=payment.total_amount,
        currency=payment.currency,
        paid_at=int(message.date.timestamp()),
    )


def _listed(transaction: StarTransaction) -> Charge | None:
    """A charge as the list of transactions tells of it; what left has a receiver instead."""
    source = transaction.source
    if not isinstance(source, TransactionPartnerUser) or source.invoice_payload is None:
        return None
    return Charge(
        charge_id=transaction.id,
        payload=source.invoice_payload,
        payer=str(source.user.id),
        amount=transaction.amount,
        currency=CURRENCY,
        paid_at=int(transaction.date.timestamp()),
    )
