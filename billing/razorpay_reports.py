"""Razorpay's settlement reports: which payments, refunds and deductions a payout was made of.

The fields are those of https://razorpay.com/docs/api/settlements/fetch-recon/. A report is asked
for by the day of the settlement, in India's time, and has pages of up to a thousand lines.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from billing.errors import UnknownOutcomeError
from billing.gateway import ReportLine
from billing.razorpay_wire import all_pages, dispute_from, note_of, order_id_of
from store.disputes import Dispute

PAGE = 1000
DISPUTES = 100

T = TypeVar("T")


class Reports(ABC):
    """The part of `billing.razorpay.Razorpay` that reads what was paid out."""

    async def settled_on(self, day: date) -> tuple[ReportLine, ...]:
        """Read the report of a day, page after page; a line that two pages have counts once."""
        query = {"year": day.year, "month": f"{day.month:02}", "day": f"{day.day:02}"}
        rows = await all_pages(
            lambda skip: self._report({**query, "count": PAGE, "skip": skip}), PAGE
        )
        lines = {str(row["entity_id"]): _line(row) for row in rows if _is_settled(row)}
        return tuple(lines.values())

    async def paid_out(self, settlement_id: str) -> int:
        """What a settlement brought to the bank, in paise."""
        answer = await self._call(lambda client: client.settlement.fetch(settlement_id))
        try:
            return int(answer["amount"])
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownOutcomeError(f"not a settlement: {error!r}") from error

    async def disputes(self) -> tuple[Dispute, ...]:
        """Read the list of all disputes, newest first, page after page."""
        rows = await all_pages(
            lambda skip: self._disputes({"count": DISPUTES, "skip": skip}), DISPUTES
        )
        return tuple({row.id: row for row in rows}.values())

    async def _disputes(self, query: Mapping[str, int]) -> list[Dispute]:
        answer = await self._call(lambda client: client.dispute.all(dict(query)))
        try:
            return [dispute_from(item, 0) for item in answer.get("items") or []]
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownOutcomeError(f"not a dispute: {error!r}") from error

    async def _report(self, query: Mapping[str, object]) -> list[Mapping[str, Any]]:
        answer = await self._call(lambda client: client.settlement.report(dict(query)))
        return list(answer.get("items") or [])

    @abstractmethod
    async def _call(self, ask: Callable[[Any], T]) -> T:
        """Have the SDK ask something."""


def _is_settled(item: Mapping[str, Any]) -> bool:
    return bool(item.get("settlement_id") and item.get("entity_id"))


def _line(answer: Mapping[str, Any]) -> ReportLine:
    try:
        kind, name = str(answer["type"]), str(answer["entity_id"])
        about = name if kind == "payment" else answer.get("payment_id")
        return ReportLine(
            id=name,
            kind=kind,
            settlement_id=str(answer["settlement_id"]),
            payment_id=str(about) if about else None,
            order_id=order_id_of(answer),
            attempt_id=note_of(answer) or _text(answer.get("order_receipt")),
            dispute_id=_text(answer.get("dispute_id")),
            credit_paise=int(answer["credit"]),
            debit_paise=int(answer["debit"]),
            currency=str(answer["currency"]),
            settled_at=int(answer["settled_at"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownOutcomeError(f"not a line of a settlement: {error!r}") from error


def _text(value: object) -> str | None:
    return str(value) if value else None
