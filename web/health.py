"""Whether the bot is well, for people and for machines."""

from aiohttp import web

from handlers.health import health
from web.keys import SERVICES


async def healthz(request: web.Request) -> web.Response:
    """200 while the database answers; the engine's state is told along."""
    report = await health(request.app[SERVICES])
    return web.json_response(report.gauges(), status=200 if report.is_well else 503)


async def metrics(request: web.Request) -> web.Response:
    """The same figures in Prometheus' text format."""
    report = await health(request.app[SERVICES])
    lines = [
        f"# TYPE hub_{name} gauge\nhub_{name} {value}" for name, value in report.gauges().items()
    ]
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")
