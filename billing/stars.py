"""Telegram Stars as a gateway: Telegram says what was paid once, here it is kept and shown.

There is nobody to ask whether an invoice is paid. What Telegram told is written down first, under
its own id of the charge; all else is the way of every payment. An update that was lost is found in
Telegram's list of transactions. https://core.telegram.org/bots/payments-stars
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from billing.errors import RejectedError
from billing.gateway import (
    LinkRequest,
    LinkStatus,
    ListedPayment,
    NoReports,
    ObservedLink,
    ObservedPayment,
    ObservedRefund,
    Returned,
)
from billing.offers import CHECK_PAYMENT, kind_of
from store import orders as order_rows
from store import stars as rows
from store.database import Database, Transaction
from store.orders import OPEN, GatewayName
from store.stars import StarCharge
from store.work import Work

NAME: GatewayName = "stars"
CURRENCY = "XTR"
LINK_S = 20 * 60
PAGE = 100
_LINK = "inv_"


class StarSettings(BaseModel):
    """The `[stars]` table of config.toml; prices stand with the plans."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    only: bool = False
    """Whether people on Telegram can pay by nothing else."""


class Told(Protocol):
    """A charge as Telegram tells of it."""

    @property
    def charge_id(self) -> str: ...  # noqa: D102 - a field
    @property
    def payload(self) -> str: ...  # noqa: D102 - a field
    @property
    def payer(self) -> str: ...  # noqa: D102 - a field
    @property
    def amount(self) -> int: ...  # noqa: D102 - a field
    @property
    def currency(self) -> str: ...  # noqa: D102 - a field
    @property
    def paid_at(self) -> int: ...  # noqa: D102 - a field


class Till(Protocol):
    """The platform's part. Every call may raise a GatewayError."""

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        """A link to an invoice over so many Stars."""
        ...

    async def give_back(self, payer: str, charge_id: str) -> None:
        """Return a charge to who paid it; one that went back before changes nothing."""
        ...

    async def charges(self, offset: int, limit: int) -> Sequence[Told | None]:
        """A page of all that ever moved, the oldest first; None is what was no charge."""
        ...


