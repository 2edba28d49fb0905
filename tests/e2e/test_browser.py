"""A person in a browser: the purchase and the picture in the chat window, looked at."""

import asyncio
import io
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, ImageStat
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from sandbox.app import Sandbox
from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from tests.e2e.world import ROOT, Hub, buy_on_discord
from tests.e2e.world import buy as purchase

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),  # as long as the waits in it, on a machine with other work
]

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
expect.set_options(timeout=PATIENCE_MS)  # a picture is drawn meanwhile; five seconds else


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
    page, complaints = await visit(browser, f"{town[0].url}/#meera/meera")

    await say(page, "/start")
    await press(page, "See plans")
    await press(page, "Flash · ₹100")
    async with page.context.expect_page() as opening:
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


async def test_a_person_buys_on_one_platform_and_draws_on_the_other(
    newcomer: Person, browser: Browser
) -> None:
    page, complaints = await visit(
        browser, f"{newcomer.sandbox.base_url}/#{newcomer.key}/{newcomer.key}"
    )

    await buy(page, "Pro · ₹200")
    await say(page, "/link")
    offered = messages(page).last
    await expect(offered).to_contain_text("One wallet on both apps")
    code = re.search(r"/link (\w{5}-\w{5})", await offered.inner_text())
    assert code

    await page.get_by_test_id("tab-discord").click()
    await page.wait_for_url("**/discord*")
    # By address: after many newcomers the row of people is longer than the window.
    await page.goto(f"{newcomer.sandbox.base_url}/discord#{newcomer.key}/general")
    await page.reload()
    await command(page, "link", code=code[1])
    await expect(messages(page).last).to_contain_text("Shall these become one wallet")
    await page.screenshot(path=shot("two-wallets"))
    await press(page, "Yes, make it one wallet")
    await expect(messages(page).last).to_contain_text("One wallet ✓")
    await command(page, "image", prompt="a red balloon over the sea")
    photo = page.get_by_test_id("photo").last
    await photo.wait_for()
    await command(page, "session")
    await expect(messages(page).last).to_contain_text("pictures")
    await page.screenshot(path=shot("window-discord"))

    picture = Image.open(io.BytesIO(await photo.screenshot())).convert("RGB")
    assert max(ImageStat.Stat(picture).stddev) > 5, "a picture, not an empty frame"
    assert complaints == []


async def test_a_person_draws_in_other_words_by_form_and_by_menu_on_discord(
    newcomer: Person, browser: Browser
) -> None:
    await buy_on_discord(DiscordPerson(newcomer.sandbox, newcomer.key), "Pro")
    page, complaints = await visit(
        browser, f"{newcomer.sandbox.base_url}/discord#{newcomer.key}/dm-{newcomer.key}"
    )

    await command(page, "image", prompt="a red balloon over the sea", count="4")
    photos = messages(page).last.get_by_test_id("photo")
    await photos.nth(3).wait_for()
    await page.screenshot(path=shot("album-discord"))
    await command(page, "image", prompt="a boat on the sea at noon", seed="7")
    drawn = messages(page).last
    await expect(drawn).to_contain_text("seed 7")
    await drawn.get_by_test_id("photo").wait_for()
    await page.screenshot(path=shot("picture-discord"))

    await press(page, "Edit prompt")
    field = page.get_by_test_id("modal-field")
    await expect(field).to_have_value("a boat on the sea at noon")
    await field.fill("a boat on the sea at night")
    await page.screenshot(path=shot("form-discord"))
    await page.get_by_test_id("modal-submit").click()
    reworded = messages(page).filter(has_text="a boat on the sea at night")
    await reworded.get_by_test_id("photo").wait_for()
    await expect(reworded).to_contain_text("seed 7")

    await reworded.get_by_test_id("photo").click(button="right")
    items = page.get_by_test_id("menu-app")
    await expect(items).to_have_text(["Animate", "Edit image", "Variations"])
    await page.screenshot(path=shot("menu-discord"))
    await items.filter(has_text="Variations").click()
    varied = messages(page).last
    await expect(varied).not_to_contain_text(re.compile(r"seed 7\b"))
    await varied.get_by_test_id("photo").wait_for()
    assert complaints == []


