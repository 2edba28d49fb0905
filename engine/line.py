"""The line before a back end elsewhere: one job there at a time, the others wait here."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from engine.errors import BackendError, BadRequestError, EngineClosedError, JobCancelledError
from engine.job import Progress
from engine.remote_job import Job


class Line:
    """Whoever waits for one server, in the order in which they came."""

    def __init__(self, backend: str, most: int) -> None:
        self._backend = backend
        self._most = most
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Lock()
        self.is_closing = False

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> int:
        """How many have their turn: one or none."""
        return sum(job.is_running for job in self._jobs.values())

    @property
    def wait_s(self) -> float:
        """What all that are here take together."""
        return sum(job.guess_s for job in self._jobs.values())

    @asynccontextmanager
    async def turn(self, job: Job) -> AsyncGenerator[None]:
        """Wait for a job's turn, which lasts as long as the body.

        Raises:
            BackendError: too many wait.
            BadRequestError: it is here already.
            EngineError: why it was ended before.
        """
        self._enter(job)
        try:
            async with job.scope:
                self._tell_positions()
                async with self._turn:
                    if job.ended is not None:  # in the moment in which its turn came
                        raise job.ended
                    job.is_running = True
                    self._tell_positions()
                    yield
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

    def send_on(self, job_id: str) -> None:
        """Let a job go elsewhere, unless it has its turn or is not here."""
        job = self._jobs.get(job_id)
        if job is not None and not job.is_running:
            job.end(BackendError(self._backend, "busy", "those before it hang or fail"))

    async def drain(self, timeout_s: float) -> None:
        """Take no new jobs and start none that wait; let the running one finish within the time."""
        self.is_closing = True
        for job in list(self._jobs.values()):
            if not job.is_running or timeout_s <= 0:
                job.end(EngineClosedError())
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._turn:
                pass
        for job in list(self._jobs.values()):
            job.end(EngineClosedError())

    def _enter(self, job: Job) -> None:
        if self.is_closing:
            raise EngineClosedError
        if job.id in self._jobs:
            raise BadRequestError("job_id", "is being drawn already")
        if len(self._jobs) >= self._most:
            raise BackendError(self._backend, "busy", f"{len(self._jobs)} jobs wait here")
        self._jobs[job.id] = job

    def _tell_positions(self) -> None:
        if not self._turn.locked():
            return  # whoever is next begins at once
        eta_s = sum(job.guess_s for job in self._jobs.values() if job.is_running)
        waiting = [job for job in self._jobs.values() if not job.is_running]
        for position, job in enumerate(waiting, 1):
            eta_s += job.guess_s
            if job.position != position:
                job.position = position
                job.tell(Progress(0, job.request.steps, position, eta_s))
