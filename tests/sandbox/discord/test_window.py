import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import discord
import pytest
from playwright.async_api import Page, async_playwright, expect

from sandbox import window
from sandbox.app import Sandbox
from tests.sandbox.discord.conftest import ANYWHERE, IMAGE, Bot, file, view

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
FOLDER = Path(window.__file__).parent


async def test_the_discord_side_is_served_whole(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/discord") as answer:
            page = await answer.text()
        modules = [f"/_sandbox/window/{path.name}" for path in FOLDER.glob("*.js")]
        for address in (*re.findall(r'(?:src|href)="(/[^"]*)"', page), *modules):
            async with session.get(sandbox.url + address) as answer:
                assert answer.status == 200, address
        async with session.get(f"{sandbox.url}/_sandbox/window/none.js") as answer:
            assert answer.status == 404


def test_the_discord_side_needs_nothing_from_elsewhere() -> None:
    for path in FOLDER.glob("d*.*"):
        addresses = re.findall(r"https?://[\w.]+", path.read_text())
        assert set(addresses) <= {"http://www.w3.org"}, path.name


async def play(bot: Bot) -> None:
    """Draw, offer styles, show a form, answer a menu."""
    while True:
        asked = await bot.heard.get()
        if asked.type is discord.InteractionType.autocomplete:
            choice = discord.app_commands.Choice(name="Anime", value="anime-1")
            await asked.response.autocomplete([choice])
        elif asked.type is discord.InteractionType.modal_submit:
            await asked.response.send_message("A new prompt", ephemeral=True)
        elif asked.type is discord.InteractionType.component:
            form = discord.ui.Modal(title="Edit the prompt", custom_id="form")
            form.add_item(discord.ui.TextInput(label="Prompt", custom_id="p", default="a fox"))
            await asked.response.send_modal(form)
        elif "Animate" in str(asked.data):
            await asked.response.send_message("It moves", ephemeral=True)
        else:
            await asked.response.defer()
            shown = view(discord.ui.Button(label="Edit prompt", custom_id="edit"))
            await asked.edit_original_response(
                content=f"**{asked.data}**", attachments=[file(description="A fox")], view=shown
            )


@pytest.fixture(scope="module")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this machine")
    return CHROMIUM


@pytest.fixture
async def page(chromium: Path, bot: Bot, sandbox: Sandbox) -> AsyncIterator[Page]:
    """Asha in #general; whatever the browser complains about fails the test."""
    await bot.declare(IMAGE, {"name": "Animate", "type": 3, **ANYWHERE})
    complaints: list[str] = []
    async with asyncio.TaskGroup() as tasks, async_playwright() as playwright:
        playing = tasks.create_task(play(bot))
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{sandbox.url}/discord#asha/general")
        yield page
        await browser.close()
        playing.cancel()
    assert complaints == []


async def ask(page: Page) -> None:
    """Choose /image and fill in its prompt, each once the window offers it."""
    await expect(page.get_by_test_id("status")).to_have_text("Bot connected")
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("/im")
    await expect(page.get_by_test_id("offer")).to_contain_text("Draw a picture")
    await composer.press("Enter")
    await page.get_by_test_id("option-prompt").get_by_role("textbox").fill("a fox")


async def draw(page: Page) -> None:
    await ask(page)
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("photo")).to_be_visible()


@pytest.mark.browser
async def test_a_command_is_filled_in_with_a_choice_that_was_offered(page: Page) -> None:
    await ask(page)
    await page.get_by_test_id("add-style").click()
    await expect(page.get_by_test_id("offer")).to_have_text("Anime")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("send").click()
    drawn = page.get_by_test_id("message")
    await expect(drawn).to_contain_text("anime-1")
    await expect(drawn).to_contain_text("Asha used /image")
    assert await page.get_by_test_id("photo").locator("img").get_attribute("alt") == "A fox"


@pytest.mark.browser
async def test_a_form_leads_to_an_answer_for_one_person(page: Page) -> None:
    await draw(page)
    await page.get_by_test_id("button").filter(has_text="Edit prompt").click()
    await expect(page.get_by_test_id("modal-field")).to_have_value("a fox")
    await page.get_by_test_id("modal-submit").click()
    answer = page.get_by_test_id("message").last
    await expect(answer).to_contain_text("A new prompt")
    await expect(answer).to_contain_text("Only you can see this")
    await answer.get_by_test_id("dismiss").click()
    await expect(page.get_by_test_id("message")).to_have_count(1)


@pytest.mark.browser
async def test_apps_are_on_a_messages_menu_and_others_see_what_is_public(page: Page) -> None:
    await draw(page)
    await page.get_by_test_id("message").click(button="right", position={"x": 300, "y": 30})
    await page.get_by_test_id("menu-app").filter(has_text="Animate").click()
    await expect(page.get_by_test_id("message").last).to_contain_text("It moves")
    await page.get_by_test_id("person-ravi").click()
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await page.get_by_test_id("composer").press_sequentially("/")
    await expect(page.get_by_test_id("offer")).to_contain_text("/चित्र")


@pytest.mark.browser
async def test_the_tabs_lead_from_one_platform_to_the_other(page: Page) -> None:
    await page.get_by_test_id("tab-telegram").click()
    await expect(page.get_by_test_id("chat-asha")).to_be_visible()
    await page.get_by_test_id("tab-discord").click()
    await expect(page.get_by_test_id("channel-general")).to_be_visible()
