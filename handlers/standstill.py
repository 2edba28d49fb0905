"""When nothing can be drawn: it is noticed, time stands still, and people wait or are paid back.

A job that fails makes the bot draw something itself; when that fails too, it is a standstill. The
same try, repeated, finds out when it is over.
"""

import asyncio
import logging
from functools import partial

from billing import standstills
from billing.hours_settings import HOUR_S
from billing.refunds import Refunds
from billing.standstills import AHEAD_S, WAITS, Unused
from chat.model import Button, ButtonPress, Reply
from chat.text import Text, lines
from engine.errors import EngineBusyError, EngineClosedError, EngineError, WithheldError
from engine.job import GenerationRequest
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import money
from store import cards, jobs, users
from store import standstills as rows
from store.database import Transaction
from store.ids import new_id
from store.jobs import Job
from store.standstills import STOPPED, Standstill
from store.work import LeftForNextStart

log = logging.getLogger(__name__)

TRY_DRAWING = "try_drawing"
"""The kind of work that draws something for nobody."""
SUSPECT_EVERY_S = 60
TRY_EVERY_S = 300
TRY_S = 600
"""How long a try may take: an engine may have to be started and a model to be loaded first."""
STUCK_S = 900
"""A job that waits this long for an engine that is not there is no queue."""


async def suspect(services: Services, tx: Transaction, job: Job) -> None:
    """Have it tried whether anything can be drawn, because a job failed; once a minute."""
    if await rows.current(tx) is None:
        key = f"{TRY_DRAWING}:{services.clock() // SUSPECT_EVERY_S}"
        await services.work.submit(tx, TRY_DRAWING, str(job.created_at), key=key)


async def try_drawing(services: Services, began_at: str) -> None:
    """Draw something; what becomes of it tells whether a standstill has begun, or is over.

    Raises:
        LeftForNextStart: The bot is going down.
    """
    name = new_id("try", services.clock())
    try:
        async with asyncio.timeout(TRY_S):
            await services.engine.generate(name, _plain(services), lambda _: None, owner="house")
    except EngineClosedError:
        raise LeftForNextStart from None
    except EngineBusyError:
        return
    except WithheldError:
        await services.database.write(partial(_over, services))
    except (EngineError, TimeoutError) as error:
        log.warning("nothing can be drawn: %s", type(error).__name__)
        await services.database.write(partial(_stopped, services, int(began_at)))
    else:
        await services.database.write(partial(_over, services))


async def watch(services: Services) -> None:
    """Give time back, try again and send money back while nothing can be drawn."""
    async with services.database.read() as tx:
        current = await rows.current(tx)
        _, oldest = await jobs.live(tx)
    now = services.clock()
    if current is None:
        if oldest is None or now - oldest < STUCK_S:
            return
        if not services.engine.health().is_ready:
            await services.database.write(partial(_stopped, services, oldest))
    elif current.counted_until < now + AHEAD_S // 2:
        await services.database.write(partial(_go_on, services))
        await _pay_back(services)


async def card_news(
    services: Services, tx: Transaction, job: Job, words: English
) -> tuple[list[Text], tuple[Button, ...]]:
    """What the card of a failed job says besides, and its way to the money."""
    if job.failure not in STOPPED or not services.tills:
        return [], ()
    standstill = await rows.covering(tx, job.created_at)
    if standstill is None:
        return [], ()
    if standstill.ended_at is not None:
        return [words.standstill_over()], ()
    return [words.standstill()], (Button(words.money_back, press="v1:money_back:"),)


async def ask(services: Services, press: ButtonPress, _: str) -> Reply:
    """Show what would go back, before it does."""
    words = texts(press.user.language)

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, press, services.clock())
        current = await rows.current(tx)
        if current is None:
            return Reply(words.standstill_over(), private=True)
        parts = await standstills.unused(
            tx, services.hours, user.id, partial(_refunds_of, services)
        )
        if not parts:
            return Reply(words.money_back_nothing(), private=True)
        yes = Button(words.money_back_now(_sum(parts)), press=f"v1:money_back_now:{current.id}")
        no = Button(words.wait_for_it, press=f"v1:money_back_wait:{current.id}")
        shown = [words.money_back_part(p.payment.id, _amount(p), len(p.hours)) for p in parts]
        says = lines([words.money_back_ask(), *shown, words.money_back_takes()])
        return Reply(says, ((yes,), (no,)), private=True)

    return await services.database.write(decide)


