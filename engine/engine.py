"""The front door of generation: jobs in, pictures and clips out.  A child process knows torch."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from engine import protocol
from engine.clip import Clip, VideoRequest
from engine.errors import (
    BadRequestError,
    CannotAnimateError,
    EngineBusyError,
    JobCancelledError,
)
from engine.health import EngineHealth
from engine.job import GenerationRequest, Picture, Progress
from engine.jobs import LiveJobs, PendingJob
from engine.settings import EngineSettings
from engine.supervisor import Supervisor

__all__ = ["Engine", "EngineHealth", "EngineSettings"]


class Engine:
    """Starts and supervises `python -m engine` and feeds it.

    Enter it as an async context: the child starts in the background, and what is asked meanwhile
    waits for it.  A child that dies is replaced and its jobs are fed again, with the same result.
    """

    draws_over = True

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._jobs = LiveJobs()
        self._supervisor = Supervisor(settings, self._jobs)

    @property
    def animates(self) -> bool:
        """Whether the settings name a model for clips."""
        return bool(self._settings.video_model)

    async def __aenter__(self) -> Self:
        await self._supervisor.__aenter__()
        self._supervisor.want()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._supervisor.__aexit__(kind, error, traceback)

    async def generate(
        self,
        job_id: str,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Picture:
        """Draw a picture, telling how far it is; after a crash it is told from 0 again.

        Of those that wait, the smaller `priority` goes first; owners of the same one take turns.

        Raises:
            BadRequestError: it cannot be drawn as it stands.
            EngineBusyError: the queue is full.
            EngineClosedError: the engine is going down.
            EngineCrashedError: the engine died under it too often, or does not start.
            GenerationFailedError: the model failed.
            JobCancelledError: `cancel` was called.
            ModelMissingError: there is no model to draw it with.
        """
        picture = await self._outcome(PendingJob(job_id, request, owner, priority), on_progress)
        assert isinstance(picture, Picture)
        return picture

    async def animate(
        self,
        job_id: str,
        request: VideoRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Clip:
        """Draw a clip that begins with the request's picture; all else is as in `generate`.

        Raises:
            CannotAnimateError: the settings name no video model.
            EngineError: as there.
        """
        if not self.animates:
            raise CannotAnimateError
        clip = await self._outcome(PendingJob(job_id, request, owner, priority), on_progress)
        assert isinstance(clip, Clip)
        return clip

    def cancel(self, job_id: str) -> None:
        """Stop a job; one that is not here is stopped already."""
        if (job := self._jobs.get(job_id)) is not None:
            job.resolve(JobCancelledError())

    def send_on(self, job_id: str) -> None:
        """Nobody: a child that dies or hangs is replaced, and what waits is fed to the next."""

    async def ready(self) -> EngineHealth:
        """Wait until the model is loaded.

        Raises:
            EngineError: it cannot be.
        """
        self._supervisor.want()
        await self._supervisor.wait_ready()
        return self.health()

    def health(self) -> EngineHealth:
        """Return what the engine is doing now."""
        loaded = self._supervisor.loaded
        return EngineHealth(
            is_ready=self._supervisor.is_ready,
            model=loaded.model,
            device=loaded.device,
            dtype=loaded.dtype,
            running=self._jobs.running,
            queued=len(self._jobs) - self._jobs.running,
            restarts=max(0, self._supervisor.starts - 1),
        )

    def estimate_s(self, request: GenerationRequest | VideoRequest) -> float:
        """Return the seconds until a newcomer with this request would be done."""
        return self._jobs.estimate_s(request)

    async def drain(self, timeout_s: float) -> None:
        """Take no new jobs and start none that wait; let the running ones finish within the time.

        The others raise `EngineClosedError`.
        """
        await self._supervisor.end(timeout_s if self._jobs.running else 0)

    async def _outcome(
        self, asked: PendingJob, on_progress: Callable[[Progress], None]
    ) -> Picture | Clip:
        job = self._accept(asked)
        try:
            return await job.wait(on_progress)
        finally:
            self._jobs.remove(job)
            self._supervisor.send(protocol.Cancel(job.ticket))

    def _accept(self, job: PendingJob) -> PendingJob:
        job.request.check()
        if self._jobs.get(job.id) is not None:
            raise BadRequestError("job_id", "is being drawn already")
        if len(self._jobs) >= self._settings.queue_max:
            raise EngineBusyError(len(self._jobs), self._settings.queue_max)
        self._supervisor.want()
        self._jobs.add(job)
        self._supervisor.send(job.submission)
        return job
