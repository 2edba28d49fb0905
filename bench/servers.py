"""Ways to serve requests for pictures, on a clock that their compute moves."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bench.load import p99
from bench.setup import Timed
from bench.stock import Stock
from engine.batch import Job
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.job import GenerationRequest
from engine.runner import Runner
from engine.scheduler import Scheduler

BATCH_MAX = 8
"""Pictures of the largest batch, each of two rows."""

Kind = tuple[int, int, int, float, str]
"""Width, height, steps, guidance, sampler."""
Request = GenerationRequest | VideoRequest

MEASURED = 3
"""Times that what a picture takes is looked at."""


class Server(Protocol):
    """Draws what has come, in turns."""

    def add(self, job: int, request: Request) -> None:
        """Take in a request."""
        ...

    def turn(self) -> tuple[list[int], float]:
        """Do some work, and return the jobs that are done by it and the seconds it took."""
        ...


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each picture took to come, and the clip; the clip's is 0 where there is none."""

    pictures: list[float]
    clip_s: float

    @property
    def mean_s(self) -> float:
        """Of the pictures."""
        return statistics.mean(self.pictures)

    @property
    def p99_s(self) -> float:
        """Of the pictures."""
        return p99(self.pictures)


@dataclass(frozen=True, slots=True)
class Served(Waits):
    """What the people behind the requests saw."""

    seconds: float
    """From the first arrival until all is drawn, a clip too."""

    @property
    def throughput(self) -> float:
        """Pictures a second."""
        return len(self.pictures) / self.seconds


def serve(server: Server, requests: Sequence[Request], arrivals: Sequence[float]) -> Served:
    """Let requests arrive at the given times of a clock that compute moves."""
    done_at = _finished(server, requests, arrivals)
    pictures, clip_s = list[float](), 0.0
    for job, request in enumerate(requests):
        waited = done_at[job] - arrivals[job]
        if isinstance(request, VideoRequest):
            clip_s = waited
        else:
            pictures.append(waited)
    return Served(pictures, clip_s, max(done_at.values()) - arrivals[0])


def _finished(
    server: Server, requests: Sequence[Request], arrivals: Sequence[float]
) -> dict[int, float]:
    """Return when each of the requests is done, by the clock that compute moves."""
    now, came = 0.0, 0
    done_at: dict[int, float] = {}
    while len(done_at) < len(requests):
        if len(done_at) == came:
            now = max(now, arrivals[came])
        while came < len(requests) and arrivals[came] <= now:
            server.add(came, requests[came])
            came += 1
        done, seconds = server.turn()
        now += seconds
        done_at.update(dict.fromkeys(done, now))
    return done_at


class Fifo:
    """A pipeline, one request after the other; a clip has it to itself, as all else has.

    How long a request takes does not depend on who waits: each kind is measured, and remembered
    until it is to be measured again.  What a clip takes is told.
    """

    def __init__(self, stock: Stock, timed: Timed) -> None:
        self.clip_s = 0.0
        self._stock = stock
        self._timed = timed
        self._queue: list[tuple[int, Request]] = []
        self._seconds: dict[Kind, float] = {}

    def add(self, job: int, request: Request) -> None:
        """Take in a request."""
        self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw the first."""
        job, request = self._queue.pop(0)
        if isinstance(request, VideoRequest):
            return [job], self.clip_s
        return [job], self.seconds(request)

    def seconds(self, request: GenerationRequest) -> float:
        """Return what a picture takes alone."""
        kind = alike(request)
        if kind not in self._seconds:
            draw = partial(self._stock.draw, [request])
            self._seconds[kind] = statistics.median(self._timed(draw) for _ in range(MEASURED))
        return self._seconds[kind]

    def forget(self) -> None:
        """Measure anew, as a machine's speed drifts."""
        self._seconds.clear()


class Static:
    """A pipeline, drawing what is like the first together; nothing beside a clip."""

    def __init__(self, stock: Stock, timed: Timed, clip_s: float) -> None:
        self._stock = stock
        self._timed = timed
        self._clip_s = clip_s
        self._clips: list[int] = []
        self._queue: list[tuple[int, GenerationRequest]] = []

    def add(self, job: int, request: Request) -> None:
        """Take in a request; a clip is the first of all."""
        if isinstance(request, VideoRequest):
            self._clips.append(job)
        else:
            self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw a batch to its end."""
        if self._clips:
            return [self._clips.pop()], self._clip_s
        first = alike(self._queue[0][1])
        batch = [each for each in self._queue if alike(each[1]) == first][:BATCH_MAX]
        self._queue = [each for each in self._queue if each not in batch]
        seconds = self._timed(lambda: self._stock.draw([request for _, request in batch]))
        return [job for job, _ in batch], seconds


class Continuous:
    """Our scheduler and runner, as the step loop drives them."""

    def __init__(
        self, runner: Runner, capacity: Capacity, timed: Timed, clip_share: float = 0.3
    ) -> None:
        self._runner = runner
        self._timed = timed
        self._scheduler = Scheduler(10**6, capacity, clip_share)
        self._done: list[int] = []

    def add(self, job: int, request: Request) -> None:
        """Take in a request."""
        self._scheduler.add(Job(str(job), request))

    def turn(self) -> tuple[list[int], float]:
        """Go one forward, and decode who has done the last."""
        self._done = []
        return self._done, self._timed(self._forward)

    def _forward(self) -> None:
        batch = self._scheduler.schedule()
        assert batch is not None
        for job in batch.jobs:
            job.forwards = job.forwards or self._runner.admit(job.id, job.request)
            job.done += 1
        seconds = self._timed(lambda: self._runner.step([job.id for job in batch.jobs], batch.rows))
        self._scheduler.ran(batch, seconds)
        if done := [job.id for job in batch.jobs if job.is_done]:
            self._runner.decode(done)
        for job_id in done:
            self._scheduler.remove(job_id)
            self._runner.release(job_id)
            self._done.append(int(job_id))


def alike(request: GenerationRequest) -> Kind:
    """Return what requests must have in common to be drawn together."""
    return (*request.size, request.steps, request.guidance, request.sampler)
