"""The whole sandbox as one web application on one loopback port."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from sandbox import control, window
from sandbox.backends import app as backends
from sandbox.backends.app import Backends
from sandbox.discord import app as discord
from sandbox.discord.world import Discord
from sandbox.razorpay import app as razorpay
from sandbox.razorpay.keys import WEBHOOK_SECRET
from sandbox.razorpay.post import Target
from sandbox.telegram import control as telegram_control
from sandbox.telegram import server as telegram_server
from sandbox.telegram.bot import Bot
from sandbox.telegram.pace import Profile
from sandbox.telegram.receiving import push_updates
from sandbox.world import World

WORLD = web.AppKey("world", World)
BOT = web.AppKey("bot", Bot)
DISCORD = web.AppKey("discord", Discord)
BACKENDS = web.AppKey("backends", Backends)
_LARGEST_REQUEST = 80 * 1024 * 1024
_SHUTDOWN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: where it is and what is in it."""

    url: str
    world: World
    bot: Bot
    discord: Discord
    backends: Backends


def build_app(
    world: World, bot: Bot, *, public_url: str, razorpay_webhook: str = ""
) -> web.Application:
    """Mount every service.

    `public_url` is where people's browsers find this application, `razorpay_webhook` where the
    merchant listens for payments; without it a payment is seen by polling only.
    """
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app[WORLD] = world
    app[BOT] = bot
    telegram_server.setup(app, bot)
    telegram_control.setup(app, bot)
    control.setup(app, world, bot)
    targets = [Target("merchant", razorpay_webhook, WEBHOOK_SECRET)] if razorpay_webhook else []
    razorpay.setup(app, clock=world.now, public_url=lambda: public_url, targets=targets)
    app[DISCORD] = discord.setup(app, world, public_url=public_url)
    app[BACKENDS] = backends.setup(app)
    window.setup(app)
    app.cleanup_ctx.append(_webhooks)
    return app


async def _webhooks(app: web.Application) -> AsyncGenerator[None]:
    """Push updates to the bot's webhook for as long as the application runs."""
    async with asyncio.TaskGroup() as tasks:
        pushing = tasks.create_task(push_updates(app[BOT]))
        yield
        pushing.cancel()


@asynccontextmanager
async def serve(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    limits: Profile = "real",
    razorpay_webhook: str = "",
) -> AsyncGenerator[Sandbox]:
    """Run a fresh world; port 0 takes a free one."""
    listening = socket.create_server((host, port))
    url = f"http://{host}:{listening.getsockname()[1]}"
    world = World()
    bot = Bot(world, limits=limits)
    app = build_app(world, bot, public_url=url, razorpay_webhook=razorpay_webhook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield Sandbox(url, world, bot, app[DISCORD], app[BACKENDS])
    finally:
        await runner.cleanup()
