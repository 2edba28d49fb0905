"""A gateway that is left alone for a while when it fails again and again.

Whoever would call it meanwhile is told at once that nothing was done, so that queues do not hang on
time-outs and nobody is offered a link that will not come. After its rest one call tries it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from billing.errors import (
    AuthFailedError,
    GatewayError,
    GatewayRestingError,
    RateLimitedError,
    RejectedError,
)
from billing.gateway import (
    Gateway,
    LinkRequest,
    ListedPayment,
    ObservedLink,
    ObservedPayment,
    ObservedRefund,
    ReportLine,
    Returned,
)
from store.disputes import Dispute

T = TypeVar("T")

FAILURES_MAX = 5
"""Calls in a row that may fail before it is left alone."""


class Breaker(Protocol):
    """Says whether to ask, and is told how it went."""

    @property
    def rest_s(self) -> float:
        """Seconds until it may be asked again."""
        ...

    @property
    def age(self) -> int:
        """How often it began to rest."""
        ...

    def allows(self) -> bool:
        """Whether to ask now; after a rest only one at a time."""
        ...

    def succeeded(self) -> None:
        """It works."""
        ...

    def told_nothing(self, age: int) -> None:
        """What was let through at this age ended in a way that says nothing."""
        ...

    def failed(self, age: int, *, for_good: bool = False) -> None:
        """It did not work at this age; `for_good` when asking again at once cannot help."""
        ...


class Guarded:
    """Another gateway behind a breaker. What asks nobody, such as a signature, goes through."""

    def __init__(self, gateway: Gateway, breaker: Breaker, clock: Callable[[], int]) -> None:
        self.link_s = gateway.link_s
        self.trouble = ""
        """What went wrong last; empty while it works."""
        self.down_since: int | None = None
        """When it was first left alone, until it works again."""
        self._gateway = gateway
        self._breaker = breaker
        self._clock = clock

    @property
    def rest_s(self) -> float:
        """Seconds until it may be asked again; then the next call tries it."""
        return self._breaker.rest_s

    def check(self) -> None:
        """Say whether something new should be begun.

        Raises:
            GatewayRestingError: No; nothing would come of it for a while.
        """
        if self.rest_s > 0:
            raise GatewayRestingError(self.rest_s)

    async def create_link(self, request: LinkRequest) -> ObservedLink:
        """See `Gateway.create_link`."""
        return await self._ask(lambda: self._gateway.create_link(request))

    async def find_link(self, reference_id: str) -> ObservedLink | None:
        """See `Gateway.find_link`."""
        return await self._ask(lambda: self._gateway.find_link(reference_id))

    async def fetch_link(self, link_id: str) -> ObservedLink:
        """See `Gateway.fetch_link`."""
        return await self._ask(lambda: self._gateway.fetch_link(link_id))

    async def cancel_link(self, link_id: str) -> ObservedLink:
        """See `Gateway.cancel_link`."""
        return await self._ask(lambda: self._gateway.cancel_link(link_id))

    async def order_payments(self, order_id: str) -> tuple[ObservedPayment, ...]:
        """See `Gateway.order_payments`."""
        return await self._ask(lambda: self._gateway.order_payments(order_id))

    async def payments_since(self, since: int) -> tuple[ListedPayment, ...]:
        """See `Gateway.payments_since`."""
        return await self._ask(lambda: self._gateway.payments_since(since))

    async def capture(self, payment_id: str, amount_paise: int) -> None:
        """See `Gateway.capture`."""
        await self._ask(lambda: self._gateway.capture(payment_id, amount_paise))

    async def refund(self, payment_id: str, amount_paise: int, refund_id: str) -> ObservedRefund:
        """See `Gateway.refund`."""
        return await self._ask(lambda: self._gateway.refund(payment_id, amount_paise, refund_id))

    async def fetch_refund(self, gateway_refund_id: str) -> ObservedRefund:
        """See `Gateway.fetch_refund`."""
        return await self._ask(lambda: self._gateway.fetch_refund(gateway_refund_id))

    async def settled_on(self, day: date) -> tuple[ReportLine, ...]:
        """See `Gateway.settled_on`."""
        return await self._ask(lambda: self._gateway.settled_on(day))

    async def paid_out(self, settlement_id: str) -> int:
        """See `Gateway.paid_out`."""
        return await self._ask(lambda: self._gateway.paid_out(settlement_id))

    async def disputes(self) -> tuple[Dispute, ...]:
        """See `Gateway.disputes`."""
        return await self._ask(self._gateway.disputes)

    def signed_webhook(self, raw: bytes, signature: str | None) -> bool:
        """See `Gateway.signed_webhook`."""
        return self._gateway.signed_webhook(raw, signature)

    def signed_return(self, params: Mapping[str, str]) -> Returned | None:
        """See `Gateway.signed_return`."""
        return self._gateway.signed_return(params)

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        if not self._breaker.allows():
            raise GatewayRestingError(self.rest_s)
        age = self._breaker.age
        try:
            answer = await call()
        except RejectedError:
            self._works()  # a clear no is an answer
            raise
        except GatewayError as error:
            self._failed(error, age)
            raise
        except BaseException:
            self._breaker.told_nothing(age)
            raise
        self._works()
        return answer

    def _works(self) -> None:
        self._breaker.succeeded()
        self.trouble, self.down_since = "", None

    def _failed(self, error: GatewayError, age: int) -> None:
        for_good = isinstance(error, AuthFailedError)
        if isinstance(error, RateLimitedError):
            if not error.permanent:
                self._breaker.told_nothing(age)  # each caller waits for as long as it was asked to
                return
            for_good = True
        self._breaker.failed(age, for_good=for_good)
        self.trouble = f"{type(error).__name__}: {error}"
        if self.rest_s > 0 and self.down_since is None:
            self.down_since = self._clock()
