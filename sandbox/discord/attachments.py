"""Attachments as the API shows them, with addresses that are signed and run out."""

import hashlib

from sandbox.discord.records import Attachment
from sandbox.discord.world import Discord
from sandbox.records import Json

LINK_LIFE = 24 * 3600


def attachment_url(discord: Discord, shown: Attachment) -> str:
    """A signed address that works for a day."""
    issued = int(discord.now()) // 3600 * 3600
    expires = f"{issued + LINK_LIFE:x}"
    path = f"/cdn/attachments/{shown.channel}/{shown.id}/{shown.file.name}"
    signed = link_signature(shown, expires)
    return f"{discord.public_url}{path}?ex={expires}&is={issued:x}&hm={signed}&"


def link_signature(shown: Attachment, expires: str) -> str:
    """What proves that an address was given out with this expiry."""
    return hashlib.sha256(f"{shown.id}:{expires}:pretended".encode()).hexdigest()


def attachment(discord: Discord, shown: Attachment) -> Json:
    """An Attachment."""
    url = attachment_url(discord, shown)
    body: Json = {
        "id": str(shown.id),
        "filename": shown.file.name,
        "size": len(shown.file.content),
        "url": url,
        "proxy_url": url,
        "content_type": shown.file.mime,
        "content_scan_version": 0,
    }
    if shown.file.width:
        body |= {"width": shown.file.width, "height": shown.file.height}
    if shown.description:
        body["description"] = shown.description
    return body
