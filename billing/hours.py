"""Bought hours and the credits in them: what a user has, and what a job takes of it."""

from dataclasses import dataclass

from billing import ledger
from billing.errors import InsufficientCreditsError, NoHourError
from billing.hours_settings import HoursSettings
from billing.ledger import carry_account, hour_account
from billing.lifetimes import Lifetimes, running_of
from store import hours as rows
from store.database import Transaction
from store.hours import UNITS, CarryOver, Hour, Unit
from store.ledger import Balance, Transfer

__all__ = ["Hour", "Hours", "HoursSettings", "Quote", "Reservation", "Unit", "Usage", "Wallet"]


@dataclass(frozen=True, slots=True)
class Usage:
    """The credits of one unit in an hour."""

    used: int
    reserved: int
    limit: int

    @property
    def left(self) -> int:
        """What can still be reserved."""
        return self.limit - self.used - self.reserved


@dataclass(frozen=True, slots=True)
class Wallet:
    """All a user has."""

    running: Hour | None
    usage: dict[Unit, Usage]
    """Of the running hour; empty when none runs."""
    seconds_left: int
    unstarted: tuple[Hour, ...]
    waiting: tuple[Hour, ...]
    carry_over: dict[Unit, int]
    """Credits that came back after their hour was over, and can be used without one."""

    def left(self, unit: Unit) -> int:
        """What can still be asked for: of the running hour, and carried over."""
        usage = self.usage.get(unit)
        return self.carry_over.get(unit, 0) + (usage.left if usage else 0)


@dataclass(frozen=True, slots=True)
class Quote:
    """What could be bound for a job; nothing is."""

    left: int
    """What the user could reserve of this unit, this job's credits among it."""
    starts_hour: bool
    """Whether an hour would begin with it."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Credits bound for a job."""

    hour: Hour
    """The hour that pays, or, for carried-over credits, the one they came from."""
    left_after: int
    """What the user can still reserve of this unit."""


