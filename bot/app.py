"""The composition root: opens everything, wires it, serves until told to stop, closes it."""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

from billing.hours import Hours
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans, publish
from billing.razorpay import Razorpay
from bot.settings import Settings
from bot.telegram import TelegramAdapter
from chat.model import Incoming, Reply
from engine.engine import Engine
from handlers import delivery, draw
from handlers.housekeeping import keep_house
from handlers.image import DRAW
from handlers.links import Links
from handlers.progress import ProgressBoard
from handlers.routes import build_router
from handlers.services import Services
from store.blobs import Blobs
from store.cards import DELIVER
from store.database import Database, open_database
from store.work import Kind, Queue, Work
from web.app import build_app, serve
from web.keys import TelegramWebhook

log = logging.getLogger(__name__)

Dispatch = Callable[[Incoming], Awaitable[Reply | None]]

DRAIN_S = 25
"""How long running work may take after SIGTERM; platforms kill after 30 s."""

ABOUT = {
    "en": "I draw pictures from words. Buy an hour with UPI or card, and begin.",
    "hi": "मैं शब्दों से तस्वीरें बनाता हूँ। UPI या कार्ड से एक घंटा ख़रीदें और शुरू करें।",
}
CHAT = Queue("chat", at_once=16)
DELIVERY_TRIES = 5
DRAW_TRIES = 2
GPU_AT_ONCE = 8
"""Jobs the engine knows of at once: enough to keep it fed, few enough for priorities to count."""


def now() -> int:
    """The time, Unix seconds."""
    return int(time.time())


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; then finish what runs, and leave the rest to the next start.

    Raises:
        StoreError: The database cannot be used.
    """
    stop = _stop_signal()
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings.store.database_url))
        engine = await opened.enter_async_context(Engine(settings.engine))
        telegram = await opened.enter_async_context(_telegram(settings))
        gateway = _razorpay(settings)
        if gateway is not None:
            opened.callback(gateway.close)
        services = _wire(settings, database, engine, telegram, gateway)
        await database.write(lambda tx: publish(tx, services.plans))
        router = build_router(services)
        telegram.introduce(router.commands, settings.admins_of(telegram.platform), ABOUT)
        hook = _webhook(settings, telegram, router.dispatch)
        await opened.enter_async_context(services.work.running(drain_s=DRAIN_S))
        await opened.enter_async_context(
            serve(build_app(services, hook), settings.web.host, settings.web.port)
        )
        async with asyncio.TaskGroup() as tasks:
            serving = [
                tasks.create_task(keep_house(services)),
                tasks.create_task(_listen(settings, telegram, router.dispatch)),
            ]
            log.info("ready")
            await stop.wait()
            log.info("stopping: running work has %d s to finish", DRAIN_S)
            for task in serving:
                task.cancel()
        await engine.drain(DRAIN_S)


def _wire(
    settings: Settings,
    database: Database,
    engine: Engine,
    telegram: TelegramAdapter,
    gateway: Razorpay | None,
) -> Services:
    plans = Plans(settings.plans_on_sale())
    work = Work(database)
    hours = Hours(settings.hours, plans, now)
    orders = Orders(plans, hours, work, now)
    services = Services(
        database=database,
        work=work,
        blobs=Blobs(settings.store.media_url),
        links=Links(
            settings.web.public_url, settings.web.signing_key.get_secret_value().encode(), now
        ),
        plans=plans,
        hours=hours,
        orders=orders,
        payments=_payments(settings, database, gateway, hours, work),
        engine=engine,
        progress=ProgressBoard(),
        chats={telegram.platform: telegram},
        images=settings.images,
        keep_days=settings.hours.keep_days,
        clock=now,
    )
    work.declare(
        Kind(DELIVER, CHAT, partial(delivery.deliver, services), tries=DELIVERY_TRIES),
        Kind(DRAW, Queue("gpu", GPU_AT_ONCE), partial(draw.draw, services), tries=DRAW_TRIES),
    )
    if services.payments is not None:
        work.declare(*services.payments.kinds())
    return services


def _payments(
    settings: Settings, database: Database, gateway: Razorpay | None, hours: Hours, work: Work
) -> Payments | None:
    if gateway is None:
        return None
    public_url = settings.web.public_url.rstrip("/")
    callback_url = f"{public_url}/pay/return" if public_url else None
    return Payments(database, gateway, hours, work, now, callback_url=callback_url)


def _razorpay(settings: Settings) -> Razorpay | None:
    return Razorpay(settings.razorpay, now) if settings.razorpay.enabled else None


def _telegram(settings: Settings) -> TelegramAdapter:
    return TelegramAdapter(
        settings.telegram.token.get_secret_value(), settings.telegram.api_base_url
    )


async def _listen(settings: Settings, telegram: TelegramAdapter, dispatch: Dispatch) -> None:
    if settings.telegram.mode == "polling":
        await telegram.run(dispatch)
    await telegram.setup()
    url = f"{settings.web.public_url.rstrip('/')}/webhooks/telegram"
    await telegram.set_webhook(url, settings.telegram.webhook_secret.get_secret_value())


def _webhook(
    settings: Settings, telegram: TelegramAdapter, dispatch: Dispatch
) -> TelegramWebhook | None:
    if settings.telegram.mode != "webhook":
        return None
    secret = settings.telegram.webhook_secret
    return TelegramWebhook(secret, lambda raw: telegram.handle(raw, dispatch))


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
