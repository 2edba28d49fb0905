"""A clip by a back end elsewhere: one segment after another, then one clip of ours."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

import PIL.Image

from engine import footage
from engine.backend import BackendSettings
from engine.clip import Clip
from engine.errors import BackendError, BadRequestError
from engine.footage import NoClipError
from engine.remote_job import Drawn, Job, fitted

Film = Callable[[Job, bytes], Awaitable[Drawn]]
"""Draws a segment that begins with a PNG of the request's size."""


async def filmed(job: Job, film: Film, settings: BackendSettings, executor: Executor) -> Clip:
    """Draw a clip; each segment begins with the last frame of the one before.

    Raises:
        BackendError: it is not drawn, or what came is no clip.
        BadRequestError: its picture cannot be read.
        GenerationFailedError: it does not fit into the size asked for.
    """
    began = time.monotonic()
    image = await _first_frame(job, executor)
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


async def _first_frame(job: Job, executor: Executor) -> bytes:
    try:
        return await asyncio.get_running_loop().run_in_executor(
            executor, fitted, job.clip.image, job.clip.size
        )
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise BadRequestError("image", "is no picture that can be read") from error
