"""The composition root: opens everything, wires it, serves until told to stop, closes it."""

import asyncio
import logging
import signal
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from billing.gateway import Gateway
from billing.gifts import Gifts
from billing.guarded import FAILURES_MAX, Guarded
from billing.hours import Hours
from billing.offers import RAZORPAY
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans, publish
from billing.razorpay import Razorpay
from billing.receipts import Receipts
from billing.reducer import Policy
from billing.stars import NAME as STARS
from billing.stars import Stars
from billing.topups import TopUps
from bot.platforms import Platforms
from bot.settings import Settings
from engine.backend import Backend
from engine.breaker import Breaker
from engine.drawer import drawer
from engine.settings import EngineSettings
from handlers import delivery
from handlers.blocklist import BlockList
from handlers.errors import explain
from handlers.housekeeping import keep_house, make_up_for_outage
from handlers.lines import drawing
from handlers.links import Links
from handlers.progress import ProgressBoard
from handlers.routes import build_router
from handlers.services import Services, StarTill
from handlers.star_till import CashierTill
from store.blobs import Blobs
from store.cards import DELIVER
from store.database import Database, open_database
from store.orders import GatewayName
from store.work import Kind, Queue, Work
from web.app import build_app, serve

log = logging.getLogger(__name__)

DRAIN_S = 25
"""How long running pictures may take after SIGTERM; platforms kill after 30 s."""
HAND_BACK_S = 3
"""How long the rest may take after that, until it is left to the next start."""

CHAT = Queue("chat", at_once=16)
DELIVERY_TRIES = 5


def now() -> int:
    """The time, Unix seconds."""
    return int(time.time())


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; then finish what runs, and leave the rest to the next start.

    Raises:
        StoreError: The database cannot be used.
        TokenRejectedError: A platform does not know its token.
    """
    stop = _stop_signal()
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings.store.database_url))
        engine: Backend = drawer(
            _of_engine(settings), settings.backends, settings.secrets_of_backends()
        )
        await opened.enter_async_context(engine)
        platforms = await Platforms.open(settings, explain, time.time, opened)
        gateway = _razorpay(settings)
        if gateway is not None:
            opened.callback(gateway.close)
        services = _wire(settings, database, engine, platforms, gateway)
        await database.write(lambda tx: publish(tx, services.plans))
        await make_up_for_outage(services)
        router = build_router(services)
        platforms.introduce(router)
        await opened.enter_async_context(services.work.running(drain_s=HAND_BACK_S))
        app = build_app(services, platforms.webhook(router.dispatch))
        await opened.enter_async_context(serve(app, settings.web.host, settings.web.port))
        await _serve_until(stop, [keep_house(services), *platforms.listeners(router.dispatch)])
        await engine.drain(DRAIN_S)


def _of_engine(settings: Settings) -> EngineSettings:
    """Return the engine's settings; what people may ask for is what it gets to know."""
    sizes = settings.engine.sizes or tuple(dict.fromkeys(settings.images.shapes.values()))
    return settings.engine.model_copy(update={"sizes": sizes})


async def _serve_until(stop: asyncio.Event, duties: list[Coroutine[Any, Any, None]]) -> None:
    """Run the duties; whichever fails ends all, so that there is no half-alive bot."""
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = [tasks.create_task(duty) for duty in duties]
            log.info("ready")
            await stop.wait()
            log.info("stopping: running work has %d s to finish", DRAIN_S)
            for task in serving:
                task.cancel()
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


def _wire(
    settings: Settings,
    database: Database,
    engine: Backend,
    platforms: Platforms,
    gateway: Razorpay | None,
) -> Services:
    plans = Plans(settings.plans_on_sale())
    work = Work(database)
    hours = Hours(settings.hours, plans, now)
    orders = Orders(
        plans, hours, work, now, settings.razorpay.orders_hourly_max, settings.star_prices()
    )
    guarded = Guarded(gateway, Breaker(failures_max=FAILURES_MAX), now) if gateway else None
    key = settings.web.signing_key.get_secret_value().encode()
    services = Services(
        database=database,
        work=work,
        blobs=Blobs(settings.store.media_url),
        links=Links(settings.web.public_url, key, now),
        plans=plans,
        hours=hours,
        orders=orders,
        topups=TopUps(orders, hours, now),
        gifts=Gifts(key, hours, now),
        payments=_payments(settings, database, guarded, hours, work) if guarded else None,
        gateway=guarded,
        stars=_stars(settings, database, platforms, hours, work),
        refunding=settings.refunds,
        receipts=Receipts(settings.business, now),
        engine=engine,
        progress=ProgressBoard(),
        chats=platforms.chats,
        images=settings.images,
        videos=settings.videos,
        blocklist=BlockList(settings.safety),
        keep_days=settings.hours.keep_days,
        business=settings.business,
        draws_elsewhere=any(each.kind != "local" for each in settings.backends),
        admins=frozenset(settings.admins),
        clock=now,
    )
    work.declare(
        Kind(DELIVER, CHAT, partial(delivery.deliver, services), tries=DELIVERY_TRIES),
        *drawing(services, settings.engine),
    )
    for till in services.tills:
        work.declare(*till.kinds())
    return services


def _payments(
    settings: Settings,
    database: Database,
    gateway: Gateway,
    hours: Hours,
    work: Work,
    name: GatewayName = RAZORPAY,
) -> Payments:
    public_url = settings.web.public_url.rstrip("/")
    return Payments(
        database,
        gateway,
        hours,
        work,
        now,
        callback_url=f"{public_url}/pay/return" if public_url else None,
        business=settings.business,
        policy=Policy(refund_at_once=frozenset(settings.refunds.automatic)),
        name=name,
    )


def _stars(
    settings: Settings, database: Database, platforms: Platforms, hours: Hours, work: Work
) -> StarTill | None:
    chats = platforms.chats.values()
    paid_by = next(((chat, chat.cashier) for chat in chats if chat.cashier), None)
    if paid_by is None or not settings.star_prices():
        return None
    chat, cashier = paid_by
    stars = Stars(database, CashierTill(cashier), work, now)
    payments = _payments(settings, database, stars, hours, work, STARS)
    return StarTill(chat.platform, stars, payments, only=settings.stars.only)


def _razorpay(settings: Settings) -> Razorpay | None:
    return Razorpay(settings.razorpay, now) if settings.razorpay.enabled else None


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
