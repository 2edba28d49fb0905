from dataclasses import replace

import aiohttp
import pytest

from tests.doubles.hub import Hub, said
from tests.doubles.web import Browser
from web.app import build_app, serve


@pytest.fixture
async def params(hub: Hub) -> dict[str, str]:
    """What a payer's browser brings back, after paying."""
    await hub.call("buy", "flash")
    await hub.work.run()
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    return {
        "link": link.id,
        "reference": link.reference_id,
        "payment": "pay_1",
        "signature": "good",
    }


async def come_back(browser: Browser, params: dict[str, str]) -> str:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    answer = await browser.get(f"/pay/return?{query}")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.body.decode()


@pytest.mark.fault("F21")
async def test_a_payer_who_comes_back_is_sent_to_the_chat_and_the_gateway_is_asked(
    hub: Hub, browser: Browser, params: dict[str, str]
) -> None:
    page = await come_back(browser, params)
    await hub.work.run()

    assert "return to the chat" in page
    assert "Paid ✓" in said(hub.card().reply)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "forged"},
        {"signature": ""},
        {"reference": "att_of_another"},
        {"reference": "%00"},
        {"reference": "<script>alert(1)</script>"},
    ],
)
@pytest.mark.fault("F22")
async def test_tampered_parameters_change_nothing_and_are_not_echoed(
    hub: Hub, browser: Browser, params: dict[str, str], change: dict[str, str]
) -> None:
    page = await come_back(browser, params | change)

    assert "script" not in page
    assert hub.work.waiting == []
    assert (await hub.wallet()).unstarted == ()


async def test_a_visit_without_parameters_is_welcome(hub: Hub, browser: Browser) -> None:
    await come_back(browser, {})

    assert hub.work.waiting == []


@pytest.mark.fault("F21")
async def test_coming_back_twice_gives_one_hour(
    hub: Hub, browser: Browser, params: dict[str, str]
) -> None:
    for _ in range(2):
        await come_back(browser, params)
        await hub.work.run()

    assert len((await hub.wallet()).unstarted) == 1


async def test_a_bot_that_sells_nothing_has_the_page_and_no_webhook(hub: Hub) -> None:
    app = build_app(replace(hub.services, payments=None), None)
    async with serve(app, "127.0.0.1", 0) as listening, aiohttp.ClientSession() as http:
        browser = Browser(listening.url, http)
        await come_back(browser, {"signature": "good"})
        assert (await browser.post("/webhooks/razorpay", b"{}")).status == 404
