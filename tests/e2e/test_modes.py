"""Other ways to run the same bot."""

from pathlib import Path

import aiohttp
import pytest

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from tests.e2e.world import Hub, buy, drawing_elsewhere, send_webhooks_to, started

pytestmark = pytest.mark.e2e


async def test_updates_by_webhook_are_answered_and_need_the_secret(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    settings = {
        "HUB_TELEGRAM__MODE": "webhook",
        "HUB_TELEGRAM__WEBHOOK_SECRET": "only-telegram",
        **drawing_elsewhere(world.url),
    }
    async with started(tmp_path, world.url, port, **settings) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha = sandbox.person("asha")

        await asha.say("/start")
        await asha.wait("Welcome")
        await buy(asha)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{hub.url}/webhooks/telegram", json={"update_id": 1}) as answer,
        ):
            assert answer.status == 403


async def test_a_link_that_expired_says_so(hub: Hub, sandbox: SandboxClient) -> None:
    asha = sandbox.person("asha")
    await asha.say("/buy flash")
    await asha.wait("Pay by UPI")

    await sandbox.advance(25 * 60)

    expired = await asha.wait("expired", patience=90)
    assert "Nothing was charged" in expired.text
    assert "See plans" in expired.buttons
    assert "engine" in hub.log


@pytest.mark.fault("F38")
async def test_a_missing_model_is_named_and_nothing_is_charged(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    async with started(
        tmp_path, world.url, port, HUB_ENGINE__IMAGE_MODEL=f"{tmp_path}/no-model"
    ) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha = sandbox.person("asha")
        await buy(asha)

        await asha.say("/image a boat")
        failed = await asha.wait("no-model", patience=90)

        assert "Nothing was charged. 3 pictures left" in failed.text
