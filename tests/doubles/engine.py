"""An engine that paints walls: one colour, at once, unless told to fail or to wait.

Its clips let the given picture drift to the side.
"""

import asyncio
import io
from collections import Counter
from collections.abc import Callable

from PIL import Image, ImageChops, ImageOps

from engine import movie
from engine.clip import Clip, VideoRequest
from engine.engine import Engine, EngineHealth
from engine.errors import CannotAnimateError, EngineError, JobCancelledError
from engine.job import GenerationRequest, Picture, Progress


class FakeEngine(Engine):
    animates = True

    def __init__(self) -> None:
        self.drawn: list[tuple[str, GenerationRequest]] = []
        self.animated: list[tuple[str, VideoRequest]] = []
        self.tries: Counter[str] = Counter()
        self.asked = asyncio.Event()
        self.fail: list[EngineError] = []
        """The next pictures fail with these."""
        self.broken: EngineError | None = None
        """Every picture fails with it."""
        self.is_ready = True
        self.progress: list[Progress] = []
        """What is told on the way to each picture."""
        self.released = asyncio.Event()
        """Pictures wait for this."""
        self.released.set()
        self.before_done: Callable[[], None] = lambda: None
        """Called when a picture is drawn, before it is handed over."""
        self.estimate = 0.0
        self._cancelled: dict[str, asyncio.Event] = {}

    def hold(self) -> None:
        self.released.clear()

    async def generate(
        self,
        job_id: str,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Picture:
        assert owner, "owners take turns"
        assert priority == 0, "the queue has sorted the jobs already"
        request.check()
        await self._draw(job_id, on_progress)
        self.drawn.append((job_id, request))
        self.before_done()
        return Picture(
            png=wall(request.width, request.height, request.seed),
            width=request.width,
            height=request.height,
            seed=request.seed,
            model="wall",
            duration_ms=1200,
            device="cpu",
        )

    async def animate(
        self,
        job_id: str,
        request: VideoRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Clip:
        if not self.animates:
            raise CannotAnimateError
        assert owner, "owners take turns"
        assert priority == 0, "the queue has sorted the jobs already"
        request.check()
        await self._draw(job_id, on_progress)
        self.animated.append((job_id, request))
        self.before_done()
        frames = drift(request)
        return Clip(
            mp4=movie.mp4(frames, request.fps, request.bytes_max),
            thumbnail=movie.thumbnail(frames[0]),
            width=request.width,
            height=request.height,
            frames=len(frames),
            fps=request.fps,
            duration_s=len(frames) / request.fps,
            seed=request.seed,
            model="drift",
            duration_ms=4200,
            device="cpu",
        )

    def cancel(self, job_id: str) -> None:
        if job_id in self._cancelled:
            self._cancelled[job_id].set()

    async def ready(self) -> EngineHealth:
        return self.health()

    def health(self) -> EngineHealth:
        return EngineHealth(self.is_ready, "wall", "cpu", "float32", 0, 0, 0)

    def estimate_s(self, _request: GenerationRequest | VideoRequest) -> float:
        return self.estimate

    async def drain(self, timeout_s: float) -> None:
        assert timeout_s >= 0

    async def _draw(self, job_id: str, on_progress: Callable[[Progress], None]) -> None:
        self.tries[job_id] += 1
        self.asked.set()
        for progress in self.progress:
            on_progress(progress)
        await self._until_released(job_id)
        if self.fail:
            raise self.fail.pop(0)
        if self.broken is not None:
            raise self.broken

    async def _until_released(self, job_id: str) -> None:
        cancelled = self._cancelled[job_id] = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            waits = [tasks.create_task(event.wait()) for event in (self.released, cancelled)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        if cancelled.is_set():
            raise JobCancelledError


def wall(width: int, height: int, seed: int) -> bytes:
    """A small picture of one colour; its seed chooses which."""
    colour = (seed % 256, seed // 256 % 256, 120)
    with io.BytesIO() as file:
        Image.new("RGB", (width, height), colour).save(file, "PNG", compress_level=1)
        return file.getvalue()


def drift(request: VideoRequest) -> list[Image.Image]:
    """The frames of a clip in which the picture moves to the side."""
    with Image.open(io.BytesIO(request.image)) as picture:
        first = ImageOps.fit(picture.convert("RGB"), request.size)
    return [ImageChops.offset(first, at, 0) for at in range(request.frames_shown)]
