"""What a chat takes of a picture that is too large for it: a smaller one, or a link to it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import PurePath

from chat.model import Button, Media, Reply
from chat.text import lines
from engine import encode
from handlers.texts.english import English

SHRINKS = (1, 2)
"""By how much the sides are divided, try after try; a JPEG of full size comes first."""


async def versions(reply: Reply) -> AsyncIterator[Reply]:
    """The reply as it is, then with ever smaller files if it shows a picture."""
    yield reply
    if reply.media is not None and all(media.kind == "photo" for media in reply.all_media):
        for shrink in SHRINKS:
            smaller = [
                await asyncio.to_thread(_smaller, media, shrink) for media in reply.all_media
            ]
            yield replace(reply, media=smaller[0], album=tuple(smaller[1:]))


def linked(reply: Reply, url: str | None, words: English) -> Reply:
    """The reply without its file, with a link to it if there is one."""
    link = ((Button(words.original, url=url),),) if url else ()
    said = lines([reply.text, words.too_large_here(has_link=url is not None)])
    return Reply(said, (*link, *reply.buttons))


def _smaller(media: Media, shrink: int) -> Media:
    data, width, height = encode.smaller(media.data, shrink)
    name = f"{PurePath(media.name).stem}.jpg"
    return replace(media, name=name, data=data, width=width, height=height)
