"""A person in a browser: the purchase and the picture in the chat window, looked at."""

import io
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, ImageStat
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from sandbox.app import Sandbox
from tests.e2e.world import ROOT, Hub

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHOTS = ROOT / "tests" / "artifacts"
PATIENCE_MS = 30_000


@pytest_asyncio.fixture(loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM, "python -m scripts.browser installs it, or says how"
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        await opened.close()


async def test_a_person_buys_and_draws_in_the_chat_window(
    town: tuple[Sandbox, Hub], browser: Browser
) -> None:
    context = await browser.new_context(viewport={"width": 1180, "height": 860})
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page = await context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{town[0].url}/#meera/meera")

    await say(page, "/start")
    await press(page, "See plans")
    await press(page, "Flash · ₹100")
    async with context.expect_page() as opening:
        await press(page, "Pay ₹100")
    checkout = await opening.value
    await checkout.screenshot(path=shot("checkout"))
    await checkout.get_by_test_id("pay-success").click()
    await checkout.wait_for_load_state()
    await checkout.close()
    await press(page, "Start my hour")
    await expect(messages(page).last).to_contain_text("is running")
    await say(page, "/image a red balloon over the sea")
    photo = page.get_by_test_id("photo").last
    await photo.wait_for()
    loaded = "image => image.decode().then(() => image.naturalWidth)"
    assert await photo.locator("img").evaluate(loaded) == 64
    await say(page, "/session")
    await expect(messages(page).last).to_contain_text("1 / 8 pictures")
    await page.screenshot(path=shot("window"))

    picture = Image.open(io.BytesIO(await photo.screenshot())).convert("RGB")
    assert min(picture.size) >= 60
    assert max(ImageStat.Stat(picture).stddev) > 5, "a picture, not an empty frame"
    assert complaints == []


async def say(page: Page, words: str) -> None:
    await page.get_by_test_id("composer").fill(words)
    await page.get_by_test_id("send").click()


async def press(page: Page, label: str) -> None:
    await page.get_by_test_id("button").filter(has_text=label).last.click()


def messages(page: Page) -> Locator:
    return page.get_by_test_id("message")


def shot(name: str) -> Path:
    SHOTS.mkdir(exist_ok=True)
    return SHOTS / f"{name}.png"