async def test_on_telegram_the_field_to_answer_opens_by_itself(
    newcomer: Person, browser: Browser
) -> None:
    await purchase(newcomer)
    context = await browser.new_context(viewport={"width": 1180, "height": 860})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(f"{newcomer.sandbox.base_url}/#{newcomer.key}/{newcomer.key}")
    await say(page, "/image a boat --seed 7")
    await page.get_by_test_id("photo").wait_for()

    await press(page, "Edit prompt")
    composer = page.get_by_test_id("composer")
    await expect(composer).to_have_attribute("placeholder", "What to draw")
    await say(page, "a boat at night")
    await expect(messages(page).last).to_contain_text("a boat at night")
    await expect(page.get_by_test_id("photo")).to_have_count(2)
    await expect(composer).to_have_attribute("placeholder", "Message")


async def test_a_person_animates_a_picture_and_plays_the_clip_in_both_windows(
    newcomer: Person, browser: Browser
) -> None:
    await purchase(newcomer, "Pro")
    await newcomer.say("/image a boat on the sea")
    await newcomer.wait(lambda message: message.photo is not None)
    page, complaints = await visit(
        browser, f"{newcomer.sandbox.base_url}/#{newcomer.key}/{newcomer.key}"
    )

    await page.get_by_test_id("photo").wait_for()
    await press(page, "Animate")
    price = messages(page).last
    await expect(price).to_contain_text("Costs 1 of 3 videos.")
    await page.screenshot(path=shot("price"))
    await press(page, "Start")
    await expect(price).to_contain_text("1 video taken", timeout=PATIENCE_MS)
    assert await played(price.get_by_test_id("video")) == [64, 64]
    await page.screenshot(path=shot("clip"))

    await buy_on_discord(DiscordPerson(newcomer.sandbox, newcomer.key), "Pro")
    await page.goto(f"{newcomer.sandbox.base_url}/discord#{newcomer.key}/dm-{newcomer.key}")
    await page.reload()
    await command(page, "video", prompt="a boat on the sea")
    await expect(messages(page).last).to_contain_text("Costs 1 of 3 videos.")
    await press(page, "Start")
    await expect(messages(page).last).to_contain_text("1 video taken", timeout=PATIENCE_MS)
    assert await played(messages(page).last.get_by_test_id("video")) == [128, 64]
    await page.screenshot(path=shot("clip-discord"))
    assert complaints == []


async def played(frame: Locator) -> list[int]:
    """Let a clip play; the width and height of what is shown."""
    play = """video => {
        video.muted = true;
        video.play().catch(() => {});
        return [video.videoWidth, video.videoHeight, Math.ceil(video.currentTime)];
    }"""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            width, height, at_s = await frame.locator("video").evaluate(play)
            if at_s > 0:
                return [int(width), int(height)]
            await asyncio.sleep(0.1)


async def visit(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """Open the window; whatever the browser complains about is collected."""
    context = await browser.new_context(viewport={"width": 1180, "height": 860})
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page = await context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    return page, complaints


async def buy(page: Page, plan: str) -> None:
    await say(page, "/buy")
    await press(page, plan)
    async with page.context.expect_page() as opening:
        await press(page, "Pay ₹")
    checkout = await opening.value
    await checkout.get_by_test_id("pay-success").click()
    await checkout.wait_for_load_state()
    await checkout.close()
    await expect(messages(page).last).to_contain_text("Paid ✓")


async def command(page: Page, name: str, **options: str) -> None:
    """A slash command on Discord, typed and filled in as a person does."""
    await expect(page.get_by_test_id("status")).to_have_text("Bot connected")
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially(f"/{name}")
    # Enter means the first offer, and the words themselves where there is none yet.
    await expect(page.get_by_test_id("offer").first).to_contain_text(f"/{name}")
    await composer.press("Enter")
    await expect(composer).to_be_hidden()
    for option, words in options.items():
        add = page.get_by_test_id(f"add-{option}")
        if await add.count():  # a required option is there already
            await add.click()
        await page.get_by_test_id(f"option-{option}").get_by_role("textbox").fill(words)
    await page.get_by_test_id("send").click()


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