class Stars(NoReports):
    """A gateway (implements billing.gateway.Gateway) that is told, and never asked."""

    link_s = LINK_S

    def __init__(
        self, database: Database, till: Till, work: Work, clock: Callable[[], int]
    ) -> None:
        self._database = database
        self._till = till
        self._work = work
        self._clock = clock
        self._listed = 0
        """How much of Telegram's list was read since the start."""

    async def may_be_paid(
        self, tx: Transaction, payload: str, user_id: int | None, amount: int, currency: str
    ) -> bool:
        """Whether an invoice can be paid now, by this person; asked just before the money moves."""
        attempt = await order_rows.attempt(tx, payload)
        order = await order_rows.get(tx, attempt.order_id) if attempt else None
        if attempt is None or order is None or await rows.of_payload(tx, payload):
            return False
        fits = (order.user_id, attempt.amount_paise, order.currency) == (user_id, amount, currency)
        return fits and order.status in OPEN and self._clock() < attempt.expires_at

    async def take(self, tx: Transaction, told: Told) -> bool:
        """Keep a charge and have it looked at; False when it was told before."""
        charge = StarCharge(
            charge_id=told.charge_id,
            payment_id=payment_id_of(told.charge_id),
            payload=told.payload,
            payer=told.payer,
            amount=told.amount,
            currency=told.currency,
            paid_at=told.paid_at,
            seen_at=self._clock(),
        )
        if not await rows.add(tx, charge):
            return False
        if await order_rows.attempt(tx, charge.payload):
            kind = kind_of(CHECK_PAYMENT, NAME)
            await self._work.submit(tx, kind, charge.payload, key=f"{kind}:{charge.payment_id}")
        return True

    async def payments_since(self, begun: int) -> tuple[ListedPayment, ...]:
        """Every charge since then; those whose update was lost are learnt from Telegram's list."""
        offset = self._listed
        while charges := await self._till.charges(offset, PAGE):
            await self._database.write(partial(self._take_all, charges=charges))
            offset += len(charges)
        self._listed = offset
        async with self._database.read() as tx:
            known = await rows.paid_since(tx, begun)
        return tuple(ListedPayment(_payment(charge), charge.payload) for charge in known)

    async def _take_all(self, tx: Transaction, charges: Sequence[Told | None]) -> None:
        for told in filter(None, charges):
            await self.take(tx, told)

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        """Stars are taken when they are paid."""
        raise RejectedError(400, "BAD_REQUEST", f"{payment_id} of {amount_paise} is not waiting")

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        """Make an invoice; asked again, another one for the same attempt, of which one is paid."""
        title = request.description[:32]
        url = await self._till.invoice(
            title, request.description, request.reference_id, request.amount_paise
        )
        return _link(request.reference_id, "created", request.amount_paise, url, request.expires_at)

    async def find_link(self, reference_id: str) -> ObservedLink | None:
        """The invoice that an attempt has."""
        async with self._database.read() as tx:
            attempt = await order_rows.attempt(tx, reference_id)
        return await self.fetch_link(attempt.link_id) if attempt and attempt.link_id else None

    async def fetch_link(self, link_id: str) -> ObservedLink:
        """What became of an invoice, by what Telegram told and what was decided here."""
        reference = link_id.removeprefix(_LINK)
        async with self._database.read() as tx:
            attempt = await order_rows.attempt(tx, reference)
            order = await order_rows.get(tx, attempt.order_id) if attempt else None
            charges = await rows.of_payload(tx, reference)
        if attempt is None or order is None:
            raise RejectedError(404, "NOT_FOUND", f"no invoice {link_id}")
        status: LinkStatus = "created"
        if charges:
            status = "paid"
        elif order.status not in OPEN:
            status = "cancelled"
        elif self._clock() >= attempt.expires_at:
            status = "expired"
        url = attempt.url or ""
        return _link(reference, status, attempt.amount_paise, url, attempt.expires_at)

    async def cancel_link(self, link_id: str) -> ObservedLink:
        """Nothing has to be closed: whoever pays is asked about first, and then refused."""
        return await self.fetch_link(link_id)

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        """Every charge that Telegram told of for an attempt."""
        async with self._database.read() as tx:
            return tuple(map(_payment, await rows.of_payload(tx, order_id)))

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:  # noqa: ARG002 - the charge is the key
        """Give a charge back; Stars go back whole, and at once.

        Raises:
            RejectedError: There is no such charge, or a part of it was asked for.
        """
        async with self._database.read() as tx:
            charge = await rows.of_payment(tx, payment_id)
        if charge is None or charge.amount != amount_paise:
            raise RejectedError(400, "BAD_REQUEST", f"{payment_id} cannot go back like that")
        await self._till.give_back(charge.payer, charge.charge_id)
        now = self._clock()
        await self._database.write(lambda tx: rows.set_refunded(tx, payment_id, now))
        return ObservedRefund(f"{payment_id}_back", "processed")

    async def fetch_refund(self, gateway_refund_id: str) -> ObservedRefund:
        """Stars are back when it was said."""
        return ObservedRefund(gateway_refund_id, "processed")

    def signed_webhook(self, raw: bytes, signature: str | None) -> bool:  # noqa: ARG002 - see below
        """Telegram's updates come by its adapter."""
        return False

    def signed_return(self, params: Mapping[str, str]) -> Returned | None:  # noqa: ARG002 - see below
        """Nobody comes back from an invoice by way of the web."""
        return None


def payment_id_of(charge_id: str) -> str:
    """Our own id of a charge: the same for the same one, and short enough for a button."""
    return f"star_{hashlib.blake2s(charge_id.encode(), digest_size=8).hexdigest()}"


def _link(
    reference: str, status: LinkStatus, amount: int, url: str, expires_at: int
) -> ObservedLink:
    return ObservedLink(
        id=f"{_LINK}{reference}",
        reference_id=reference,
        status=status,
        amount_paise=amount,
        currency=CURRENCY,
        url=url,
        expires_at=expires_at,
        order_id=reference,
    )


def _payment(charge: StarCharge) -> ObservedPayment:
    gone = charge.refunded_at is not None
    return ObservedPayment(
        id=charge.payment_id,
        order_id=charge.payload,
        amount_paise=charge.amount,
        currency=charge.currency,
        status="refunded" if gone else "captured",
        refunded_paise=charge.amount if gone else 0,
        method="stars",
        fee_paise=None,
        tax_paise=None,
        created_at=charge.paid_at,
    )
