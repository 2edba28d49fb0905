"""Which jobs share the next forward pass.  Pure policy: no tensors, no threads, no clock.

The policy: one job at a time, first come, first served.
"""

from collections import deque
from dataclasses import dataclass

from engine.errors import EngineBusyError
from engine.job import GenerationRequest


@dataclass(slots=True)
class Job:
    """A job as the scheduler sees it: so many forwards to do, so many done."""

    id: str
    request: GenerationRequest
    forwards: int = 0  # known once the runner has admitted it
    done: int = 0

    @property
    def is_admitted(self) -> bool:
        """Whether the runner holds it."""
        return self.forwards > 0

    @property
    def is_done(self) -> bool:
        """Whether only decoding is left."""
        return self.is_admitted and self.done >= self.forwards

    @property
    def step(self) -> int:
        """The forwards done, counted in the steps that the user asked for."""
        if not self.is_admitted:
            return 0
        return self.done * self.request.steps // self.forwards


class Scheduler:
    """A bounded queue, and the batch that runs."""

    def __init__(self, jobs_max: int) -> None:
        self._jobs_max = jobs_max
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []

    def schedule(self) -> list[Job]:
        """Return the jobs that share the next forward: those that run, joined by newcomers."""
        if not self._running and self._waiting:
            self._running.append(self._waiting.popleft())
        return list(self._running)

    def add(self, job: Job) -> None:
        """Put a job at the end of the queue.

        Raises:
            EngineBusyError: the queue is full.
        """
        if len(self) >= self._jobs_max:
            raise EngineBusyError(len(self), self._jobs_max)
        self._waiting.append(job)

    def remove(self, job_id: str) -> Job | None:
        """Forget a finished, failed or cancelled job; None when it is not here."""
        for jobs in (self._running, self._waiting):
            for job in jobs:
                if job.id == job_id:
                    jobs.remove(job)
                    return job
        return None

    def remove_waiting(self) -> list[Job]:
        """Forget the jobs that have not begun, and return them."""
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    def positions(self) -> dict[str, int]:
        """Return how many jobs are ahead of each: 0 for those that run."""
        running = {job.id: 0 for job in self._running}
        return running | {job.id: len(running) + i for i, job in enumerate(self._waiting)}

    def __len__(self) -> int:
        return len(self._running) + len(self._waiting)
