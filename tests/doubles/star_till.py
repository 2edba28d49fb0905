"""Telegram's part of paying in Stars, in memory: makes invoices, takes charges back."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from billing.errors import GatewayError


@dataclass(frozen=True, slots=True)
class FakeCharge:
    charge_id: str
    payload: str
    payer: str
    amount: int
    currency: str
    paid_at: int


class FakeTill:
    def __init__(self) -> None:
        self.invoices: list[tuple[str, str, str, int]] = []
        self.paid: list[FakeCharge] = []
        self.returned: list[tuple[str, str]] = []
        self.fail: list[GatewayError] = []
        """The next calls fail with these, and do nothing."""
        self._charges = count(1)

    def pay(self, payload: str, amount: int, *, payer: str = "1", now: int = 0) -> FakeCharge:
        """Somebody pays; the bot is told by whoever calls this, or not."""
        charge = FakeCharge(f"stx{next(self._charges):060}", payload, payer, amount, "XTR", now)
        self.paid.append(charge)
        return charge

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        self._begin()
        self.invoices.append((title, description, payload, amount))
        return f"https://t.me/$invoice{len(self.invoices)}"

    async def give_back(self, payer: str, charge_id: str) -> None:
        self._begin()
        self.returned.append((payer, charge_id))

    async def charges(self, offset: int, limit: int) -> Sequence[FakeCharge]:
        self._begin()
        return self.paid[offset : offset + limit]

    def _begin(self) -> None:
        if self.fail:
            raise self.fail.pop(0)
