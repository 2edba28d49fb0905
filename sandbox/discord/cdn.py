"""Attachments by signed address."""

from urllib.parse import unquote

from aiohttp import web

from sandbox.discord import attachments
from sandbox.discord.world import Discord


async def download(discord: Discord, request: web.Request) -> web.Response:
    """A file's bytes, for a signed address that has not run out."""
    number = request.match_info["id"]
    found = discord.attachments.get(int(number)) if number.isdecimal() else None
    expires = request.query.get("ex", "0")
    if found is None or found.file.name != unquote(request.match_info["name"]):
        return web.Response(status=404, text="This content is no longer available.")
    signed = request.query.get("hm") == attachments.link_signature(found, expires)
    if not signed or int(expires, 16) < discord.now():
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=found.file.content, headers={"Content-Type": found.file.mime})
