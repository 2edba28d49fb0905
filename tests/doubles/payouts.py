"""What a gateway in memory pays out, and what payers dispute."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from billing.gateway import ObservedLink, ObservedPayment, ObservedRefund, ReportLine
from billing.hours_settings import IST
from store.disputes import OVER, Dispute

SETTLED_AFTER_S = 2 * 24 * 3600


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment, IST).date()


class Payouts(ABC):
    links: dict[str, ObservedLink]
    payments: dict[str, ObservedPayment]
    refunds: dict[str, ObservedRefund]
    refunded: dict[str, tuple[str, int]]

    def __init__(self) -> None:
        self.unsettled: set[str] = set()
        """What no settlement names."""
        self.settled: list[ReportLine] = []
        """What settlements name besides."""
        self.paid_short = 0
        """By how much a payout is less than its lines."""
        self.disputed: list[Dispute] = []

    def dispute(self, payment: ObservedPayment, status: str) -> Dispute:
        """A payer asks their bank for a payment, or the bank has decided; once it has, it stays."""
        name, amount = f"disp_{payment.id}", payment.amount_paise
        known = next((each for each in self.disputed if each.id == name), None)
        if known and known.status in OVER:
            return known
        taken, at = amount if status == "lost" else 0, payment.created_at
        dispute = Dispute(name, payment.id, "chargeback", status, amount, taken, None, at, at)
        self.disputed = [*(each for each in self.disputed if each.id != name), dispute]
        return dispute

    def decide_disputes(self) -> None:
        """Banks let every payment stand that they have not decided about."""
        self.disputed = [
            each if each.status in OVER else replace(each, status="won") for each in self.disputed
        ]

    async def disputes(self) -> tuple[Dispute, ...]:
        self._begin("disputes")
        return tuple(self.disputed)

    async def settled_on(self, day: date) -> tuple[ReportLine, ...]:
        self._begin("settled_on")
        return tuple(line for line in self._report() if _day(line.settled_at) == day)

    async def paid_out(self, settlement_id: str) -> int:
        self._begin("paid_out")
        lines = [line for line in self._report() if line.settlement_id == settlement_id]
        due = sum(line.credit_paise - line.debit_paise for line in lines)
        return due - self.paid_short

    def _report(self) -> Iterator[ReportLine]:
        for payment in self.payments.values():
            if payment.status in ("captured", "refunded") and payment.id not in self.unsettled:
                credit = payment.amount_paise - (payment.fee_paise or 0)
                yield self._line("payment", payment.id, payment, credit=credit)
        for name, (payment_id, paise) in self.refunded.items():
            refund = self.refunds[name]
            if refund.status == "processed" and refund.id not in self.unsettled:
                yield self._line("refund", refund.id, self.payments[payment_id], debit=paise)
        yield from self.settled

    def _line(
        self, kind: str, name: str, of: ObservedPayment, *, credit: int = 0, debit: int = 0
    ) -> ReportLine:
        references = {f"order_{link.id}": link.reference_id for link in self.links.values()}
        settled_at = of.created_at + SETTLED_AFTER_S
        settlement_id = f"setl_{_day(settled_at)}"
        noted = references.get(of.order_id or "")
        return ReportLine(
            name, kind, settlement_id, of.id, of.order_id, noted, None, credit, debit,
            of.currency, settled_at,
        )  # fmt: skip

    @abstractmethod
    def _begin(self, call: str) -> None: ...
