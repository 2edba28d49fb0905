"""Which jobs share the next forward pass.  Pure policy: no tensors, no threads, no clock.

Newcomers join the jobs of their size between two forwards, first come, first served, as long as
there are rows left; sizes take turns.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import EngineBusyError
from engine.job import GenerationRequest, Size

_BUCKETS = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of rows that a forward pass may have: few, so that each is prepared for once."""


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


@dataclass(frozen=True, slots=True)
class Batch:
    """The next forward pass: jobs of one size, in so many rows, of which some may be padding."""

    jobs: list[Job]
    rows: int


class Scheduler:
    """A bounded queue, and the batches that run, one for each size."""

    def __init__(self, jobs_max: int, rows_max: int, *, is_exact: bool) -> None:
        self._jobs_max = jobs_max
        self._rows_max = rows_max
        self._is_exact = is_exact
        self._waiting: list[Job] = []
        self._running: dict[Size, list[Job]] = {}  # the next one's turn first

    def schedule(self) -> Batch | None:
        """Return the next forward; None when there is nothing to do."""
        self._join()
        if not self._running:
            return None
        size = next(iter(self._running))
        jobs = self._running.pop(size)
        self._running[size] = jobs
        return Batch(list(jobs), self._padded(_rows(jobs)))

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
        for jobs in (*self._running.values(), self._waiting):
            for job in jobs:
                if job.id == job_id:
                    jobs.remove(job)
                    self._running = {size: left for size, left in self._running.items() if left}
                    return job
        return None

    def remove_waiting(self) -> list[Job]:
        """Forget the jobs that have not begun, and return them."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def positions(self) -> dict[str, int]:
        """Return each job's place in the queue, counted from 1; 0 for those that run."""
        running = {job.id: 0 for jobs in self._running.values() for job in jobs}
        return running | {job.id: place for place, job in enumerate(self._waiting, start=1)}

    def __len__(self) -> int:
        return sum(map(len, self._running.values())) + len(self._waiting)

    def _join(self) -> None:
        left = []
        for job in self._waiting:
            beside = self._running.get(job.request.size, [])
            if not beside or _rows(beside) + job.request.rows <= self._rows_max:
                self._running[job.request.size] = [*beside, job]
            else:
                left.append(job)
        self._waiting = left

    def _padded(self, rows: int) -> int:
        if self._is_exact:
            return max(rows, self._rows_max)
        return next(bucket for bucket in _BUCKETS if bucket >= rows)


def _rows(jobs: Iterable[Job]) -> int:
    return sum(job.request.rows for job in jobs)
