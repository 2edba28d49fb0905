"""Puts the pretended Razorpay into an aiohttp application."""

from collections.abc import Callable

from aiohttp import web

from sandbox.razorpay.keys import KEY_ID


def setup(
    app: web.Application, *, clock: Callable[[], float], public_url: Callable[[], str]
) -> None:
    """Add `/v1/…` (REST), `/rzp/{slug}` (checkout) and `/_emu/…` (control plane) to `app`.

    `clock` gives epoch seconds and may be virtual; `public_url` is asked late, when the port is
    known, and gives the origin under which `short_url` is reachable.
    """

    async def key(_: web.Request) -> web.Response:
        return web.json_response({"key_id": KEY_ID, "url": public_url(), "now": int(clock())})

    app.router.add_get("/_emu/state", key)
