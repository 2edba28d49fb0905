"""What must happen although nobody asks: hours end, payments are found, losses are refunded."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count

from billing import invariants
from handlers import delivery, draw
from handlers.accepting import DRAW, FILM
from handlers.admin import report
from handlers.alarms import sound_alarms, tell_admins
from handlers.gifts import bring_home
from handlers.offering import forget_old
from handlers.services import Services
from handlers.standstill import watch
from store import beats, jobs, standstills
from store.database import Transaction
from store.work import EXECUTOR

log = logging.getLogger(__name__)

Duty = Callable[[Services], Awaitable[None]]

EVERY_S = 1.0
SELDOM = 3600
"""What need not be done every turn is done every so many."""
BEAT_S = 5
"""How exactly the end of the last run is known."""
OUTAGE_MIN_S = 15
"""A shorter gap is a restart that nobody felt."""


async def keep_house(services: Services) -> None:
    """Do the duties once a second or once an hour, for ever.

    A duty that fails is reported and tried again at its next time.
    """
    often: tuple[Duty, ...] = (
        give_sign_of_life,
        watch,
        end_hours,
        look_for_payments,
        compare_payments,
        refund_lost_jobs,
        sound_alarms,
        delivery.show_progress,
    )
    seldom: tuple[Duty, ...] = (forget_finished_work, forget_old, check_books, bring_home)
    for turn in count():
        for duty in often if turn % SELDOM else (*often, *seldom):
            try:
                await duty(services)
            except Exception:
                # The boundary of a loop that must never end: one broken duty must not stop others.
                log.exception("housekeeping: %s failed", duty.__name__)
        await asyncio.sleep(EVERY_S)


async def make_up_for_outage(services: Services) -> None:
    """Give running hours the time back in which no bot was there; call it once, at the start."""
    now = services.clock()

    async def decide(tx: Transaction) -> None:
        gone = await beats.last(tx, EXECUTOR)
        if gone is not None and now - gone >= OUTAGE_MIN_S:
            lengthened = await services.hours.give_back_outage(tx, gone, now)
            if current := await standstills.current(tx):
                await standstills.count_until(tx, current.id, now)
            log.info("was away for %d s; %d running hours got it back", now - gone, len(lengthened))
        await beats.beat(tx, EXECUTOR, now)

    await services.database.write(decide)


async def give_sign_of_life(services: Services) -> None:
    """Remember that the bot is there, for `make_up_for_outage` to look at."""
    now = services.clock()
    async with services.database.read() as tx:
        last = await beats.last(tx, EXECUTOR)
    if last is None or now - last >= BEAT_S:
        await services.database.write(lambda tx: beats.beat(tx, EXECUTOR, now))


async def end_hours(services: Services) -> None:
    """Close the hours whose time is over, so that waiting ones go on."""
    await services.database.write(services.hours.end_due)


async def look_for_payments(services: Services) -> None:
    """Ask the gateway about orders that are due, so that no webhook is needed."""
    for till in services.tills:
        await till.poll_due()


async def compare_payments(services: Services) -> None:
    """Go through each gateway's payments and payouts now and then, whatever was heard of them."""
    for till in services.tills:
        await till.sweeps.begin_due()
        await till.settlements.begin_due()
        await till.dispute_sweep.begin_due()


async def refund_lost_jobs(services: Services) -> None:
    """Give back the credits of jobs whose work was given up after crash upon crash."""
    async with services.database.read() as tx:
        live = await jobs.queued(tx)
        lost = [
            job_id
            for kind in (DRAW, FILM)
            for job_id in (await services.work.given_up(tx, kind, live) if live else [])
        ]

    async def decide(tx: Transaction) -> None:
        for job_id in lost:
            await draw.fail(services, tx, job_id, "lost")

    if lost:
        log.error("%d jobs were lost and refunded", len(lost))
        await services.database.write(decide)


async def forget_finished_work(services: Services) -> None:
    """Keep the queue's memory small."""
    await services.work.forget_finished(services.clock())


async def check_books(services: Services) -> None:
    """Look whether what must always be true of money is; when it is not, tell the operators."""
    async with services.database.read() as tx:
        found = await invariants.check(tx, services.clock())
    if not found:
        return
    for breach in found:
        log.error("the books are not sound: %s", breach)
    await tell_admins(services, partial(report, found))
