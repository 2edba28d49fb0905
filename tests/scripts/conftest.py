import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import pytest

from sandbox.razorpay.app import serve
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET
from scripts.contract import main
from scripts.contract_calls import Contract

Answer = TypeVar("Answer")
KEYS = {
    "HUB_RAZORPAY__KEY_ID": KEY_ID,
    "HUB_RAZORPAY__KEY_SECRET": KEY_SECRET,
    "HUB_RAZORPAY__WEBHOOK_SECRET": WEBHOOK_SECRET,
}


@dataclass
class Razorpay:
    """The emulator, from the outside."""

    origin: str
    http: aiohttp.ClientSession

    async def emu(self, path: str, /, **fields: Any) -> Any:
        async with self.http.post(f"{self.origin}/_emu/{path}", json=fields) as got:
            assert got.status == 200, await got.text()
            return await got.json()

    async def state(self) -> Any:
        async with self.http.get(f"{self.origin}/_emu/state") as got:
            return await got.json()

    async def link_statuses(self) -> list[str]:
        return [link["status"] for link in (await self.state())["links"]]

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.to_thread(question)

    async def check(self, *arguments: str) -> int:
        return await self.ask(lambda: main(["--api", self.origin, *arguments], KEYS))

    def contract(self) -> Contract:
        return Contract(self.origin, KEY_ID, KEY_SECRET)

    async def paid_link(self) -> str:
        url = f"{self.origin}/v1/payment_links"
        keys = {"Authorization": aiohttp.encode_basic_auth(KEY_ID, KEY_SECRET)}
        async with self.http.post(url, json={"amount": 100}, headers=keys) as made:
            link = await made.json()
        async with self.http.post(f"{link['short_url']}/pay", data={}) as paid:
            assert paid.status == 200
        return str(link["id"])


@pytest.fixture
async def service() -> AsyncIterator[Razorpay]:
    async with serve() as origin, aiohttp.ClientSession() as http:
        yield Razorpay(origin, http)
