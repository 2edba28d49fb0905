import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
import pytest
import razorpay
import requests
from aiohttp import web

from sandbox.razorpay.app import serve
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET

Answer = TypeVar("Answer")


class Clock:
    """Goes on by itself, and jumps."""

    def __init__(self) -> None:
        self._start = 1_765_195_796 - time.monotonic()

    def __call__(self) -> float:
        return self._start + time.monotonic()

    def advance(self, seconds: float) -> None:
        self._start += seconds


class Emulator:
    """The served emulator, its control plane and the real SDK talking to it."""

    def __init__(self, origin: str, clock: Clock, http: aiohttp.ClientSession) -> None:
        self.origin = origin
        self.clock = clock
        self.http = http
        self.session = requests.Session()
        self.session.trust_env = False
        self.sdk = self.client(KEY_ID, KEY_SECRET)

    def client(self, key_id: str, key_secret: str) -> Any:
        return razorpay.Client(
            session=self.session, auth=(key_id, key_secret), base_url=self.origin
        )

    async def call(self, method: Callable[..., Answer], *args: Any, **kwargs: Any) -> Answer:
        return await asyncio.to_thread(method, *args, timeout=20, **kwargs)

    async def call_for(self, seconds: float, method: Callable[..., Answer], *args: Any) -> Answer:
        return await asyncio.to_thread(method, *args, timeout=seconds)

    async def create(self, **fields: Any) -> Any:
        body = {"amount": 19900, "reference_id": "pa_1", **fields}
        return await self.call(self.sdk.payment_link.create, body)

    async def pay(self, link: Mapping[str, Any], **fields: str) -> Any:
        headers = {"Accept": "application/json"}
        async with self.http.post(link["short_url"] + "/pay", data=fields, headers=headers) as got:
            assert got.status == 200, await got.text()
            return await got.json()

    async def emu(self, path: str, /, **fields: Any) -> Any:
        async with self.http.post(f"{self.origin}/_emu/{path}", json=fields) as got:
            assert got.status == 200, await got.text()
            return await got.json()

    async def look(self, path: str) -> Any:
        async with self.http.get(f"{self.origin}/_emu/{path}") as got:
            return await got.json()

    async def raw(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        keys = aiohttp.encode_basic_auth(KEY_ID, KEY_SECRET)
        headers = {"Authorization": keys, **options.pop("headers", {})}
        url = self.origin + path
        async with self.http.request(method, url, headers=headers, **options) as got:
            return got.status, await got.json()

    async def wait_until(self, condition: Callable[[Any], object]) -> Any:
        async with asyncio.timeout(20):
            while not condition(state := await self.look("state")):
                await asyncio.sleep(0.02)
        return state

    async def wait_until_link(self, link_id: str, status: str) -> None:
        await self.wait_until(lambda state: (link_id, status) in statuses(state, "links"))

    async def wait_until_payment(self, payment_id: str, status: str) -> Any:
        await self.wait_until(lambda state: (payment_id, status) in statuses(state, "payments"))
        return await self.call(self.sdk.payment.fetch, payment_id)


def statuses(state: Any, kind: str) -> list[tuple[str, str]]:
    return [(entity["id"], entity["status"]) for entity in state[kind]]


@dataclass
class Receiver:
    """A merchant's webhook URL that keeps what it gets and answers what it is told to."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)  # used up, then 200
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self.news:
            self.got.append((request.headers.copy(), body))
            self.news.notify_all()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def wait_for(self, count: int) -> list[tuple[Mapping[str, str], bytes]]:
        async with asyncio.timeout(20), self.news:
            await self.news.wait_for(lambda: len(self.got) >= count)
        return self.got


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    clock = Clock()
    async with serve(clock=clock) as origin, aiohttp.ClientSession() as http:
        served = Emulator(origin, clock, http)
        yield served
        served.session.close()


@pytest.fixture
async def receiver(emulator: Emulator) -> AsyncIterator[Receiver]:
    """A subscribed webhook target, on a ladder that takes less than a second."""
    kept = Receiver()
    app = web.Application()
    app.router.add_post("/webhooks/razorpay", kept.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/razorpay"
    await emulator.emu("settings", time_scale=0.00001)
    await emulator.emu("webhooks", url=kept.url, secret=WEBHOOK_SECRET)
    yield kept
    await runner.cleanup()
