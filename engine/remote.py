"""A back end elsewhere: asked for pictures, and for clips where it draws them."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from engine.backend import BackendSettings
from engine.clip import Clip, VideoRequest
from engine.errors import BackendError, CannotAnimateError, Trouble
from engine.filming import filmed, pictured
from engine.glimpses import Glimpses
from engine.health import EngineHealth
from engine.http import Http
from engine.job import GenerationRequest, Picture, Progress
from engine.line import Line
from engine.remote_job import Drawn, Job, fitted, told_soon

POLL_S = 1.0
"""Seconds between two looks at how far a job is."""
_FIRST_GUESS_S, _FIRST_CLIP_GUESS_S = 10.0, 60.0
_NEWEST_WEIGHT = 0.2

Pause = Callable[[float], Awaitable[None]]
Made = TypeVar("Made")


class Remote(ABC):
    """What all back ends elsewhere have in common."""

    draws_over = True
    """Whether it draws over pictures."""

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        self.settings = settings
        self.pause = pause
        self.http = Http(settings.name, self.address(), secret)
        self._pictures = Line(settings.name, queue_max)
        has_two = settings.video is not None and settings.video.url
        self._clips = Line(settings.name, queue_max) if has_two else self._pictures
        self._lines = {self._pictures, self._clips}
        self._developing = ThreadPoolExecutor(1, "pictures")
        self.glimpses = Glimpses(self._developing)
        self._is_reached = True
        self._mean_s = {False: _FIRST_GUESS_S, True: _FIRST_CLIP_GUESS_S}

    @abstractmethod
    async def draw(self, job: Job) -> Drawn:
        """Have a picture drawn, telling how far it is.

        Raises:
            BackendError: it is not.
        """

    async def film(self, job: Job, image: bytes) -> Drawn:
        """Have a segment of a clip drawn that begins with a PNG of the request's size.

        Raises:
            BackendError: it is not.
            CannotAnimateError: there are no clips here.
        """
        del job, image
        raise CannotAnimateError

    @abstractmethod
    async def stop(self, job: Job) -> None:
        """Spare the other side the rest of a job, and never anybody else's."""

    @abstractmethod
    async def check(self) -> str:
        """Return what the other side draws with, at no cost.

        Raises:
            BackendError: it cannot be asked.
        """

    def lacks(self, request: GenerationRequest) -> str:
        """What a request needs and this back end has not; empty for nothing."""
        del request
        return ""

    def address(self) -> str:
        """Where it is."""
        return self.settings.url

    @property
    def animates(self) -> bool:
        """Whether it draws clips: those do whose settings say how."""
        return self.settings.video is not None

    def trouble(self, trouble: Trouble, detail: str = "") -> BackendError:
        """An error of this back end."""
        return BackendError(self.settings.name, trouble, detail)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.drain(0)
        await self.close()
        self._developing.shutdown(wait=False)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close()

    async def generate(
        self,
        job_id: str,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Picture:
        """Draw a picture; see `engine.engine.Engine.generate`. Jobs are drawn as they come.

        Raises:
            BackendError: not here.
            EngineError: as there.
        """
        del owner, priority  # whoever waits here was let through by the queue just now
        request.check()
        if lack := self.lacks(request):
            raise self.trouble("unable", lack)
        job = Job(job_id, request, on_progress, self._mean_s[False])
        async with self._pictures.turn(job):
            edit = self.settings.edit if request.image else None
            timeout_s = (edit or self.settings).timeout_s
            drawing = pictured(
                job, self._drawn(job, self.draw(job)), self.settings, self._developing
            )
            return await self._in_time(job, drawing, timeout_s)

    async def animate(
        self,
        job_id: str,
        request: VideoRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Clip:
        """Draw a clip; all else is as in `generate`.

        Raises:
            CannotAnimateError: there are no clips here.
            EngineError: as there.
        """
        del owner, priority
        if self.settings.video is None:
            raise CannotAnimateError
        request.check()
        job = Job(job_id, request, on_progress, self._mean_s[True])
        async with self._clips.turn(job):

            def film(job: Job, image: bytes) -> Awaitable[Drawn]:
                return self._drawn(job, self.film(job, image))

            clip = filmed(job, film, self.settings, self._developing)
            return await self._in_time(job, clip, self.settings.video.timeout_s)

    def cancel(self, job_id: str) -> None:
        """Stop a job; one that is not here is stopped already."""
        for line in self._lines:
            line.cancel(job_id)

    def send_on(self, job_id: str) -> None:
        """Let a job that only waits here go elsewhere."""
        for line in self._lines:
            line.send_on(job_id)

    async def ready(self) -> EngineHealth:
        """Ask the other side once.

        Raises:
            BackendError: it cannot be asked.
        """
        model = await self.check()
        self._is_reached = True
        return self._health(model)

    def health(self) -> EngineHealth:
        """Return what is being done now."""
        return self._health(self.settings.model or self.settings.kind)

    def estimate_s(self, request: GenerationRequest | VideoRequest) -> float:
        """Return the seconds until a newcomer would be done."""
        is_clip = isinstance(request, VideoRequest)
        return self._mean_s[is_clip] + (self._clips if is_clip else self._pictures).wait_s

    async def drain(self, timeout_s: float) -> None:
        """Take no new jobs and start none that wait; let running ones finish within the time."""
        await asyncio.gather(*(line.drain(timeout_s) for line in self._lines))

    async def fitted(self, field: str, file: bytes, job: Job) -> bytes:
        """Return a picture as a PNG of a job's size; see `engine.remote_job.fitted`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._developing, fitted, field, file, job.request.size
        )

    async def _in_time(self, job: Job, making: Awaitable[Made], most_s: float) -> Made:
        began = time.monotonic()
        try:
            async with asyncio.timeout(most_s):
                made = await making
        except TimeoutError:
            self._is_reached = False
            raise self.trouble("slow", f"not done in {most_s:g} s") from None
        self._is_reached = True
        is_clip = isinstance(job.request, VideoRequest)
        self._mean_s[is_clip] += _NEWEST_WEIGHT * (time.monotonic() - began - self._mean_s[is_clip])
        return made

    async def _drawn(self, job: Job, drawing: Awaitable[Drawn]) -> Drawn:
        try:
            return await drawing
        except asyncio.CancelledError:  # by its person, by the clock, or by the end of the bot
            await told_soon(self.stop(job))
            raise
        except BackendError as error:
            self._is_reached = error.trouble in ("busy", "memory")
            raise

    def _health(self, model: str) -> EngineHealth:
        running = sum(line.running for line in self._lines)
        return EngineHealth(
            is_ready=self._is_reached and not self._pictures.is_closing,
            model=model,
            device=self.settings.kind,
            dtype="",
            running=running,
            queued=sum(map(len, self._lines)) - running,
            restarts=0,
        )
