"""Which jobs share the next forward pass.  Pure policy: no tensors, no threads, no clock.

Between two forwards newcomers join the jobs that are alike, of their shape and by the same weights,
as long as more rows are worth it: by priority, then one of each owner in turn.  Such lanes share
the time by the number of their jobs; clips, of which one runs at a time, have a share of their own.
Whoever is furthest behind goes next, once it has earned the time that its turn takes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.batch import Batch, Job
from engine.capacity import Capacity
from engine.errors import EngineBusyError
from engine.job import Alike, Shape
from engine.tags import Loras

_STAY = 5.0
"""How many times as long as it took to come a model draws before it may have to change."""


@dataclass(slots=True)
class _Lane:
    """Jobs that are alike and have begun."""

    jobs: list[Job] = field(default_factory=list)
    behind_s: float = 0.0  # its share of the time less what it had


@dataclass(slots=True)
class _Stay:
    """Who has the device for how long yet, so that models do not come and go all the time."""

    is_for_clips: bool = False
    loras: Loras = ()
    left_s: float = 0.0


class Scheduler:
    """A bounded queue, and the jobs that run, in a lane for all that are alike.

    `clip_share` is the part of the time that a clip has while pictures are drawn too.
    """

    def __init__(self, jobs_max: int, capacity: Capacity, clip_share: float = 0.3) -> None:
        self._jobs_max = jobs_max
        self._capacity = capacity
        self._clip_share = clip_share
        self._waiting: list[Job] = []
        self._lanes: dict[Alike, _Lane] = {}
        self._turns: defaultdict[int, int] = defaultdict(int)  # by priority, as far as it has come
        self._begun: dict[tuple[int, str], int] = {}  # each owner's latest turn, unless long past
        self._stay = _Stay()
        self._turn_s: dict[Shape, float] = {}  # what the latest one took

    def schedule(self) -> Batch | None:
        """Return the next forward; None when there is nothing to do."""
        self._join()
        if not self._lanes:
            return None
        alike = max(self._contenders(), key=self._urgency)
        shape, _ = alike
        jobs = self._within(shape, self._lanes[alike].jobs)
        if jobs[0].is_clip:
            return Batch(shape, jobs, 1)
        return Batch(shape, jobs, self._capacity.padded(shape, _rows(jobs)))

    def ran(self, batch: Batch, seconds: float) -> None:
        """Learn what a forward took."""
        if not batch.jobs[0].is_clip:
            self._capacity.observe(batch.shape, batch.rows, seconds)
        self._turn_s[batch.shape] = seconds
        self.spent(batch.alike, seconds)

    def moved(self, batch: Batch, seconds: float) -> None:
        """Learn what it took to exchange models or weights for a batch; they stay for a while."""
        self.spent(batch.alike, seconds)
        first = batch.jobs[0]
        self._stay = _Stay(first.is_clip, first.request.loras, _STAY * seconds)

    def spent(self, alike: Alike, seconds: float) -> None:
        """Charge a lane for time, of which each lane had its share to give.

        Whoever has the device alone makes up for what it was behind.
        """
        for lane, share in self._shares():
            lane.behind_s += seconds * share
        self._stay.left_s -= seconds
        if alike in self._lanes:
            lane = self._lanes[alike]
            lane.behind_s -= seconds
            if len(self._lanes) == 1 and lane.behind_s > 0:
                lane.behind_s = max(0.0, lane.behind_s - seconds)

    def shrink(self, batch: Batch) -> bool:
        """Give a shape smaller batches, as memory did not hold this one; False if it is least."""
        if batch.rows <= batch.jobs[0].rows:
            return False
        self._capacity.halve(batch.shape, batch.rows)
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
                    self._lanes = {at: lane for at, lane in self._lanes.items() if lane.jobs}
                    return job
        return None

    def remove_waiting(self) -> list[Job]:
        """Forget the jobs that have not begun, and return them."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def positions(self) -> dict[str, int]:
        """Return each job's place in the queue, counted from 1; 0 for those that run.

        Pictures and clips do not wait for each other, so each are counted apart.
        """
        places = {job.id: 0 for job in self._running()}
        for is_clip in (False, True):
            queue = [job for job in self._queue() if job.is_clip == is_clip]
            places |= {job.id: place for place, job in enumerate(queue, start=1)}
        return places

    def __len__(self) -> int:
        return len(self._running()) + len(self._waiting)

    def _running(self) -> list[Job]:
        return [job for lane in self._lanes.values() for job in lane.jobs]

    def _contenders(self) -> list[Alike]:
        """Return the lanes that may go next: those of weights that have only just come, if any."""
        lanes, stay = list(self._lanes), self._stay
        if stay.left_s <= 0:
            return lanes
        firsts = {at: lane.jobs[0] for at, lane in self._lanes.items()}
        staying = (stay.is_for_clips, stay.loras)
        return [
            at for at, job in firsts.items() if (job.is_clip, job.request.loras) == staying
        ] or lanes

    def _urgency(self, alike: Alike) -> tuple[float, bool]:
        """Return how far it is behind its next turn; of equals pictures go first.

        A clip's turn is long: were it due after any short forward of pictures, then everybody would
        wait for one, also who asks for a single picture, and pictures would make up for it later.
        """
        lane, (shape, _) = self._lanes[alike], alike
        return lane.behind_s - self._turn_s.get(shape, 0.0), not lane.jobs[0].is_clip

    def _shares(self) -> list[tuple[_Lane, float]]:
        """Return each lane with the part of the time that it should have; all together have one."""
        pictures = sum(not job.is_clip for job in self._running())
        has_clip = pictures < len(self._running())
        of_clip = 0.0 if not has_clip else self._clip_share if pictures else 1.0
        return [
            (lane, of_clip if lane.jobs[0].is_clip else (1 - of_clip) * len(lane.jobs) / pictures)
            for lane in self._lanes.values()
        ]

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
        self._lanes.setdefault(job.request.alike, _Lane()).jobs.append(job)
        self._begun[job.priority, job.owner] = job.turn
        if job.turn > self._turns[job.priority]:
            self._turns[job.priority] = job.turn
            self._begun = {
                owner: turn for owner, turn in self._begun.items() if turn >= self._turns[owner[0]]
            }

    def _join(self) -> None:
        """Let newcomers in; nobody overtakes in a lane, nor waits for another lane.

        Clips alone wait for each other whatever their shape, since one fills the device.
        """
        waiting = Counter[Alike]()
        for job in self._waiting:
            waiting[job.request.alike] += job.rows
        full: set[Alike] = set()
        for job in self._queue():
            running = self._running()
            if running and (job.is_suspect or running[0].is_suspect):
                break
            if job.is_clip:
                if not any(other.is_clip for other in running):
                    self._begin(job)
                continue
            alike = job.request.alike
            beside = self._lanes[alike].jobs if alike in self._lanes else []
            room = self._capacity.worthwhile(alike[0], waiting[alike]) - _rows(beside)
            if alike not in full and (not beside or job.rows <= room):
                self._begin(job)
            else:
                full.add(alike)

    def _within(self, shape: Shape, jobs: list[Job]) -> list[Job]:
        """Return the first jobs, as many as memory is thought to hold."""
        held, rows = jobs[:1], jobs[0].rows
        for job in jobs[1:]:
            rows += job.rows
            if rows > self._capacity.ceiling(shape):
                break
            held.append(job)
        return held


def _rows(jobs: Iterable[Job]) -> int:
    return sum(job.rows for job in jobs)
