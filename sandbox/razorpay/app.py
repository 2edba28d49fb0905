"""Puts the pretended Razorpay into an aiohttp application."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.razorpay import checkout, control, rest
from sandbox.razorpay.background import sweep_for_ever
from sandbox.razorpay.post import Target
from sandbox.razorpay.webhooks import deliver_for_ever
from sandbox.razorpay.world import WORLD, World


def setup(
    app: web.Application,
    *,
    clock: Callable[[], float],
    public_url: Callable[[], str],
    business: str = "Demo Merchant",
    targets: Iterable[Target] = (),
    seed: int = 0,
) -> None:
    """Add `/v1/…` (REST), `/rzp/{slug}` (checkout) and `/_emu/…` (control plane) to `app`.

    `clock` gives epoch seconds and may be virtual; `public_url` is asked late, when the port is
    known, and gives the origin under which `short_url` is reachable. `seed` makes ids repeat.
    """
    world = World(clock, public_url, business, targets, seed)
    app[WORLD] = world
    app.add_subapp("/v1", rest.application(world))
    app.add_subapp("/rzp", checkout.application(world))
    app.add_subapp("/_emu", control.application(world))
    app.on_shutdown.append(_release_waiting_calls)
    app.cleanup_ctx.append(_work_in_background)


@asynccontextmanager
async def serve(port: int = 0, *, clock: Callable[[], float] = time.time) -> AsyncIterator[str]:
    """Run the emulator alone on loopback; yields its origin. Port 0 takes any free one."""
    origin = ""
    app = web.Application()
    setup(app, clock=clock, public_url=lambda: origin)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield origin
    finally:
        await runner.cleanup()


async def _release_waiting_calls(app: web.Application) -> None:
    app[WORLD].closing.set()


async def _work_in_background(app: web.Application) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(sweep_for_ever(app[WORLD])),
            group.create_task(deliver_for_ever(app[WORLD])),
        ]
        yield
        for task in tasks:
            task.cancel()
