import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
)

from sandbox.app import Sandbox
from sandbox.telegram.bot import TOKEN
from tests.sandbox.conftest import picture

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip

Context = ContextTypes.DEFAULT_TYPE


async def test_the_window_is_served_whole(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/") as answer:
            page = await answer.text()
        for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
            async with session.get(sandbox.url + address) as answer:
                assert answer.status == 200, address


async def test_the_window_needs_nothing_from_elsewhere() -> None:
    window = Path(__file__).parents[2] / "sandbox" / "window"
    for name in ("index.html", "window.css", "window.js"):
        addresses = re.findall(r"https?://[\w.]+", (window / name).read_text())
        assert set(addresses) <= {"http://www.w3.org"}, name


async def start(update: Update, _context: Context) -> None:
    assert update.message
    await update.message.reply_html(
        "<b>नमस्ते</b> & welcome",
        reply_markup=InlineKeyboardMarkup(
            [[InlineKeyboardButton("Draw", callback_data="draw"),
              InlineKeyboardButton("Help", callback_data="help")]]
        ),
    )  # fmt: skip


async def press(update: Update, _context: Context) -> None:
    query = update.callback_query
    assert query
    if query.data == "help":
        await query.answer("Press Draw.", show_alert=True)
        return
    await query.answer("Drawing")
    await query.edit_message_media(InputMediaPhoto(picture(256, 256), caption="A teal square"))


@pytest.fixture
async def running_bot(sandbox: Sandbox) -> AsyncIterator[None]:
    application: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(f"{sandbox.url}/bot")
        .base_file_url(f"{sandbox.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(press))
    async with application:
        await application.bot.set_my_commands([("start", "Begin"), ("help", "How it works")])
        assert application.updater
        await application.updater.start_polling(timeout=1)
        await application.start()
        yield
        await application.updater.stop()
        await application.stop()


@pytest.fixture(scope="module")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this machine")
    return CHROMIUM


@pytest.fixture
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    """The window; whatever the browser complains about fails the test."""
    page = await browser.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(sandbox.url)
    yield page
    assert complaints == []


@pytest.mark.browser
@pytest.mark.usefixtures("running_bot")
async def test_a_newcomer_gets_a_picture_with_a_few_clicks(page: Page) -> None:
    await expect(page.get_by_test_id("status")).to_have_text("Bot connected")
    await page.get_by_test_id("start").click()
    messages = page.get_by_test_id("message")
    await expect(messages.last).to_contain_text("नमस्ते & welcome")
    await expect(messages.last.locator("strong")).to_have_text("नमस्ते")
    await page.get_by_test_id("button").filter(has_text="Help").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Press Draw.")
    await page.get_by_test_id("alert-ok").click()
    await page.get_by_test_id("button").filter(has_text="Draw").click()
    await expect(page.get_by_test_id("toast")).to_have_text("Drawing")
    await expect(messages.last).to_contain_text("A teal square")
    await page.get_by_test_id("photo").click()
    shown = page.get_by_role("dialog").get_by_role("img")
    assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256


@pytest.mark.browser
@pytest.mark.usefixtures("running_bot")
async def test_a_command_is_picked_from_the_list(page: Page) -> None:
    composer = page.get_by_test_id("composer")
    await expect(page.get_by_test_id("menu")).to_be_visible()
    await composer.fill("/")
    await expect(page.get_by_role("option")).to_have_count(2)
    await composer.fill("/st")
    await expect(page.get_by_role("option")).to_have_count(1)
    await composer.press("Enter")
    await expect(page.get_by_test_id("message").first).to_contain_text("/start")
    await expect(composer).to_have_value("")


@pytest.mark.browser
async def test_people_have_their_own_chats_and_share_a_group(page: Page) -> None:
    messages = page.get_by_test_id("message")
    await page.get_by_test_id("composer").fill("Only mine <b>")
    await page.get_by_test_id("send").click()
    await expect(messages).to_have_count(1)
    await page.get_by_test_id("chat-friends").click()
    await page.get_by_test_id("composer").fill("Hello everyone")
    await page.get_by_test_id("composer").press("Enter")
    await expect(messages).to_contain_text(["Hello everyone"])
    await page.get_by_test_id("person-ravi").click()
    await expect(messages).to_contain_text(["Hello everyone"])
    await page.get_by_test_id("chat-ravi").click()
    await expect(messages).to_have_count(0)
    await page.get_by_test_id("person-asha").click()
    await expect(messages).to_contain_text(["Only mine <b>"])


@pytest.mark.browser
async def test_trouble_can_be_ordered(page: Page, sandbox: Sandbox) -> None:
    await page.get_by_test_id("faults").click()
    await page.get_by_test_id("block").click()
    await expect(page.get_by_test_id("block")).to_have_text("Unblock the bot")
    assert sandbox.world.blocked == {"asha"}
    await page.get_by_role("button", name="Flood").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("Flood")
    assert [fault.kind for fault in sandbox.bot.faults.waiting] == ["429"]
