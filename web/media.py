"""Private pictures, by links that are signed for one person and a time."""

from aiohttp import web

from handlers.picture import picture_key
from store.errors import MediaMissingError
from web.keys import SERVICES


async def picture(request: web.Request) -> web.Response:
    """Serve a picture to whoever holds a valid link to it; everything else is not found."""
    services = request.app[SERVICES]
    job_id = request.match_info["job"]
    try:
        user_id, expires = int(request.query["u"]), int(request.query["e"])
        signature = request.query["s"]
    except (KeyError, ValueError):
        raise web.HTTPNotFound from None
    if not services.links.is_valid(job_id, user_id, expires, signature):
        raise web.HTTPNotFound
    key = await picture_key(services, job_id, user_id)
    if key is None:
        raise web.HTTPNotFound
    try:
        data = await services.blobs.get(key)
    except MediaMissingError:
        raise web.HTTPNotFound from None
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'inline; filename="{job_id}.png"',
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=data, content_type="image/png", headers=headers)
