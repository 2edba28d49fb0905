"""Private pictures and clips, by links that are signed for one person and a time."""

from mimetypes import guess_type
from pathlib import PurePath

from aiohttp import web

from handlers.picture import media_key
from store.errors import MediaMissingError
from web.keys import SERVICES


async def media(request: web.Request) -> web.Response:
    """Serve a picture or clip to whoever holds a valid link to it; everything else is not found."""
    services = request.app[SERVICES]
    job_id = request.match_info["job"]
    try:
        user_id, expires = int(request.query["u"]), int(request.query["e"])
        signature = request.query["s"]
    except (KeyError, ValueError):
        raise web.HTTPNotFound from None
    if not services.links.is_valid(job_id, user_id, expires, signature):
        raise web.HTTPNotFound
    key = await media_key(services, job_id, user_id)
    if key is None:
        raise web.HTTPNotFound
    try:
        data = await services.blobs.get(key)
    except MediaMissingError:
        raise web.HTTPNotFound from None
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'inline; filename="{job_id}{PurePath(key).suffix}"',
        "X-Content-Type-Options": "nosniff",
    }
    kind, _ = guess_type(key)
    return web.Response(body=data, content_type=kind or "image/png", headers=headers)
