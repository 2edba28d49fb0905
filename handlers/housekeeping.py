"""What must happen although nobody asks: hours end, payments are found, losses are refunded."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from handlers import delivery, draw
from handlers.image import DRAW
from handlers.services import Services
from store import jobs
from store.database import Transaction

log = logging.getLogger(__name__)

EVERY_S = 1.0


async def keep_house(services: Services) -> None:
    """Do every duty once a second, for ever. A duty that fails is reported and tried again."""
    duties: tuple[Callable[[Services], Awaitable[None]], ...] = (
        end_hours,
        look_for_payments,
        refund_lost_jobs,
        delivery.show_progress,
    )
    while True:
        for duty in duties:
            try:
                await duty(services)
            except Exception:
                # The boundary of a loop that must never end: one broken duty must not stop others.
                log.exception("housekeeping: %s failed", duty.__name__)
        await asyncio.sleep(EVERY_S)


async def end_hours(services: Services) -> None:
    """Close the hours whose time is over, so that waiting ones go on."""
    await services.database.write(services.hours.end_due)


async def look_for_payments(services: Services) -> None:
    """Ask the gateway about orders that are due, so that no webhook is needed."""
    if services.payments is not None:
        await services.payments.poll_due()


async def refund_lost_jobs(services: Services) -> None:
    """Give back the credits of jobs whose work was given up after crash upon crash."""
    async with services.database.read() as tx:
        live = await jobs.queued(tx)
        lost = await services.work.given_up(tx, DRAW, live) if live else []

    async def decide(tx: Transaction) -> None:
        for job_id in lost:
            await draw.fail(services, tx, job_id, "lost")

    if lost:
        log.error("%d jobs were lost and refunded", len(lost))
        await services.database.write(decide)
