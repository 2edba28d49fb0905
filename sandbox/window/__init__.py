"""The chat window in the browser: a page for each platform, served as it is."""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_ALWAYS_ASK = {"Cache-Control": "no-cache"}


def setup(app: web.Application) -> None:
    """Add the window's routes to an application."""
    app.router.add_get("/", _telegram)
    app.router.add_get("/discord", _discord)
    app.router.add_get(r"/_sandbox/window/{name:\w+\.(?:css|js)}", _part)
    app.router.add_get("/favicon.ico", _no_icon)


async def _telegram(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "index.html", headers=_ALWAYS_ASK)


async def _discord(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "discord.html", headers=_ALWAYS_ASK)


async def _part(request: web.Request) -> web.FileResponse:
    found = _HERE / request.match_info["name"]
    if not found.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(found, headers=_ALWAYS_ASK)


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)
