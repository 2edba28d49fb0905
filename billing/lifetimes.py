"""The life of bought hours: when they start, wait, go on and end."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from billing import ledger
from billing.earning import earn
from billing.errors import AccountHeldError, NothingToStartError
from billing.hours_settings import DAY_S, HOUR_S, HoursSettings
from billing.plans import Plans, credits_of
from billing.topping import bring_back, take_back, top_up
from store import disputes, gifts, standstills, topups
from store import hours as rows
from store import plans as plan_rows
from store.database import Transaction
from store.hours import UNITS, Hour
from store.orders import Order


class Lifetimes:
    """Every user's hours in time; what their credits pay for is in `billing.hours`."""

    def __init__(self, settings: HoursSettings, plans: Plans, clock: Callable[[], int]) -> None:
        self.settings = settings
        self.plans = plans
        self.clock = clock

    async def grant(self, tx: Transaction, order: Order) -> list[Hour]:
        """Give an order's hours with their credits; again gives nothing and returns the same.

        Those of a gift are given when somebody claims it; one of more credits tops its hour up.
        """
        if topup := await topups.of_order(tx, order.id):
            await self.settle(tx, order.user_id)
            keep_until = self.clock() + self.settings.carry_over_s
            return [await top_up(tx, topup, self.clock(), keep_until)]
        if granted := await rows.of_order(tx, order.id):
            return granted
        now, owner = self.clock(), await gifts.owner_of(tx, order)
        if owner is None:
            await gifts.set_expiry(tx, order.id, now + self.settings.gift_days * DAY_S)
            return []
        plan = await plan_rows.get(tx, order.plan_id)
        for ordinal in range(1, order.hours + 1):
            hour = Hour(
                id=f"{order.id}-{ordinal}",
                user_id=owner,
                order_id=order.id,
                ordinal=ordinal,
                plan_id=plan.id,
                status="unstarted",
                token_limit=plan.tokens,
                image_credits=plan.images,
                video_credits=plan.videos,
                seconds_left=HOUR_S,
                created_at=now,
                keep_until=now + self.settings.keep_days * DAY_S,
            )
            await rows.add(tx, hour)
            for unit in UNITS:
                account = ledger.hour_account(hour.id, unit)
                amount = credits_of(plan, unit)
                await ledger.grant(tx, account, unit, amount, key=f"grant:{account}", now=now)
        await self.settle(tx, owner)
        return await rows.of_order(tx, order.id)

    async def revoke(self, tx: Transaction, order: Order) -> None:
        """Take back what of an order is unused, because its money went back.

        That is, hours that have not begun and more credits that nobody has spent.
        """
        if topup := await topups.of_order(tx, order.id):
            await take_back(tx, topup, self.clock())
            return
        for hour in await rows.of_order(tx, order.id):
            if hour.status == "unstarted":
                await rows.change(tx, hour.id, status="lapsed")
                await earn(tx, order.id, hour.ordinal, self.clock())
        if await gifts.owner_of(tx, order) is None:
            # Keyed like the hours that it might still become, if the money comes back.
            for ordinal in range(1, order.hours + 1):
                await earn(tx, order.id, ordinal, self.clock())

    async def restore(self, tx: Transaction, order: Order) -> None:
        """Give back what `revoke` took, because the money did not go back after all."""
        if topup := await topups.of_order(tx, order.id):
            await self.settle(tx, order.user_id)
            now = self.clock()
            await bring_back(tx, topup, now, now + self.settings.carry_over_s)
            return
        returned = await standstills.returned_of(tx, order.id)
        for hour in await rows.of_order(tx, order.id):
            is_lapsed = hour.status == "lapsed" and hour.id not in returned
            if is_lapsed and hour.keep_until > self.clock():
                await rows.change(tx, hour.id, status="unstarted")

    async def start(self, tx: Transaction, user_id: int, hour_id: str | None = None) -> Hour:
        """Start an hour now; one that runs on a plan no better waits and goes on after it.

        Args:
            tx: The transaction.
            user_id: Whose hour.
            hour_id: Which one; without it the one to be used first, or, while an hour runs, the
                first of the best plan that is better.

        Raises:
            AccountHeldError: A payment of this user is disputed.
            NothingToStartError: There is no such hour, or the one that runs is of a better plan.
        """
        await self.check_hold(tx, user_id)
        live = await self.settle(tx, user_id)
        running = running_of(live)
        if running and running.id == hour_id:
            return running
        chosen = self._startable(live, running, hour_id)
        if chosen is None:
            raise NothingToStartError(running)
        return await self.begin(tx, chosen, running)

    async def check_hold(self, tx: Transaction, user_id: int) -> None:
        """Refuse somebody whose bank is asked to take a payment back, where that is the policy.

        Raises:
            AccountHeldError: Names the payment.
        """
        if not self.settings.hold_disputed:
            return
        if dispute := await disputes.open_against(tx, user_id):
            raise AccountHeldError(dispute.payment_id)

    async def settle(self, tx: Transaction, user_id: int) -> list[Hour]:
        """Bring a user's hours up to the clock; return those that are not over."""
        await self._close(tx, user_id)
        return await self.live(tx, user_id)

    async def live(self, tx: Transaction, user_id: int) -> list[Hour]:
        """A user's hours that are not over, those to be used first in front."""
        now = self.clock()
        return [_at(hour, now) for hour in await rows.live(tx, user_id)]

    async def end_due(self, tx: Transaction) -> list[Hour]:
        """Close every hour that is over, for all users; return those that ran out."""
        ended: list[Hour] = []
        for user_id in await rows.owners_of_due(tx, self.clock()):
            ended += await self._close(tx, user_id)
        return ended

    async def lengthen(self, tx: Transaction, hour_id: str, waited_s: int) -> int:
        """Lengthen an hour by what a job waited in the queue; return the seconds given.

        Jobs that waited side by side waited once: an hour never gets back more than the time that
        passed since it last got some. An hour that ended meanwhile goes on.
        """
        hour = await rows.get(tx, hour_id)
        now = self.clock()
        passed = now - max(hour.given_back_at or 0, hour.started_at or now)
        seconds = min(max(0, waited_s - self.settings.free_wait_s), passed)
        if seconds <= 0 or hour.status not in ("active", "waiting", "ended"):
            return 0
        if hour.status == "active" and hour.ends_at is not None:
            ends_at = max(hour.ends_at, now) + seconds
            await rows.change(tx, hour_id, ends_at=ends_at, given_back_at=now)
            return seconds
        left = hour.seconds_left if hour.status == "waiting" else 0
        await rows.change(
            tx, hour_id, status="waiting", seconds_left=left + seconds, given_back_at=now
        )
        await self.settle(tx, hour.user_id)
        return seconds

    async def give_back_outage(self, tx: Transaction, began: int, ended: int) -> list[Hour]:
        """Lengthen every hour that ran while the bot was away; call it before any is closed."""
        return await rows.lengthen_running(tx, began, ended)

    async def begin(self, tx: Transaction, hour: Hour, running: Hour | None) -> Hour:
        """Let an hour run from now on, and the one that runs wait."""
        now = self.clock()
        if running:
            await rows.change(
                tx, running.id, status="waiting", ends_at=None, seconds_left=running.seconds_left
            )
        await rows.change(
            tx,
            hour.id,
            status="active",
            started_at=hour.started_at or now,
            ends_at=now + hour.seconds_left,
        )
        if hour.status == "unstarted":
            await earn(tx, hour.order_id, hour.ordinal, now)
        return _at(await rows.get(tx, hour.id), now)

    async def _close(self, tx: Transaction, user_id: int) -> list[Hour]:
        now = self.clock()
        live = await rows.live(tx, user_id)
        ended = [hour for hour in live if hour.ends_at is not None and hour.ends_at <= now]
        for hour in ended:
            await rows.change(tx, hour.id, status="ended", ends_at=None, seconds_left=0)
        lapsed = [hour for hour in live if hour.status == "unstarted" and hour.keep_until <= now]
        for hour in lapsed:
            await rows.change(tx, hour.id, status="lapsed")
            await earn(tx, hour.order_id, hour.ordinal, now)
        over = {hour.id for hour in (*ended, *lapsed)}
        left = [hour for hour in live if hour.id not in over]
        if not running_of(left) and (following := self._following(left)):
            await self.begin(tx, following, None)
        return ended

    def _following(self, live: list[Hour]) -> Hour | None:
        """The hour that goes on by itself when none runs."""
        waiting = self._best(hour for hour in live if hour.status == "waiting")
        if waiting or self.settings.start == "first_use":
            return waiting
        return next((hour for hour in live if hour.status == "unstarted"), None)

    def _startable(
        self, live: list[Hour], running: Hour | None, hour_id: str | None
    ) -> Hour | None:
        unstarted = [hour for hour in live if hour.status == "unstarted"]
        rank = self.plans.rank(running.plan_id) if running else None
        if hour_id is not None:
            named = next((hour for hour in unstarted if hour.id == hour_id), None)
            worse = named and rank is not None and self.plans.rank(named.plan_id) < rank
            return None if worse else named
        if rank is None:
            return next(iter(unstarted), None)
        return self._best(hour for hour in unstarted if self.plans.rank(hour.plan_id) > rank)

    def _best(self, hours: Iterable[Hour]) -> Hour | None:
        return max(hours, key=lambda hour: self.plans.rank(hour.plan_id), default=None)


def running_of(live: Iterable[Hour]) -> Hour | None:
    """The hour that runs: a user's session."""
    return next((hour for hour in live if hour.status == "active"), None)


def _at(hour: Hour, now: int) -> Hour:
    if hour.ends_at is None:
        return hour
    return replace(hour, seconds_left=max(0, hour.ends_at - now))
