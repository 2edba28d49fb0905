"""The three seconds in which a bot must react, and what else happens as time goes by."""

import asyncio
from collections.abc import AsyncGenerator

from aiohttp import web

from sandbox.discord.records import ACKNOWLEDGE_WITHIN, Notice
from sandbox.discord.world import Discord

_TICK = 0.25


async def keep_time(discord: Discord, _app: web.Application) -> AsyncGenerator[None]:
    """Tell people when the bot missed its three seconds, for as long as the world runs."""
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(_keep_time(discord))
        yield
        keeping.cancel()


async def _keep_time(discord: Discord) -> None:
    world, seq = discord.world, 0
    while True:
        await world.wait_beyond(seq, _TICK)
        for event in world.events_after(seq):
            seq = event.seq
            if event.kind == "reset":
                discord.forget()
            elif event.kind == "clock":
                discord.news.tell("clock")
        _end_the_unanswered(discord)


def _end_the_unanswered(discord: Discord) -> None:
    late = discord.now() - ACKNOWLEDGE_WITHIN
    for missed in discord.interactions.values():
        if missed.answered is None and not missed.ended and missed.created < late:
            missed.ended = True
            notice = Notice(missed.id, missed.title)
            discord.news.tell("failed", missed.channel, notice, person=missed.person)
