from collections.abc import Mapping
from dataclasses import replace

import aiohttp
import pytest

from handlers.legal import COMMANDS
from tests.doubles.hub import BUSINESS, Hub, said
from tests.doubles.web import Browser
from web.app import build_app, serve


async def shown(browser: Browser, path: str, headers: Mapping[str, str] | None = None) -> str:
    answer = await browser.ask("GET", path, headers=headers)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.body.decode()


@pytest.mark.parametrize("page", COMMANDS)
async def test_a_page_says_what_the_chat_says_and_leads_to_the_others(
    hub: Hub, browser: Browser, page: str
) -> None:
    html = await shown(browser, f"/{page}")
    chat = said(await hub.call(page))

    assert all(word in html for word in chat.split() if word.isalnum())
    assert all(f'href="/{other}?lang=en"' in html for other in COMMANDS)


async def test_a_page_speaks_the_language_of_its_reader(browser: Browser) -> None:
    hindi = await shown(browser, "/contact?lang=hi")
    assert "विक्रेता" in hindi
    assert 'lang="hi"' in hindi
    assert await shown(browser, "/contact", {"Accept-Language": "ta, hi-IN;q=0.8, en"}) == hindi
    assert "Seller" in await shown(browser, "/contact?lang=xx", {"Accept-Language": "ta;q=0.8"})


async def test_what_the_operator_filled_in_is_no_markup(hub: Hub) -> None:
    sly = BUSINESS.model_copy(update={"name": "A & <b>B</b>"})
    app = build_app(replace(hub.services, business=sly), None)
    async with serve(app, "127.0.0.1", 0) as listening, aiohttp.ClientSession() as http:
        html = await shown(Browser(listening.url, http), "/contact")

    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in html
    assert "<b>" not in html
