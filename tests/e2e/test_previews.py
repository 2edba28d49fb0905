"""What people see while a picture is drawn, on both platforms, drawn by the engine itself."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from sandbox.discord import client as discord
from sandbox.discord.client import DiscordPerson
from sandbox.discord.seen import SeenMessage as SeenOnDiscord
from sandbox.seen import SeenMessage
from tests.e2e.world import Hub, buy, buy_on_discord, on_discord, send_webhooks_to, started

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PATIENCE_S = 100.0
TWO_SIDE_BY_SIDE = (768, 384)


@pytest.fixture
async def hub(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> AsyncIterator[Hub]:
    settings = {
        "HUB_ENGINE__PREVIEW_EVERY_S": "0.2",
        "HUB_IMAGES__SHAPES": '{"square": [512, 512]}',
        **on_discord(world.url),
    }
    async with started(tmp_path, world.url, port, **settings) as running:
        await send_webhooks_to(running, world.url)
        await sandbox.ready()
        await discord.ready(sandbox)
        yield running


def is_preview(message: SeenMessage | SeenOnDiscord) -> bool:
    return message.photo is not None and "%" in message.text


def is_result(message: SeenMessage | SeenOnDiscord) -> bool:
    return message.photo is not None and "taken" in message.text


def sides(photo: bytes | None) -> tuple[int, int]:
    assert photo is not None
    with Image.open(io.BytesIO(photo)) as image:
        return image.size


@pytest.mark.usefixtures("hub")
async def test_on_telegram_a_picture_is_seen_coming_and_leaves_nothing_when_cancelled(
    sandbox: SandboxClient,
) -> None:
    asha = sandbox.person("asha")
    await buy(asha)
    await asha.say("/image a boat --steps 50 --sampler heun")
    preview = await asha.wait(is_preview, PATIENCE_S)
    assert sides(preview.photo) == (512, 512)
    assert preview.buttons == ["Cancel"]

    await asha.press(preview, "Cancel")
    cancelled = await asha.wait("Cancelled. Nothing was charged.", PATIENCE_S)
    assert cancelled.media is None
    left = await asha.messages()
    assert [message for message in left if message.media is not None] == []
    assert preview.id not in [message.id for message in left]

    await asha.say("/image a boat --steps 4")
    picture = await asha.wait(is_result, PATIENCE_S)
    left = await asha.messages()
    assert [message.id for message in left if message.media is not None] == [picture.id]
    assert await sandbox.faults() == []


@pytest.mark.usefixtures("hub")
async def test_on_discord_a_picture_is_seen_coming_and_leaves_nothing_when_cancelled(
    sandbox: SandboxClient,
) -> None:
    asha = DiscordPerson(sandbox, "asha", "general")
    await buy_on_discord(asha)
    await asha.slash("/image", prompt="a boat", steps=50, sampler="heun")
    preview = await asha.wait(is_preview, PATIENCE_S)
    assert sides(preview.photo) == (512, 512)

    await asha.press(preview, "Cancel")
    cancelled = await asha.wait("Cancelled. Nothing was charged.", PATIENCE_S)
    assert (cancelled.id, cancelled.files) == (preview.id, ())

    await asha.slash("/image", prompt="a boat", steps=4)
    picture = await asha.wait(is_result, PATIENCE_S)
    assert [file.mime for file in picture.files] == ["image/png"]
    assert await sandbox.faults() == []


@pytest.mark.usefixtures("hub")
async def test_on_telegram_several_pictures_are_seen_coming_as_one_until_they_are_there(
    sandbox: SandboxClient,
) -> None:
    asha = sandbox.person("asha")
    await buy(asha)
    await asha.say("/image a boat --count 2 --steps 40")
    preview = await asha.wait(is_preview, PATIENCE_S)
    assert sides(preview.photo) == TWO_SIDE_BY_SIDE

    await asha.wait(lambda message: "2 pictures taken" in message.text, PATIENCE_S)
    pictures = [message for message in await asha.messages() if message.photo is not None]
    assert [sides(message.photo) for message in pictures] == [(512, 512), (512, 512)]
    assert preview.id not in [message.id for message in pictures]
    assert await sandbox.faults() == []


@pytest.mark.usefixtures("hub")
async def test_on_discord_several_pictures_are_seen_coming_as_one_until_they_are_there(
    sandbox: SandboxClient,
) -> None:
    asha = DiscordPerson(sandbox, "asha", "general")
    await buy_on_discord(asha)
    await asha.slash("/image", prompt="a boat", count=2, steps=40)
    preview = await asha.wait(is_preview, PATIENCE_S)
    assert sides(preview.photo) == TWO_SIDE_BY_SIDE

    done = await asha.wait(lambda message: "2 pictures taken" in message.text, PATIENCE_S)
    assert [file.mime for file in done.files] == ["image/png", "image/png"]
    assert await sandbox.faults() == []
