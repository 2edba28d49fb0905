"""The whole product as processes: the sandbox, and the bot as an operator starts it."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from billing.invariants import Breach, check
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from sandbox.discord.gateway import TOKEN as DISCORD_TOKEN
from sandbox.discord.seen import SeenMessage as SeenOnDiscord
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET
from sandbox.seen import SeenMessage
from sandbox.telegram.bot import TOKEN
from store.database import open_database
from store.migrate import migrate

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "data" / "models" / "untrained-sd"
VIDEO_MODEL = ROOT / "data" / "models" / "untrained-svd"
QUICK = {
    "HUB_ENGINE__IMAGE_MODEL": str(MODEL),
    "HUB_IMAGES__STEPS": "4",
    "HUB_IMAGES__SHAPES": '{"square": [64, 64], "large": [768, 768]}',
    "HUB_ENGINE__THREADS": "1",
    "HUB_ENGINE__COSTS_PATH": "",
    "HUB_ENGINE__PREVIEW_EVERY_S": "0",  # whatever picture comes is the result
    "HUB_HOURS__TRIAL_PLAN": "flash-lite",
    "HUB_HOURS__TOPUP_IMAGE_PAISE": "1500",
}
ANIMATED = {
    "HUB_ENGINE__VIDEO_MODEL": str(VIDEO_MODEL),
    "HUB_VIDEOS__STEPS": "2",
    "HUB_VIDEOS__FRAMES": "8",
    "HUB_VIDEOS__FPS": "4",
    "HUB_VIDEOS__SECONDS": "2",
    "HUB_VIDEOS__SHAPES": '{"landscape": [128, 64], "square": [64, 64]}',
}
"""What lets a bot draw clips, small and soon."""
PATIENCE_S = 60
ADMINS = '["telegram:7001003", "discord:1190000000000000003"]'
"""Meera runs the bot of the town."""


class Hub:
    """The bot's process; it can be killed and started again on the same files."""

    def __init__(self, folder: Path, sandbox_url: str, port: int, settings: dict[str, str]) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.database_url = f"sqlite:///{folder}/hub.db"
        self._process: asyncio.subprocess.Process | None = None
        self._environment = {
            **os.environ,
            "HUB_TELEGRAM__API_BASE_URL": sandbox_url,
            "HUB_TELEGRAM__TOKEN": TOKEN,
            "HUB_RAZORPAY__API_BASE_URL": sandbox_url,
            "HUB_RAZORPAY__KEY_ID": KEY_ID,
            "HUB_RAZORPAY__KEY_SECRET": KEY_SECRET,
            "HUB_RAZORPAY__WEBHOOK_SECRET": WEBHOOK_SECRET,
            "HUB_STORE__DATABASE_URL": self.database_url,
            "HUB_STORE__MEDIA_URL": f"file:{folder}/media",
            "HUB_WEB__PORT": str(port),
            "HUB_WEB__PUBLIC_URL": self.url,
            "HUB_WEB__SIGNING_KEY": "for-tests-only",
            **QUICK,
            **settings,
        }

    @property
    def log(self) -> str:
        """All that the bot has logged."""
        return (self.folder / "bot.log").read_text()

    async def start(self, failpoint: str = "") -> None:
        """Start the bot and wait until it serves; at a failpoint it will die."""
        module = "tests.e2e.mortal" if failpoint else "bot"
        environment = {**self._environment, "FAILPOINT": failpoint}
        with (self.folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as session:
            while True:
                assert self._process.returncode is None, self.log
                try:
                    async with session.get(f"{self.url}/healthz") as answer:
                        if answer.ok:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)

    async def died(self) -> int:
        """Wait until it is dead; the exit status."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE_S)

    async def kill(self) -> None:
        """Kill −9: nothing is finished, nothing is said."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to end; the exit status."""
        return await self._end(signal.SIGTERM)

    def kill_engine(self) -> None:
        """Kill −9 of the engine's process alone."""
        engines = [pid for pid in self._children() if b"engine" in _command_line(pid)]
        os.kill(engines[0], signal.SIGKILL)

    async def close(self) -> None:
        """End it in whatever state it is."""
        if self._process is not None and self._process.returncode is None:
            await self._end(signal.SIGKILL)

    async def breaches(self) -> list[Breach]:
        """What must never be found in the database that it leaves."""
        async with open_database(self.database_url) as database, database.read() as tx:
            return await check(tx, int(time.time()))

    def _children(self) -> list[int]:
        assert self._process is not None
        pid = self._process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in listed.split()]

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return await asyncio.wait_for(self._process.wait(), PATIENCE_S)


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@asynccontextmanager
async def started(
    folder: Path, sandbox_url: str, port: int, *, failpoint: str = "", **settings: str
) -> AsyncGenerator[Hub]:
    """A migrated, running bot."""
    hub = Hub(folder, sandbox_url, port, settings)
    migrate(hub.database_url)
    try:
        await hub.start(failpoint)
        yield hub
    finally:
        await hub.close()
    assert await hub.breaches() == []


async def send_webhooks_to(hub: Hub, sandbox_url: str) -> None:
    """Tell the pretended Razorpay where the bot listens."""
    await _post(f"{sandbox_url}/_emu/webhooks", {"url": f"{hub.url}/webhooks/razorpay"})


def on_discord(sandbox_url: str) -> dict[str, str]:
    """What switches Discord on, for `started`."""
    return {
        "HUB_DISCORD__ENABLED": "true",
        "HUB_DISCORD__API_BASE_URL": f"{sandbox_url}/api/v10",
        "HUB_DISCORD__GATEWAY_URL": f"{sandbox_url.replace('http', 'ws')}/gateway",
        "HUB_DISCORD__TOKEN": DISCORD_TOKEN,
    }


def drawing_elsewhere(sandbox_url: str) -> dict[str, str]:
    """For `started`: what is only said and paid needs no engine, which takes longest to start."""
    url = f"{sandbox_url}/backends/automatic1111"
    studio = {"name": "studio", "kind": "automatic1111", "url": url}
    return {
        "HUB_BACKENDS": json.dumps([studio]),
        "HUB_BACKEND_SECRETS__STUDIO": f"{USER}:{PASSWORD}",
    }


async def pay(message: SeenMessage | SeenOnDiscord, outcome: str = "success") -> None:
    """Pay the link under a message on the checkout page."""
    url = message.button("Pay").url
    assert url is not None
    await _post(f"{url}/pay", {"outcome": outcome})


async def _post(url: str, body: dict[str, str]) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers={"Accept": "application/json"}) as answer,
    ):
        assert answer.ok, await answer.text()


async def buy(buyer: Person, plan: str = "Flash Lite") -> SeenMessage:
    """A person buys an hour; the paid order's message."""
    await buyer.say("/buy")
    await buyer.press(await buyer.wait("₹"), plan)
    await pay(await buyer.wait("Pay by UPI"))
    return await buyer.wait("Paid")


async def buy_on_discord(buyer: DiscordPerson, plan: str = "Flash Lite") -> SeenOnDiscord:
    """A person buys an hour; the paid order's message."""
    await buyer.slash("/buy")
    await buyer.press(await buyer.wait("₹"), plan)
    await pay(await buyer.wait("Pay by UPI"))
    return await buyer.wait("Paid")
