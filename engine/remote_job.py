"""A job at a back end elsewhere, from its request to a picture of ours."""

import asyncio
import io
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import PIL.Image
import PIL.ImageOps

from engine import encode
from engine.clip import VideoRequest
from engine.errors import BackendError, BadRequestError, EngineError
from engine.job import FILE_FORMATS, SIDE_MAX, GenerationRequest, Progress, Size, is_alike

_log = logging.getLogger(__name__)

_TELL_S = 5.0

NO_PICTURE = (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError)
"""What Pillow raises where there is none."""


@dataclass(slots=True, eq=False)
class Job:
    """A job that somebody waits for."""

    id: str
    request: GenerationRequest | VideoRequest
    tell: Callable[[Progress], None]
    guess_s: float
    """How long such a job has taken of late."""
    scope: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    ended: EngineError | None = None
    is_running: bool = False
    position: int = 0
    """Its place in line, as it was told."""
    name: str = ""
    """What the other side calls it."""
    segment: int = 0
    """Which part of a clip is being drawn, from 0."""
    part: float = 0.0
    """How much of it, or of a clip's segment, is done."""
    looked_s: float = -math.inf
    """When somebody looked at it last."""
    preview: bytes = b""
    """A JPEG of ours of what it looked like."""
    preview_id: int = -1
    """What the other side calls that."""

    @property
    def picture(self) -> GenerationRequest:
        """The request, of a job that is one for a picture."""
        assert isinstance(self.request, GenerationRequest)
        return self.request

    @property
    def clip(self) -> VideoRequest:
        """The request, of a job that is one for a clip."""
        assert isinstance(self.request, VideoRequest)
        return self.request

    def end(self, error: EngineError) -> None:
        """Stop it; the first reason counts."""
        if self.ended is None:
            self.ended = error
            self.scope.reschedule(asyncio.get_running_loop().time())

    def moved(self, part: float, eta_s: float | None = None) -> None:
        """Tell that a part of it is done; what the other side says may be anything."""
        steps = self.request.steps
        done = self.part = min(max(part, 0.0), 1.0) if part == part else 0.0  # noqa: PLR0124 - not a number
        if isinstance(self.request, VideoRequest):
            done = (self.segment + done) / self.request.segments
        self.tell(Progress(round(steps * done), steps, 0, eta_s, self.preview))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came back: a file of whatever format."""

    file: bytes
    seed: int
    model: str


@asynccontextmanager
async def beside(watching: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Watch for as long as the body runs; what the body raises comes out as it is.

    Watching is a courtesy: when it fails, the job goes on unwatched.
    """
    failure: EngineError | None = None
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(_unheeded(watching))
        try:
            yield
        except EngineError as error:
            failure = error
        finally:
            watch.cancel()
    watching.close()  # where it was not even begun
    if failure is not None:
        raise failure


async def _unheeded(watching: Coroutine[Any, Any, None]) -> None:
    try:
        await watching
    except Exception:  # noqa: BLE001 - the boundary of what a job does not need
        _log.exception("a job cannot be watched any longer")


async def told_soon(telling: Awaitable[None]) -> None:
    """Tell the other side what it may as well not hear, as that a job is not wanted any more."""
    with suppress(BackendError, TimeoutError):
        async with asyncio.timeout(_TELL_S):
            await telling


def developed(drawn: Drawn, request: GenerationRequest) -> tuple[bytes, int, int]:
    """Make the file anew as a PNG of ours: nothing is kept of it but its pixels."""
    with PIL.Image.open(io.BytesIO(drawn.file), formats=FILE_FORMATS) as image:
        if max(image.size) > SIDE_MAX or not is_alike(image.size, request.size):
            raise ValueError(f"{image.width}x{image.height} pixels")
        pixels = image.convert("RGB")
    return encode.png(pixels, request, drawn.model), pixels.width, pixels.height


def fitted(field: str, file: bytes, size: Size) -> bytes:
    """Return a picture's file as a PNG, upright and of this size, what sticks out cut off.

    Raises:
        BadRequestError: the field's picture cannot be read.
    """
    try:
        with PIL.Image.open(io.BytesIO(file), formats=FILE_FORMATS) as image:
            upright = PIL.ImageOps.exif_transpose(image).convert("RGB")
    except NO_PICTURE as error:
        raise BadRequestError(field, "is no picture that can be read") from error
    with io.BytesIO() as png:
        PIL.ImageOps.fit(upright, size).save(png, "PNG")
        return png.getvalue()
