"""What several pictures of one request look like so far: one picture of them all."""

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache

from chat.model import Media
from engine import encode
from handlers.accepting import asked_of
from handlers.preview import preview
from handlers.services import Services
from store import jobs
from store.database import Transaction
from store.errors import StoreError
from store.jobs import Job

log = logging.getLogger(__name__)

SHRINK = 2
"""By how much the sides of finished pictures are divided, to be kept for grids."""
_FINISHED_KEPT = 64

_tiles = lru_cache(maxsize=64)(encode.tiles)
"""Cards are drawn once a second, and previews come more rarely."""


async def grid(services: Services, tx: Transaction, parts: Sequence[Job]) -> Media | None:
    """The newest previews, beside what is finished; None while there is no preview.

    So there is none where the operator wants none.
    """
    shown = {part.id: preview(services, part) for part in parts if part.state == "queued"}
    if not any(shown.values()):
        return None
    files: list[bytes] = []
    for part in parts:
        seen = shown.get(part.id)
        finished = await _finished(services, tx, part) if part.state == "done" else b""
        files.append(seen.data if seen else finished)
    asked = asked_of(parts[0])
    data = await asyncio.to_thread(_tiles, tuple(files), asked.request.size)
    return Media(
        "photo",
        f"{parts[0].id}.preview.jpg",
        data,
        *encode.sides(data),
        alt=str(parts[0].request["prompt"]),
        spoiler=asked.is_covered,
    )


async def _finished(services: Services, tx: Transaction, part: Job) -> bytes:
    """A finished picture, small; empty if it cannot be had, which its card will say."""
    kept = services.finished
    if part.id not in kept:
        generation = await jobs.get_generation(tx, part.id)
        assert generation is not None, "a job is done in the commit that keeps its picture"
        try:
            file = await services.blobs.get(generation.image_url)
        except StoreError:
            log.exception("the picture of job %s cannot be shown beside others", part.id)
            return b""
        kept[part.id], *_ = await asyncio.to_thread(encode.smaller, file, SHRINK)
        while len(kept) > _FINISHED_KEPT:
            del kept[next(iter(kept))]
    return kept[part.id]
