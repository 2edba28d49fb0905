"""A back end elsewhere: one job there at a time, the others wait here."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

import PIL.Image

from engine.backend import BackendSettings, DrawsNoClips
from engine.clip import VideoRequest
from engine.errors import (
    BackendError,
    BadRequestError,
    EngineClosedError,
    JobCancelledError,
    Trouble,
)
from engine.health import EngineHealth
from engine.http import Http
from engine.job import GenerationRequest, Picture, Progress
from engine.remote_job import Drawn, Job, developed

POLL_S = 1.0
"""Seconds between two looks at how far a job is."""
_STOP_S = 5.0
_FIRST_GUESS_S = 10.0
_NEWEST_WEIGHT = 0.2

Pause = Callable[[float], Awaitable[None]]


class Remote(DrawsNoClips, ABC):
    """What all back ends elsewhere have in common; `draw` is what each has of its own."""

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        self.settings = settings
        self.pause = pause
        self.http = Http(settings.name, self.address(), secret)
        self._queue_max = queue_max
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Lock()
        self._developing = ThreadPoolExecutor(1, "pictures")
        self._is_closing = False
        self._is_reached = True
        self._mean_s = _FIRST_GUESS_S

    @abstractmethod
    async def draw(self, job: Job) -> Drawn:
        """Have it drawn, telling how far it is.

        Raises:
            BackendError: it is not.
        """

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
        await self.http.close()
        self._developing.shutdown(wait=False)

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
        job = self._accept(Job(job_id, request, on_progress))
        try:
            async with job.scope:
                self._tell_positions()
                async with self._turn:
                    return await self._draw(job)
        except TimeoutError:
            assert job.ended is not None, "nothing else ends the scope"
            raise job.ended from None
        finally:
            del self._jobs[job.id]
            self._tell_positions()

    def cancel(self, job_id: str) -> None:
        """Stop a job; one that is not here is stopped already."""
        if (job := self._jobs.get(job_id)) is not None:
            job.end(JobCancelledError())

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
        del request  # nothing is known of the other side's device
        return self._mean_s * (1 + len(self._jobs))

    async def drain(self, timeout_s: float) -> None:
        """Take no new jobs and start none that wait; let the running one finish within the time."""
        self._is_closing = True
        for job in list(self._jobs.values()):
            if not job.is_running or timeout_s <= 0:
                job.end(EngineClosedError())
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._turn:
                pass
        for job in list(self._jobs.values()):
            job.end(EngineClosedError())

    def _accept(self, job: Job) -> Job:
        job.request.check()
        if self._is_closing:
            raise EngineClosedError
        if job.id in self._jobs:
            raise BadRequestError("job_id", "is being drawn already")
        if lack := self.lacks(job.request):
            raise self.trouble("unable", lack)
        if len(self._jobs) >= self._queue_max:
            raise self.trouble("busy", f"{len(self._jobs)} jobs wait here")
        self._jobs[job.id] = job
        return job

    async def _draw(self, job: Job) -> Picture:
        job.is_running = True
        self._tell_positions()
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                drawn = await self._drawn(job)
                picture = await self._developed(job.request, drawn, began)
        except TimeoutError:
            self._is_reached = False
            raise self.trouble("slow", f"not done in {self.settings.timeout_s:g} s") from None
        self._is_reached = True
        self._mean_s += _NEWEST_WEIGHT * (time.monotonic() - began - self._mean_s)
        return picture

    async def _drawn(self, job: Job) -> Drawn:
        try:
            return await self.draw(job)
        except asyncio.CancelledError:  # by its person, by the clock, or by the end of the bot
            with suppress(BackendError, TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    await self.stop(job)
            raise
        except BackendError as error:
            self._is_reached = error.trouble in ("busy", "memory")
            raise

    async def _developed(self, request: GenerationRequest, drawn: Drawn, began: float) -> Picture:
        try:
            png, width, height = await asyncio.get_running_loop().run_in_executor(
                self._developing, developed, drawn, request
            )
        except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
            raise self.trouble("nonsense", "what came is no picture") from error
        return Picture(
            png=png,
            width=width,
            height=height,
            seed=drawn.seed,
            model=drawn.model,
            duration_ms=round(1000 * (time.monotonic() - began)),
            device=self.settings.kind,
            backend=self.settings.name,
        )

    def _tell_positions(self) -> None:
        if not self._turn.locked():
            return  # whoever is next begins at once
        waiting = [job for job in self._jobs.values() if not job.is_running]
        for position, job in enumerate(waiting, 1):
            if job.position != position:
                job.position = position
                eta_s = self._mean_s * (position + 1)
                job.tell(Progress(0, job.request.steps, position, eta_s))

    def _health(self, model: str) -> EngineHealth:
        running = sum(job.is_running for job in self._jobs.values())
        return EngineHealth(
            is_ready=self._is_reached and not self._is_closing,
            model=model,
            device=self.settings.kind,
            dtype="",
            running=running,
            queued=len(self._jobs) - running,
            restarts=0,
        )
