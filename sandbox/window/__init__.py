"""The chat window in the browser: three files, served as they are."""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_PAGE = _HERE / "index.html"
_NO_STORE = {"Cache-Control": "no-cache"}


def setup(app: web.Application) -> None:
    """Add the window's routes to an application."""
    app.router.add_get("/", _page)
    app.router.add_get("/favicon.ico", _no_icon)
    app.router.add_static("/_sandbox/window", _HERE)


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_PAGE, headers=_NO_STORE)


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)
