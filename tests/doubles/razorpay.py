"""The pretended Razorpay: its account, its pay page and its control plane."""

from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import SecretStr

from billing.razorpay import RazorpaySettings
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET
from tests.doubles.clock import FakeClock

SETTINGS = RazorpaySettings(
    enabled=True,
    key_id=SecretStr(KEY_ID),
    key_secret=SecretStr(KEY_SECRET),
    webhook_secret=SecretStr(WEBHOOK_SECRET),
)


@dataclass
class Sandbox:
    origin: str
    http: aiohttp.ClientSession
    clock: FakeClock

    async def emu(self, path: str, /, **fields: Any) -> Any:
        async with self.http.post(f"{self.origin}/_emu/{path}", json=fields) as got:
            assert got.status == 200, await got.text()
            return await got.json()

    async def fault(self, kind: str, method: str = "POST", **fields: Any) -> None:
        await self.emu("faults", kind=kind, method=method, path="/v1/payment_links*", **fields)

    async def pay(self, url: str, outcome: str = "success", **more: Any) -> Any:
        headers = {"Accept": "application/json"}
        form = {"outcome": outcome, **more}
        async with self.http.post(f"{url}/pay", data=form, headers=headers) as got:
            assert got.status == 200, await got.text()
            return await got.json()

    async def look(self, path: str) -> Any:
        async with self.http.get(f"{self.origin}/_emu/{path}") as got:
            return await got.json()
