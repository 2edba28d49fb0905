"""The bot with somebody else's machine behind it, and what it does not draw or show."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from sandbox.app import Sandbox
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.client import SandboxClient
from store.database import open_database
from store.tables import jobs
from tests.doubles.checker import ALWAYS, write
from tests.e2e.world import ADMINS, Hub, buy, send_webhooks_to, started

pytestmark = pytest.mark.e2e


async def test_a_web_ui_draws_while_the_engine_has_no_model(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    ui = world.backends.automatic1111
    backends = [
        {"name": "local", "kind": "local"},
        {
            "name": "studio",
            "kind": "automatic1111",
            "url": f"{world.url}/backends/automatic1111",
        },
    ]
    settings = {
        "HUB_ENGINE__IMAGE_MODEL": f"{tmp_path}/no-model",
        "HUB_BACKENDS": json.dumps(backends),
        "HUB_BACKEND_SECRETS__STUDIO": f"{USER}:{PASSWORD}",
        "HUB_ADMINS": ADMINS,
    }
    async with started(tmp_path, world.url, port, **settings) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha, meera = sandbox.person("asha"), sandbox.person("meera")
        await buy(asha)

        await asha.say("/image a boat")
        await asha.wait("2 of 3 left", patience=90)
        assert ui.asked[0]["prompt"] == "a boat"
        await meera.say("/admin health")
        shown = await meera.wait("Drawing")
        assert "studio: in use · 1 drawn" in shown.text

        ui.troubles.order("memory")
        await asha.say("/image a castle")
        failed = await asha.wait("too large for the GPU", patience=90)
        assert "Nothing was charged. 2 pictures left" in failed.text
        await hub.stop()
        assert PASSWORD not in hub.log
    assert set(await drawn_by(hub)) == {"studio", None}


async def test_a_word_on_the_list_is_refused_and_nothing_is_charged(
    seller: Hub, sandbox: SandboxClient
) -> None:
    asha = sandbox.person("asha")
    await asha.say("/image a nude portrait")

    refused = await asha.wait("I do not draw")
    assert "Nothing was charged" in refused.text
    assert "portrait" not in seller.log


async def test_a_picture_that_the_safety_checker_withholds_is_neither_kept_nor_charged(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    checker = write(tmp_path / "checker", ALWAYS)
    async with started(tmp_path, world.url, port, HUB_ENGINE__SAFETY_MODEL=str(checker)) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha = sandbox.person("asha")
        await buy(asha)

        await asha.say("/image a boat")
        withheld = await asha.wait("safety check", patience=90)

        assert "Nothing was charged. 3 pictures left" in withheld.text
        assert list((tmp_path / "media").rglob("*.png")) == []


async def drawn_by(hub: Hub) -> list[str | None]:
    async with open_database(hub.database_url) as database, database.read() as tx:
        found = await tx.execute(sa.select(jobs.c.backend).order_by(jobs.c.created_at, jobs.c.id))
        return list(found.scalars())
