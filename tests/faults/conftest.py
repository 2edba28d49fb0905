from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from billing.razorpay import Razorpay
from billing.reducer import Policy
from billing.refunds import RefundSettings
from sandbox.razorpay.app import serve as serve_emulator
from tests.doubles.clock import FakeClock
from tests.doubles.hub import open_hub
from tests.doubles.razorpay import SETTINGS, Sandbox
from tests.doubles.till import WEBHOOK, Till
from tests.doubles.web import Browser
from web.app import build_app, serve

OLD_SECRET = "the-secret-before-the-rotation"
POLICY = Policy(refund_at_once=frozenset(RefundSettings().automatic))


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    """A shop whose books are sound when the test is over, and agree with Razorpay's."""
    clock = FakeClock()
    async with serve_emulator(clock=clock) as origin, aiohttp.ClientSession() as http:
        gateway = Razorpay(
            SETTINGS.model_copy(
                update={
                    "api_base_url": origin,
                    "previous_webhook_secret": SecretStr(OLD_SECRET),
                }
            ),
            clock,
        )
        emulator = Sandbox(origin, http, clock)
        async with (
            open_hub(tmp_path, clock=clock, razorpay=gateway, policy=POLICY) as hub,
            serve(build_app(hub.services, None), "127.0.0.1", 0) as listening,
        ):
            # It wants no event by itself, so that none is delivered but by the test.
            await emulator.emu("webhooks", url=listening.url + WEBHOOK, events=["none"])
            opened = Till(hub, emulator, gateway, Browser(listening.url, http))
            yield opened
            await opened.is_sound()
        gateway.close()
