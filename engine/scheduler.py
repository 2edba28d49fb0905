"""Which jobs share the next forward pass.  Pure policy: no tensors, no threads, no clock.

Between two forwards newcomers join the jobs of their size as long as more rows are worth it: by
priority, then one of each owner in turn.  Sizes share the time by the number of their jobs: the one
furthest behind its share goes next.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.capacity import Capacity
from engine.errors import EngineBusyError
from engine.job import GenerationRequest, Size


@dataclass(slots=True)
class Job:
    """A job as the scheduler sees it: so many forwards to do, so many done."""

    id: str
    request: GenerationRequest
    owner: str = ""  # jobs of nobody are each somebody else's
    priority: int = 0  # smaller goes first
    is_suspect: bool = False  # of killing the process: drawn alone, so that no other is blamed
    turn: int = 0  # the round of owners in which it may begin
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
        skipped = self.request.steps_skipped
        return skipped + self.done * (self.request.steps - skipped) // self.forwards


@dataclass(frozen=True, slots=True)
class Batch:
    """The next forward pass: jobs of one size, in so many rows, of which some may be padding."""

    size: Size
    jobs: list[Job]
    rows: int


@dataclass(slots=True)
class _Lane:
    """The jobs of one size that have begun."""

    jobs: list[Job] = field(default_factory=list)
    behind_s: float = 0.0  # its share of the time less what it had


class Scheduler:
    """A bounded queue, and the jobs that run, in a lane for each size."""

    def __init__(self, jobs_max: int, capacity: Capacity) -> None:
        self._jobs_max = jobs_max
        self._capacity = capacity
        self._waiting: list[Job] = []
        self._lanes: dict[Size, _Lane] = {}
        self._turns: defaultdict[int, int] = defaultdict(int)  # by priority, as far as it has come
        self._begun: dict[tuple[int, str], int] = {}  # each owner's latest turn, unless long past

    def schedule(self) -> Batch | None:
        """Return the next forward; None when there is nothing to do."""
        self._join()
        if not self._lanes:
            return None
        size = max(self._lanes, key=lambda size: self._lanes[size].behind_s)
        jobs = self._within(size, self._lanes[size].jobs)
        return Batch(size, jobs, self._capacity.padded(size, _rows(jobs)))

    def ran(self, batch: Batch, seconds: float) -> None:
        """Learn what a forward took."""
        self._capacity.observe(batch.size, batch.rows, seconds)
        self.spent(batch.size, seconds)

    def spent(self, size: Size, seconds: float) -> None:
        """Charge a size for time, of which each size had its share to give."""
        jobs = sum(len(lane.jobs) for lane in self._lanes.values())
        for lane in self._lanes.values():
            lane.behind_s += seconds * len(lane.jobs) / jobs
        if size in self._lanes:
            self._lanes[size].behind_s -= seconds

    def shrink(self, batch: Batch) -> bool:
        """Give a size smaller batches, since memory did not hold this one; False if it is least."""
        if batch.rows <= batch.jobs[0].request.rows:
            return False
        self._capacity.halve(batch.size, batch.rows)
        return True

    def add(self, job: Job) -> None:
        """Put a job into the queue.

        Raises:
            EngineBusyError: the queue is full.
        """
        if len(self) >= self._jobs_max:
            raise EngineBusyError(len(self), self._jobs_max)
        job.turn = self._turn_of(job)
        self._waiting.append(job)

    def remove(self, job_id: str) -> Job | None:
        """Forget a finished, failed or cancelled job; None when it is not here."""
        for jobs in (*(lane.jobs for lane in self._lanes.values()), self._waiting):
            for job in jobs:
                if job.id == job_id:
                    jobs.remove(job)
                    self._lanes = {size: lane for size, lane in self._lanes.items() if lane.jobs}
                    return job
        return None

    def remove_waiting(self) -> list[Job]:
        """Forget the jobs that have not begun, and return them."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def positions(self) -> dict[str, int]:
        """Return each job's place in the queue, counted from 1; 0 for those that run."""
        running = {job.id: 0 for job in self._running()}
        return running | {job.id: place for place, job in enumerate(self._queue(), start=1)}

    def __len__(self) -> int:
        return len(self._running()) + len(self._waiting)

    def _running(self) -> list[Job]:
        return [job for lane in self._lanes.values() for job in lane.jobs]

    def _queue(self) -> list[Job]:
        """Return those that wait in the order in which they may begin."""
        return sorted(self._waiting, key=lambda job: (job.priority, job.turn))

    def _turn_of(self, newcomer: Job) -> int:
        """Return the present turn, or the one after its owner's last job."""
        now = self._turns[newcomer.priority]
        if not newcomer.owner:
            return now
        owner = (newcomer.priority, newcomer.owner)
        last = self._begun.get(owner, now - 1)
        for job in self._waiting:
            if (job.priority, job.owner) == owner:
                last = max(last, job.turn)
        return max(now, last + 1)

    def _begin(self, job: Job) -> None:
        self._waiting.remove(job)
        self._lanes.setdefault(job.request.size, _Lane()).jobs.append(job)
        self._begun[job.priority, job.owner] = job.turn
        if job.turn > self._turns[job.priority]:
            self._turns[job.priority] = job.turn
            self._begun = {
                owner: turn for owner, turn in self._begun.items() if turn >= self._turns[owner[0]]
            }

    def _join(self) -> None:
        """Let newcomers in; nobody overtakes within a size, nor waits for another size."""
        waiting = Counter[Size]()
        for job in self._waiting:
            waiting[job.request.size] += job.request.rows
        full: set[Size] = set()
        for job in self._queue():
            running = self._running()
            if running and (job.is_suspect or running[0].is_suspect):
                break
            size = job.request.size
            beside = self._lanes[size].jobs if size in self._lanes else []
            room = self._capacity.worthwhile(size, waiting[size]) - _rows(beside)
            if size not in full and (not beside or job.request.rows <= room):
                self._begin(job)
            else:
                full.add(size)

    def _within(self, size: Size, jobs: list[Job]) -> list[Job]:
        """Return the first jobs, as many as memory is thought to hold."""
        held, rows = jobs[:1], jobs[0].request.rows
        for job in jobs[1:]:
            rows += job.request.rows
            if rows > self._capacity.ceiling(size):
                break
            held.append(job)
        return held


def _rows(jobs: Iterable[Job]) -> int:
    return sum(job.request.rows for job in jobs)
