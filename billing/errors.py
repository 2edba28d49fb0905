"""What can go wrong with money and credits.

BillingError
├── UnknownPlanError
├── UnknownOrderError
├── TooManyOrdersError
├── NotPayableError
├── NotSoldForStarsError
├── NotToppedUpError
├── VideoTooLongError
├── UnknownCodeError            typed by a person, and none of ours
│   ├── UnknownCouponError
│   └── UnknownGiftError
├── CouponRefusedError
├── GiftRefusedError
├── NotRefundableError
├── NotHonourableError
├── NoHourError
├── NothingToStartError
├── InsufficientCreditsError
├── LedgerError
│   ├── OverdrawnError
│   ├── KeyReusedError
│   └── UnknownReservationError
└── GatewayError                the payment gateway's answer, or the lack of one
    ├── RejectedError           it said no
    │   └── DuplicateReferenceError
    ├── AuthFailedError         it does not know our keys
    ├── RateLimitedError        it asks for patience
    ├── UnavailableError        it was never asked
    │   └── GatewayRestingError  it failed too often, and is left alone
    └── UnknownOutcomeError     it was asked, and may have done it
"""

from typing import Literal

from store.hours import Hour, Unit
from store.plans import Plan

Refusal = Literal["over", "used_up", "had", "other_plan", "stars"]
"""Why a coupon is refused."""
GiftRefusal = Literal["claimed", "over", "refunded"]
"""Why a gift is refused."""


class BillingError(Exception):
    """Something about money or credits."""


class UnknownPlanError(BillingError):
    """No such plan is on sale."""

    def __init__(self, plan_id: str, known: tuple[str, ...]) -> None:
        super().__init__(plan_id)
        self.known = known


class UnknownOrderError(BillingError):
    """There is no such order, or it is somebody else's."""


class TooManyOrdersError(BillingError):
    """One person has opened so many orders that they have to wait."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class NotPayableError(BillingError):
    """This order has no link that could be paid now: it is paid, closed, or not ready yet."""


class NotSoldForStarsError(BillingError):
    """This plan has no price in Stars."""


class NotToppedUpError(BillingError):
    """Credits of this kind are not sold by themselves."""


class VideoTooLongError(BillingError):
    """No price is set for a video of this length."""

    def __init__(self, seconds: float, longest: int) -> None:
        super().__init__(f"{seconds} s is longer than {longest} s")
        self.seconds = seconds
        self.longest = longest


class UnknownCodeError(BillingError):
    """Somebody typed a code that is none of ours."""

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed


class UnknownCouponError(UnknownCodeError):
    """There is no such coupon."""


class CouponRefusedError(BillingError):
    """This person cannot use this coupon, or not for this."""

    def __init__(self, code: str, why: Refusal) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why: Refusal = why


class UnknownGiftError(UnknownCodeError):
    """There is no such gift."""


class GiftRefusedError(BillingError):
    """This gift cannot be claimed any more, or not by this person."""

    def __init__(self, why: GiftRefusal) -> None:
        super().__init__(why)
        self.why: GiftRefusal = why


class NotRefundableError(BillingError):
    """There is no such money, or somebody else is already sending it back."""


class NotHonourableError(BillingError):
    """This money cannot buy what was ordered: it is another amount, is going back, or is spent."""


class NoHourError(BillingError):
    """The user has no hour that could pay for this, neither running nor unstarted."""


class NothingToStartError(BillingError):
    """There is no hour that could be started now; `running` is the one that runs, if any."""

    def __init__(self, running: Hour | None) -> None:
        super().__init__(running.id if running else "no hour")
        self.running = running


class AccountHeldError(BillingError):
    """The bank of this person is asked to take back a payment; until it decides, hours wait."""

    def __init__(self, payment_id: str) -> None:
        super().__init__(payment_id)
        self.payment_id = payment_id


class InsufficientCreditsError(BillingError):
    """The hour has too few credits left."""

    def __init__(
        self,
        unit: Unit,
        needed: int,
        left: int,
        limit: int,
        plan_id: str,
        upgrade: Plan | None,
        next_hour: Hour | None,
        topup: Unit | None = None,
    ) -> None:
        super().__init__(f"{needed} {unit} needed, {left} of {limit} left, {plan_id}")
        self.unit = unit
        self.left = left
        self.limit = limit
        self.upgrade = upgrade
        """The next better plan on sale, if one has more of this."""
        self.next_hour = next_hour
        """An unstarted hour of the user that could pay for this if it were started now."""
        self.topup = topup
        """What can be bought for the hour that runs, if its credits are sold by themselves."""


class LedgerError(BillingError):
    """The ledger refused; nothing was written."""


class OverdrawnError(LedgerError):
    """An account holds less than was to be taken."""

    def __init__(self, account: str, needed: int, available: int) -> None:
        super().__init__(f"{account} has {available}, not {needed}")


class KeyReusedError(LedgerError):
    """This key already moved something else."""


class UnknownReservationError(LedgerError):
    """Nothing was reserved under this key."""


class GatewayError(BillingError):
    """The payment gateway did not do what it was asked."""


class RejectedError(GatewayError):
    """The gateway understood and said no; asking the same again is useless."""

    def __init__(
        self,
        status: int,
        code: str,
        description: str,
        field: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.field = field
        self.reason = reason


class DuplicateReferenceError(RejectedError):
    """There is a link of this reference already; it is the one that was asked for."""


class AuthFailedError(GatewayError):
    """The gateway does not know our keys, or has closed our account."""


class RateLimitedError(GatewayError):
    """The gateway asks for patience, or says that a quota is used up for good."""

    def __init__(self, retry_after: float, *, permanent: bool) -> None:
        super().__init__("quota used up" if permanent else f"again in {retry_after:g} s")
        self.retry_after = retry_after
        self.permanent = permanent


class UnavailableError(GatewayError):
    """The gateway was not reached: it did nothing."""


class GatewayRestingError(UnavailableError):
    """The gateway failed again and again, and is left alone for a while: it was not asked."""

    def __init__(self, rest_s: float) -> None:
        super().__init__(f"left alone for {rest_s:.0f} s")
        self.rest_s = rest_s


class UnknownOutcomeError(GatewayError):
    """The gateway was asked and gave no answer that can be trusted: it may have done it."""
