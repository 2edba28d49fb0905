"""Whatever dies, and whenever: one session, one picture, one charge."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from sandbox.app import Sandbox
from sandbox.client import SandboxClient
from tests.e2e.mortal import KILLED
from tests.e2e.world import ANIMATED, Hub, buy, drawing_elsewhere, pay, send_webhooks_to, started

# Each starts a bot twice, and waits for what it draws.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def one(hub: Hub, question: str) -> int:
    connection = sqlite3.connect(f"file:{hub.folder}/hub.db?mode=ro", uri=True)
    try:
        return int(connection.execute(question).fetchone()[0])
    finally:
        connection.close()


HOURS = "SELECT count(*) FROM user_sessions"
PICTURES = "SELECT count(*) FROM image_generations"
CLIPS = "SELECT count(*) FROM video_generations"
CHARGED = "SELECT COALESCE(SUM(amount), 0) FROM transfers WHERE phase = 'post'"


async def until_paid_in_database(hub: Hub) -> None:
    async with asyncio.timeout(30):
        while one(hub, HOURS) == 0:
            await asyncio.sleep(0.01)


async def until_the_first_picture_is_drawn(hub: Hub) -> None:
    async with asyncio.timeout(90):
        while not list(hub.folder.glob("media/*/*.first.png")):
            await asyncio.sleep(0.01)


@pytest.mark.fault("F23")
async def test_killed_between_payment_and_message_the_hour_is_there_and_told_once(
    seller: Hub, sandbox: SandboxClient
) -> None:
    asha = sandbox.person("asha")
    await asha.say("/buy flash")
    order = await asha.wait("Pay by UPI")
    # The message cannot get out, so that the kill falls between the grant and its news.
    await sandbox.trouble("drop_before", "editMessageText", count=2)
    await pay(order)
    await until_paid_in_database(seller)

    await seller.kill()
    await seller.start()
    await asha.wait("Paid ✓", patience=90)

    assert one(seller, HOURS) == 1


@pytest.mark.fault("F18")
async def test_killed_before_the_webhook_came_the_payment_is_found_after_the_restart(
    seller: Hub, sandbox: SandboxClient
) -> None:
    asha = sandbox.person("asha")
    await asha.say("/buy flash")
    order = await asha.wait("Pay by UPI")

    await seller.kill()
    await pay(order)
    await seller.start()
    await asha.wait("Paid ✓", patience=90)

    assert one(seller, HOURS) == 1


@pytest.mark.fault("F24", "F25")
@pytest.mark.parametrize(
    "failpoint",
    ["Links._adopt:before", "Payments.receive:after", "Payments.check:after"],
)
async def test_killed_at_a_commit_on_the_way_of_a_payment_it_goes_on_from_there(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int, failpoint: str
) -> None:
    async with started(
        tmp_path, world.url, port, failpoint=failpoint, **drawing_elsewhere(world.url)
    ) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha = sandbox.person("asha")
        await asha.say("/buy flash")
        if not failpoint.startswith("Payments"):
            assert await hub.died() == KILLED
            await hub.start()
        order = await asha.wait("Pay by UPI", patience=90)
        await pay(order)
        if failpoint.startswith("Payments"):
            assert await hub.died() == KILLED
            await hub.start()
        await asha.wait("Paid ✓", patience=90)

        assert one(hub, HOURS) == 1
        assert one(hub, "SELECT count(*) FROM orders") == 1


async def test_the_bot_killed_in_mid_job_draws_it_after_the_restart_and_charges_once(
    tmp_path_factory: pytest.TempPathFactory, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    folder = tmp_path_factory.mktemp("hub")
    async with started(folder, world.url, port, HUB_IMAGES__STEPS="50") as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        await buy(sandbox.person("asha"))
        asha = sandbox.person("asha")
        await asha.say("/image a boat --shape large")
        await asha.wait("%", patience=90)

        await hub.kill()
        await hub.start()
        await asha.wait(lambda message: message.media is not None, patience=90)
        await asyncio.sleep(1)

        shown = [message for message in await asha.messages() if message.media is not None]
        assert len(shown) == 1
        assert one(hub, PICTURES) == 1
        assert one(hub, CHARGED) == 1


@pytest.mark.timeout(400)  # the models are loaded twice
async def test_the_bot_killed_in_mid_clip_draws_it_after_the_restart_and_charges_once(
    tmp_path_factory: pytest.TempPathFactory, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    folder = tmp_path_factory.mktemp("hub")
    settings = {**ANIMATED, "HUB_VIDEOS__STEPS": "20"}
    async with started(folder, world.url, port, **settings) as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        asha = sandbox.person("asha")
        await buy(asha, "Pro")
        await asha.say("/video a boat")
        price = await asha.wait("Costs 1 of 3 videos.")
        await asha.press(price, "Start")
        await until_the_first_picture_is_drawn(hub)

        await hub.kill()
        await hub.start()
        shown = await asha.wait(lambda message: message.clip is not None, patience=180)
        await sandbox.redeliver()
        await asha.say("/session")
        await asha.wait("1 / 3 videos")

        assert shown.id == price.id
        assert one(hub, CLIPS) == 1
        assert one(hub, CHARGED) == 1


async def test_the_engine_killed_in_mid_job_draws_the_same_picture(
    tmp_path_factory: pytest.TempPathFactory, world: Sandbox, sandbox: SandboxClient, port: int
) -> None:
    folder = tmp_path_factory.mktemp("hub")
    async with started(folder, world.url, port, HUB_IMAGES__STEPS="50") as hub:
        await send_webhooks_to(hub, world.url)
        await sandbox.ready()
        await buy(sandbox.person("asha"))
        asha = sandbox.person("asha")
        await asha.say("/image a boat --shape large --seed 5")
        undisturbed = await asha.wait(lambda message: message.media is not None, patience=90)

        await asha.say("/image a boat --shape large --seed 5")
        await asha.wait("%", patience=90)
        hub.kill_engine()
        await asha.wait("begins again", patience=90)
        disturbed = await asha.wait(lambda message: message.media is not None, patience=90)

        assert disturbed.photo == undisturbed.photo
        assert one(hub, CHARGED) == 2


async def test_updates_sent_while_the_bot_was_down_are_answered_when_it_is_back(
    seller: Hub, sandbox: SandboxClient
) -> None:
    asha = sandbox.person("asha")
    await seller.kill()

    await asha.say("/start")
    await seller.start()

    await asha.wait("Welcome", patience=90)


async def test_a_redelivered_command_is_charged_once(hub: Hub, sandbox: SandboxClient) -> None:
    await buy(sandbox.person("asha"))
    asha = sandbox.person("asha")
    await asha.say("/image a boat")
    await asha.wait(lambda message: message.media is not None)

    await sandbox.redeliver()
    await asyncio.sleep(2)

    assert one(hub, PICTURES) == 1
    assert one(hub, CHARGED) == 1


async def test_asked_to_stop_it_ends_well_and_loses_nothing(
    hub: Hub, sandbox: SandboxClient
) -> None:
    await buy(sandbox.person("asha"))
    asha = sandbox.person("asha")
    await asha.say("/image a boat --steps 50 --shape large")
    await asha.wait("Queued")

    status = await hub.stop()
    await hub.start()
    await asha.wait(lambda message: message.media is not None, patience=90)

    assert status == 0, hub.log
    assert one(hub, CHARGED) == 1


async def test_buttons_from_before_a_restart_work(seller: Hub, sandbox: SandboxClient) -> None:
    asha = sandbox.person("asha")
    await asha.say("/start")
    welcome = await asha.wait("Welcome")

    await seller.kill()
    await seller.start()
    await asha.press(welcome, "See plans")

    await asha.wait("₹50", patience=90)
