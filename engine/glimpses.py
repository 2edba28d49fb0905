"""What pictures look like while a back end elsewhere draws them, made anew as all of it is."""

import asyncio
import io
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress

import PIL.Image

from engine import encode
from engine.job import FILE_FORMATS, SIDE_MAX, GenerationRequest, Size
from engine.previews import SHARE_MIN
from engine.remote_job import NO_PICTURE, Job


class Glimpses:
    """Says when to look at a job, and keeps what is seen; 0 seconds apart never looks."""

    def __init__(
        self, executor: Executor, every_s: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.every_s = every_s
        self._executor = executor
        self._now = clock

    def wants(self, job: Job) -> bool:
        """Whether it is time to see a picture; clips show the one that they begin with."""
        is_picture = isinstance(job.request, GenerationRequest)
        is_due = self._now() - job.looked_s >= self.every_s
        return bool(self.every_s) and is_picture and is_due and job.part >= SHARE_MIN

    async def take(self, job: Job, file: bytes) -> None:
        """Keep what the other side shows for a job; what is no picture is left out."""
        job.looked_s = self._now()
        with suppress(*NO_PICTURE):
            job.preview = await asyncio.get_running_loop().run_in_executor(
                self._executor, _anew, file, job.picture.size
            )


def _anew(file: bytes, size: Size) -> bytes:
    with PIL.Image.open(io.BytesIO(file), formats=FILE_FORMATS) as image:
        if max(image.size) > SIDE_MAX:
            raise ValueError(f"{image.width}x{image.height} pixels")
        return encode.preview(image.convert("RGB"), size)
