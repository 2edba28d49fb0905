"""The chat window in the browser: three files, served as they are."""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_ALWAYS_ASK = {"Cache-Control": "no-cache"}


def setup(app: web.Application) -> None:
    """Add the window's routes to an application."""
    app.router.add_get("/", _page)
    app.router.add_get(r"/_sandbox/window/{name:window\.(?:css|js)}", _part)
    app.router.add_get("/favicon.ico", _no_icon)


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "index.html", headers=_ALWAYS_ASK)


async def _part(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / request.match_info["name"], headers=_ALWAYS_ASK)


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)
