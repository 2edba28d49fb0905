"""Hours for Telegram's Stars, from the order to the refund, with the real bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from sandbox.app import Sandbox
from sandbox.client import Person, SandboxClient
from sandbox.seen import SeenMessage
from tests.e2e.test_browser import CHROMIUM, FLAGS, press, say, visit
from tests.e2e.world import Hub, drawing_elsewhere, started

# Each starts a bot of its own, one of them twice.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PLANS = """[
 {"id": "flash-lite", "name": "Flash Lite", "price_paise": 5000, "tokens": 1, "images": 3,
  "videos": 0, "stars": 75},
 {"id": "flash", "name": "Flash", "price_paise": 10000, "tokens": 1, "images": 8, "videos": 1}]"""


@pytest.fixture
async def hub(
    tmp_path: Path, world: Sandbox, sandbox: SandboxClient, port: int
) -> AsyncIterator[Hub]:
    admins = '["telegram:7001003"]'
    settings = {"HUB_PLANS": PLANS, "HUB_ADMINS": admins, **drawing_elsewhere(world.url)}
    async with started(tmp_path, world.url, port, **settings) as running:
        await sandbox.ready()
        yield running


async def invoice(person: Person) -> SeenMessage:
    """An order to be paid in Stars."""
    await person.say("/buy flash-lite")
    order = await person.wait(lambda message: any("⭐" in label for label in message.buttons))
    await person.press(order, "Pay ⭐ 75 instead")
    return await person.wait("Pay in Telegram Stars")


def link_of(message: SeenMessage) -> str:
    link = message.button("Pay ⭐ 75").url
    assert link is not None
    return link


async def test_an_hour_is_bought_for_stars_and_they_go_back(
    hub: Hub, sandbox: SandboxClient
) -> None:
    asha, ravi, meera = (sandbox.person(key) for key in ("asha", "ravi", "meera"))
    link = link_of(await invoice(asha))
    await ravi.say("/session")
    outcome, words = await ravi.pay(link)
    assert outcome == "refused"
    assert "/buy" in words

    assert await asha.pay(link) == ("paid", "")
    paid = await asha.wait("Paid ✓ Flash Lite · 1 hour · ⭐ 75")
    assert (await asha.pay(link))[0] == "refused"

    payment = next(word for word in paid.text.split() if word.startswith("star_"))
    await meera.say(f'/admin refund {payment} "it was dark"')
    await meera.press(await meera.wait("Send back"), "Yes, do it")
    await asha.wait("Your Stars are back with you")
    assert "incident" not in hub.log


async def test_what_is_paid_while_the_bot_is_dead_counts_once(
    hub: Hub, sandbox: SandboxClient
) -> None:
    asha = sandbox.person("asha")
    link = link_of(await invoice(asha))
    await hub.kill()
    for mischief in ("unasked", "unasked"):
        assert await asha.pay(link, mischief) == ("paid", "")

    await hub.start()

    await asha.wait("Paid ✓ Flash Lite · 1 hour · ⭐ 75")
    await asha.say("/session")
    assert "1 × Flash Lite" in (await asha.wait("Not started yet")).text


@pytest.mark.browser
async def test_in_the_chat_window_an_invoice_opens_over_the_chat(hub: Hub, world: Sandbox) -> None:
    assert CHROMIUM, "python -m scripts.browser installs it, or says how"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page, complaints = await visit(browser, f"{world.url}/#asha/asha")
        await say(page, "/buy flash-lite")
        await press(page, "Pay ⭐ 75 instead")
        await page.get_by_text("Pay in Telegram Stars").wait_for()
        await press(page, "Pay ⭐ 75")

        await expect(page.get_by_test_id("invoice")).to_contain_text("1 hour of Flash Lite")
        await page.get_by_test_id("invoice-pay").click()

        await expect(page.get_by_test_id("toast")).to_contain_text("Paid")
        await page.get_by_text("Start my hour").wait_for()
        assert complaints == []
        await browser.close()
    assert "incident" not in hub.log
