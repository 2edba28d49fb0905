"""From what a back end elsewhere draws to a picture or a clip of ours."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

from engine import footage
from engine.backend import BackendSettings
from engine.clip import Clip
from engine.errors import BackendError
from engine.footage import NoClipError
from engine.job import Picture
from engine.remote_job import NO_PICTURE, Drawn, Job, developed, fitted

Film = Callable[[Job, bytes], Awaitable[Drawn]]
"""Draws a segment that begins with a PNG of the request's size."""


async def pictured(
    job: Job, drawing: Awaitable[Drawn], settings: BackendSettings, executor: Executor
) -> Picture:
    """Draw a picture, and write it anew.

    Raises:
        BackendError: it is not drawn, or what came is no picture.
    """
    began = time.monotonic()
    drawn = await drawing
    try:
        png, width, height = await asyncio.get_running_loop().run_in_executor(
            executor, developed, drawn, job.picture
        )
    except NO_PICTURE as error:
        raise BackendError(settings.name, "nonsense", "what came is no picture") from error
    return Picture(
        png=png,
        width=width,
        height=height,
        seed=drawn.seed,
        model=drawn.model,
        duration_ms=round(1000 * (time.monotonic() - began)),
        device=settings.kind,
        backend=settings.name,
    )


async def filmed(job: Job, film: Film, settings: BackendSettings, executor: Executor) -> Clip:
    """Draw a clip; each segment begins with the last frame of the one before.

    Raises:
        BackendError: it is not drawn, or what came is no clip.
        BadRequestError: its picture cannot be read.
        GenerationFailedError: it does not fit into the size asked for.
    """
    began = time.monotonic()
    image = await asyncio.get_running_loop().run_in_executor(
        executor, fitted, "image", job.clip.image, job.clip.size
    )
    try:
        shots = [await film(job, image)]
        while len(shots) < job.clip.segments:
            job.segment = len(shots)
            image = await footage.last(shots[-1].file, job.clip)
            shots.append(await film(job, image))
        cut = await footage.cut([shot.file for shot in shots], job.clip)
    except NoClipError as error:
        raise BackendError(settings.name, "nonsense", f"what came is no clip: {error}") from None
    return Clip(
        mp4=cut.mp4,
        thumbnail=cut.thumbnail,
        width=cut.width,
        height=cut.height,
        frames=cut.frames,
        fps=cut.fps,
        duration_s=cut.frames / cut.fps,
        seed=shots[-1].seed,
        model=shots[-1].model,
        duration_ms=round(1000 * (time.monotonic() - began)),
        device=settings.kind,
        backend=settings.name,
    )
