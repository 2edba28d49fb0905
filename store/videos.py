"""Rows of clips that were drawn."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.database import Transaction
from store.jobs import newest
from store.tables import video_generations


@dataclass(frozen=True, slots=True)
class Video:
    """A clip that was drawn; `video_url` is its private storage key."""

    id: str
    user_id: int
    session_id: str
    conversation_id: int
    prompt: str
    """Empty when a picture alone was given."""
    video_url: str
    duration_seconds: int
    """How long it plays, to the whole second; `parameters` has it exactly."""
    model_used: str
    resolution: str
    seed: int
    parameters: dict[str, Any]
    bytes: int
    took_ms: int
    created_at: int


async def add(tx: Transaction, video: Video) -> None:
    """Keep what a clip was made of."""
    values = {field: getattr(video, field) for field in Video.__slots__}
    await tx.execute(sa.insert(video_generations).values(values))


async def get(tx: Transaction, job_id: str) -> Video | None:
    """What a job's clip was made of; None while there is none."""
    found = await tx.execute(sa.select(video_generations).where(video_generations.c.id == job_id))
    row = found.one_or_none()
    return Video(**{field: getattr(row, field) for field in Video.__slots__}) if row else None


async def find(tx: Transaction, user_id: int, words: str, limit: int) -> list[Video]:
    """One person's newest clips; with words, those that have them or have them as their id."""
    found = await tx.execute(newest(video_generations, user_id, words, limit))
    return [Video(**{field: getattr(row, field) for field in Video.__slots__}) for row in found]
