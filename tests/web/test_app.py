import aiohttp
import pytest

from tests.doubles.hub import Hub
from tests.doubles.web import Browser
from web.app import build_app, serve


@pytest.mark.parametrize("path", ["/", "/admin", "/media/", "/../config.toml", "/webhooks/"])
async def test_what_is_not_there_is_not_found(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).status == 404


async def test_the_server_stops_listening_when_it_is_left(hub: Hub) -> None:
    async with serve(build_app(hub.services, None), "127.0.0.1", 0) as listening:
        url = listening.url
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorError):
            await Browser(url, http).get("/healthz")