class Hours(Lifetimes):
    """Every user's hours and their credits.

    A charge is reserved, then posted or voided, under one key: the job's id.
    """

    async def wallet(self, tx: Transaction, user_id: int) -> Wallet:
        """What a user has now; hours that are over are closed first."""
        live = await self.settle(tx, user_id)
        running = running_of(live)
        carried = await rows.carried(tx, user_id, self.clock())
        carry_over = dict.fromkeys(UNITS, 0)
        for carry, held in await _held(tx, carried):
            carry_over[carry.unit] += held.available
        return Wallet(
            running=running,
            usage=await _usage(tx, running) if running else {},
            seconds_left=running.seconds_left if running else 0,
            unstarted=tuple(hour for hour in live if hour.status == "unstarted"),
            waiting=tuple(hour for hour in live if hour.status == "waiting"),
            carry_over={unit: left for unit, left in carry_over.items() if left},
        )

    async def reserve(
        self, tx: Transaction, user_id: int, unit: Unit, amount: int, key: str
    ) -> Reservation:
        """Bind credits for a job: carried-over ones, else the running hour's.

        When no hour runs, one that can pay is started.

        Raises:
            AccountHeldError: A payment of this user is disputed.
            NoHourError: The user has no hour.
            InsufficientCreditsError: The hour that runs, or could start, has too few credits left.
            KeyReusedError: The key paid for something else.
        """
        await self.check_hold(tx, user_id)
        live = await self.settle(tx, user_id)
        now = self.clock()
        carry = await self._carried(tx, user_id, unit, amount)
        if carry:
            hour, account = await rows.get(tx, carry.hour_id), carry_account(carry.id)
        else:
            hour = await self._paying(tx, live, unit, amount)
            if hour.status == "unstarted":
                hour = await self.begin(tx, hour, None)
            account = hour_account(hour.id, unit)
        await ledger.reserve(tx, account, f"spent:{unit}", amount, key=key, now=now)
        return Reservation(hour, await self._left(tx, user_id, unit))

    async def quote(self, tx: Transaction, user_id: int, unit: Unit, amount: int) -> Quote:
        """What `reserve` would do now: it raises the same, and binds and begins nothing."""
        await self.check_hold(tx, user_id)
        live = await self.settle(tx, user_id)
        left = await self._left(tx, user_id, unit)
        if await self._carried(tx, user_id, unit, amount):
            return Quote(left, starts_hour=False)
        hour = await self._paying(tx, live, unit, amount)
        starts_hour = hour.status == "unstarted"
        return Quote(left + (hour.limit(unit) if starts_hour else 0), starts_hour)

    async def post(self, tx: Transaction, key: str, amount: int | None = None) -> bool:
        """Spend what was reserved, or only `amount` of it; False when it was resolved before."""
        return await ledger.post(tx, key, self.clock(), amount)

    async def void(self, tx: Transaction, key: str) -> bool:
        """Return what was reserved; False when it was resolved before.

        Credits whose hour is over can be used for another day.
        """
        now = self.clock()
        if not await ledger.void(tx, key, now):
            return False
        returned = await ledger.find(tx, key)
        assert returned is not None, "it was voided just now"
        kind, _, name = returned.debit.partition(":")
        keep_until = now + self.settings.carry_over_s
        if kind == "carry":
            await rows.keep_carry_over(tx, name, keep_until)
            return True
        hour_id, _, _ = name.partition(":")
        await self.settle(tx, (await rows.get(tx, hour_id)).user_id)
        hour = await rows.get(tx, hour_id)
        if hour.status == "ended":
            await self._carry_over(tx, hour, returned, keep_until)
        return True

    async def give_back(self, tx: Transaction, key: str, waited_s: int) -> int:
        """Lengthen the hour that pays for a job by what the job waited; return the seconds given.

        A job paid with carried-over credits used nobody's time.
        """
        paid = await ledger.find(tx, key)
        kind, _, name = paid.debit.partition(":") if paid else ("", "", "")
        if kind != "hour":
            return 0
        return await self.lengthen(tx, name.partition(":")[0], waited_s)

    async def _carry_over(
        self, tx: Transaction, hour: Hour, returned: Transfer, keep_until: int
    ) -> None:
        unit = next(unit for unit in UNITS if returned.debit == hour_account(hour.id, unit))
        account = carry_account(returned.key)
        await ledger.open_account(tx, account, unit)
        await ledger.move(
            tx, returned.debit, account, returned.amount, key=account, now=self.clock()
        )
        carry = CarryOver(returned.key, hour.user_id, hour.id, unit, keep_until)
        await rows.add_carry_over(tx, carry)

    async def _carried(
        self, tx: Transaction, user_id: int, unit: Unit, amount: int
    ) -> CarryOver | None:
        """The carried-over credits that pay, those that expire first in front."""
        carried = [c for c in await rows.carried(tx, user_id, self.clock()) if c.unit == unit]
        held = await _held(tx, carried)
        return next((carry for carry, balance in held if balance.available >= amount), None)

    async def _paying(self, tx: Transaction, live: list[Hour], unit: Unit, amount: int) -> Hour:
        """The hour that pays: the one that runs, else one that would have to begin."""
        unstarted = [hour for hour in live if hour.status == "unstarted"]
        able = next((hour for hour in unstarted if hour.limit(unit) >= amount), None)
        running = running_of(live)
        if running is None and able:
            return able
        hour = running or next(iter(unstarted), None)
        if hour is None:
            raise NoHourError
        left = await ledger.available(tx, hour_account(hour.id, unit))
        if running and left >= amount:
            return running
        upgrade = self.plans.next_above(hour.plan_id, unit)
        topup = unit if running and self.settings.topup_price(unit) else None
        limit = hour.limit(unit)
        raise InsufficientCreditsError(
            unit, amount, left, limit, hour.plan_id, upgrade, able, topup
        )

    async def _left(self, tx: Transaction, user_id: int, unit: Unit) -> int:
        carried = await rows.carried(tx, user_id, self.clock())
        accounts = [carry_account(carry.id) for carry in carried if carry.unit == unit]
        if running := running_of(await self.live(tx, user_id)):
            accounts.append(hour_account(running.id, unit))
        return sum(held.available for held in (await ledger.balances(tx, *accounts)).values())


async def _held(tx: Transaction, carried: list[CarryOver]) -> list[tuple[CarryOver, Balance]]:
    held = await ledger.balances(tx, *(carry_account(carry.id) for carry in carried))
    return [(carry, held[carry_account(carry.id)]) for carry in carried]


async def _usage(tx: Transaction, hour: Hour) -> dict[Unit, Usage]:
    held = await ledger.balances(tx, *(hour_account(hour.id, unit) for unit in UNITS))
    usage: dict[Unit, Usage] = {}
    for unit in UNITS:
        balance = held[hour_account(hour.id, unit)]
        limit = hour.limit(unit)
        usage[unit] = Usage(limit - balance.posted, balance.pending, limit)
    return usage