async def pay_back(services: Services, press: ButtonPress, standstill_id: str) -> Reply:
    """Send back what somebody could not use; pressing again sends nothing more."""
    words = texts(press.user.language)

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, press, services.clock())
        current = await rows.current(tx)
        if current is None or current.id != standstill_id:
            return Reply(words.standstill_over(), edit=True, private=True)
        sent = await _send(services, user.id, current, press.user.tag, tx)
        says = words.money_back_sent() if sent else words.money_back_nothing()
        return Reply(says, edit=True, private=True)

    return await services.database.write(decide)


async def wait(services: Services, press: ButtonPress, standstill_id: str) -> Reply:
    """Leave somebody's hours as they are: nothing goes back by itself in this standstill."""
    words = texts(press.user.language)

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, press, services.clock())
        subject = f"{standstill_id} {user.id}"
        if not await users.is_audited(tx, WAITS, subject):
            await users.audit(tx, services.clock(), press.user.tag, WAITS, subject)
        return Reply(words.money_back_waits(), edit=True, private=True)

    return await services.database.write(decide)


async def _stopped(services: Services, began_at: int, tx: Transaction) -> None:
    if await standstills.begin(tx, services.hours, began_at):
        log.error("nothing can be drawn since %d", began_at)
        await _touch(services, tx, began_at)


async def _over(services: Services, tx: Transaction) -> None:
    current = await rows.current(tx)
    if current and await standstills.end(tx, services.hours):
        log.info("drawing works again")
        await _touch(services, tx, current.began_at)


async def _go_on(services: Services, tx: Transaction) -> None:
    current = await rows.current(tx)
    if current is None:
        return
    if await rows.last_drawn(tx, current.began_at) is not None:
        await _over(services, tx)
        return
    await standstills.count(tx, services.hours)
    key = f"{TRY_DRAWING}:{current.id}:{services.clock() // TRY_EVERY_S}"
    await services.work.submit(tx, TRY_DRAWING, str(current.began_at), key=key)


async def _touch(services: Services, tx: Transaction, since: int) -> None:
    for job_id in dict.fromkeys(map(jobs.first_of, await rows.failed_since(tx, since))):
        await cards.touch(tx, services.work, "job", job_id)


async def _pay_back(services: Services) -> None:
    """Send back what those could not use who waited for as long as the policy says."""
    limit_s = services.refunding.standstill_h * HOUR_S
    async with services.database.read() as tx:
        current = await rows.current(tx)
        if current is None or not limit_s:
            return
        waiting = await rows.waited_since(tx, current.began_at, services.clock() - limit_s)
        asked = [
            user_id
            for user_id in waiting
            if not await users.is_audited(tx, WAITS, f"{current.id} {user_id}")
        ]
    for user_id in asked:
        await services.database.write(partial(_send, services, user_id, current, "billing"))


async def _send(
    services: Services, user_id: int, current: Standstill, actor: str, tx: Transaction
) -> bool:
    refunds_of = partial(_refunds_of, services)
    return bool(
        await standstills.send_back(tx, services.hours, user_id, current, refunds_of, actor)
    )


def _refunds_of(services: Services, gateway: str) -> Refunds | None:
    till = services.till_of(gateway)
    return till.refunds if till else None


def _plain(services: Services) -> GenerationRequest:
    """A picture like those that are asked for, and nobody's."""
    images = services.images
    width, height = next(iter(images.shapes.values()))
    return GenerationRequest(
        prompt="a house",
        negative_prompt="",
        width=width,
        height=height,
        steps=images.steps,
        guidance=images.guidance,
        seed=0,
        sampler=images.sampler,
    )


def _amount(part: Unused) -> str:
    return money(part.paise, part.payment.currency)


def _sum(parts: list[Unused]) -> str:
    by_currency: dict[str, int] = {}
    for part in parts:
        currency = part.payment.currency
        by_currency[currency] = by_currency.get(currency, 0) + part.paise
    return " + ".join(money(amount, currency) for currency, amount in by_currency.items())
