import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from engine import http
from engine.errors import BackendError
from engine.http import Http, believed, number

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def asking(answer: Handler, secret: str = "") -> AsyncIterator[Http]:
    app = web.Application()
    app.router.add_get("/there", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = Http("studio", f"http://127.0.0.1:{runner.addresses[0][1]}/", secret)
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def saying(status: int, text: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type="application/json")

    return answer


@pytest.mark.parametrize(
    ("status", "text", "trouble", "detail"),
    [
        (401, "{}", "refused", "401"),
        (404, "not here", "refused", "404"),
        (422, '{"error": "ValidationError", "body": "a fox"}', "refused", "422 ValidationError"),
        (400, '{"error": "a fox is not allowed"}', "refused", "400"),
        (429, "{}", "busy", "429"),
        (500, '{"error": "OutOfMemoryError"}', "memory", "500 OutOfMemoryError"),
        (500, "[1]", "unreachable", "500"),
        (302, "", "refused", "302"),
    ],
)
async def test_a_refusal_says_what_it_is_without_anybodys_words(
    status: int, text: str, trouble: str, detail: str
) -> None:
    async with asking(saying(status, text)) as client:
        with pytest.raises(BackendError) as error:
            await client.get("/there")

    assert (error.value.trouble, error.value.detail) == (trouble, detail)


@pytest.mark.parametrize("text", ["[]", "no json", "", "null", '{"a":' * 50_000])
async def test_what_is_no_object_is_nonsense(text: str) -> None:
    async with asking(saying(200, text)) as client:
        answer = believed(await client.ask("GET", "/there"))
        with pytest.raises(BackendError, match="nonsense"):
            answer.json()


async def test_nobody_is_led_elsewhere_not_even_on_a_web_socket() -> None:
    visits: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        visits.append(request.query_string)
        return web.Response(status=302, headers={"Location": "/there?elsewhere"})

    async with asking(answer) as client:
        with pytest.raises(BackendError, match="refused"):
            await client.get("/there")
        with pytest.raises(BackendError, match="unreachable"):
            async for _ in client.events("/there", {}):
                pass

    assert visits == ["", ""]


async def test_a_body_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_BYTES_MAX", 1000)
    async with asking(saying(200, "x" * 100_000)) as client:
        with pytest.raises(BackendError, match="nonsense"):
            await client.get("/there")


async def test_silence_ends() -> None:
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    async with asking(silent) as client:
        with pytest.raises(BackendError, match="slow"):
            await client.ask("GET", "/there", timeout_s=0.05)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    client = Http("studio", "http://127.0.0.1:1", "")
    with pytest.raises(BackendError, match="unreachable"):
        await client.get("/there")
    await client.close()


@pytest.mark.parametrize(
    ("secret", "header"), [("", None), ("hf_x", "Bearer hf_x"), ("a:b", "Basic YTpi")]
)
async def test_a_secret_goes_as_what_it_is(secret: str, header: str | None) -> None:
    heard: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization"))
        return web.json_response({})

    async with asking(answer, secret) as client:
        await client.get("/there")

    assert heard == [header]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("0.5", 0.5),
        ("-3", -3.0),
        ("1e999", None),
        ("NaN", None),
        ("-Infinity", None),
        ("1" + "0" * 400, None),
        ("true", None),
        ('"2"', None),
        ("null", None),
    ],
)
def test_a_number_that_somebody_says_is_finite_or_none(said: str, meant: float | None) -> None:
    assert number(json.loads(said)) == meant
