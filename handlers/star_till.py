"""The platform's cashier as the shop's till: the same calls, and billing's words for what fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from billing.errors import RateLimitedError, RejectedError, UnknownOutcomeError
from chat.errors import DeliveryError, RefusedError, TryLaterError, UnreachableError
from chat.model import Charge
from chat.platform import Cashier


class CashierTill:
    """Passes on what the shop asks of a platform (implements billing.stars.Till)."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        """See billing.stars.Till."""
        with _translated():
            return await self._cashier.invoice(title, description, payload, amount)

    async def give_back(self, payer: str, charge_id: str) -> None:
        """See billing.stars.Till."""
        with _translated():
            await self._cashier.give_back(payer, charge_id)

    async def charges(self, offset: int, limit: int) -> Sequence[Charge | None]:
        """See billing.stars.Till."""
        with _translated():
            return await self._cashier.charges(offset, limit)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise billing.errors in place of chat.errors.

    Raises:
        RateLimitedError: The platform asks for patience.
        RejectedError: It said no.
        UnknownOutcomeError: No answer came.
    """
    try:
        yield
    except TryLaterError as error:
        if error.seconds > 0:
            raise RateLimitedError(error.seconds, permanent=False) from error
        raise UnknownOutcomeError(str(error)) from error
    except (RefusedError, UnreachableError) as error:
        raise RejectedError(400, type(error).__name__, str(error)) from error
    except DeliveryError as error:
        raise UnknownOutcomeError(str(error)) from error
