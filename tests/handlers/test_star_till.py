from collections.abc import Sequence

import pytest

from billing.errors import GatewayError, RateLimitedError, RejectedError, UnknownOutcomeError
from chat.errors import (
    DeliveryError,
    MessageGoneError,
    RefusedError,
    TryLaterError,
    UnreachableError,
)
from chat.model import Charge
from handlers.star_till import CashierTill

CHARGE = Charge("stx1", "att_1", "7", 75, "XTR", 5)


class FakeCashier:
    def __init__(self) -> None:
        self.fail: list[DeliveryError] = []
        self.calls: list[tuple[str, ...]] = []

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        self._begin(title, description, payload, str(amount))
        return "https://t.me/$1"

    async def give_back(self, payer: str, charge_id: str) -> None:
        self._begin(payer, charge_id)

    async def charges(self, offset: int, limit: int) -> Sequence[Charge | None]:
        self._begin(str(offset), str(limit))
        return [CHARGE, None]

    def _begin(self, *said: str) -> None:
        self.calls.append(said)
        if self.fail:
            raise self.fail.pop()


async def test_what_the_shop_asks_reaches_the_platform() -> None:
    cashier = FakeCashier()
    till = CashierTill(cashier)

    assert await till.invoice("Flash", "An hour", "att_1", 75) == "https://t.me/$1"
    await till.give_back("7", "stx1")
    assert await till.charges(0, 100) == [CHARGE, None]

    assert cashier.calls == [("Flash", "An hour", "att_1", "75"), ("7", "stx1"), ("0", "100")]


@pytest.mark.parametrize(
    ("failed", "known_as"),
    [
        (TryLaterError(3), RateLimitedError),
        (TryLaterError(0), UnknownOutcomeError),
        (RefusedError("no"), RejectedError),
        (UnreachableError("blocked"), RejectedError),
        (MessageGoneError("odd"), UnknownOutcomeError),
    ],
)
async def test_what_fails_there_is_said_in_billings_words(
    failed: DeliveryError, known_as: type[GatewayError]
) -> None:
    cashier = FakeCashier()
    for call in ("invoice", "give_back", "charges"):
        cashier.fail = [failed]
        arguments = {"invoice": ("a", "b", "c", 1), "give_back": ("1", "2"), "charges": (0, 1)}
        with pytest.raises(known_as):
            await getattr(CashierTill(cashier), call)(*arguments[call])
