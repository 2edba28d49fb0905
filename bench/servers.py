"""Three ways to serve requests for pictures, on a clock that their compute moves."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from diffusers import StableDiffusionPipeline

from bench.load import p99
from engine import samplers
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.job import GenerationRequest
from engine.runner import Runner
from engine.scheduler import Job, Scheduler

BATCH_MAX = 8
"""Pictures of the largest batch, each of two rows."""

Asked_contra = TypeVar("Asked_contra", contravariant=True)
Asked = TypeVar("Asked")
Kind = tuple[int, int, int, float, str]
"""Width, height, steps, guidance, sampler."""

_MEASURED_AGAIN = 6


class Server(Protocol[Asked_contra]):
    """Draws what has come, in turns."""

    def add(self, job: int, request: Asked_contra) -> None:
        """Take in a request."""
        ...

    def turn(self) -> tuple[list[int], float]:
        """Do some work, and return the jobs that are done by it and the seconds it took."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """What the people behind the requests saw."""

    throughput: float
    mean_s: float
    p99_s: float


def serve(
    server: Server[GenerationRequest],
    requests: Sequence[GenerationRequest],
    arrivals: Sequence[float],
) -> Served:
    """Let requests arrive at the given times of a clock that compute moves."""
    done_at = finished(server, requests, arrivals)
    waited = [done_at[job] - arrivals[job] for job in range(len(requests))]
    return Served(
        throughput=len(requests) / (max(done_at.values()) - arrivals[0]),
        mean_s=statistics.mean(waited),
        p99_s=p99(waited),
    )


def finished(
    server: Server[Asked], requests: Sequence[Asked], arrivals: Sequence[float]
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


class Stock:
    """diffusers alone."""

    def __init__(self, folder: Path) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = self._pipeline.scheduler.config

    def draw(self, requests: Sequence[GenerationRequest]) -> None:
        """Draw requests that are alike in all but prompt and seed."""
        like = requests[0]
        self._pipeline.scheduler = samplers.scheduler(like.sampler, self._config)
        self._pipeline(
            prompt=[request.prompt for request in requests],
            negative_prompt=[request.negative_prompt for request in requests],
            width=like.width,
            height=like.height,
            num_inference_steps=like.steps,
            guidance_scale=like.guidance,
            generator=[torch.Generator().manual_seed(request.seed) for request in requests],
        )


class Fifo:
    """The stock pipeline, one request after the other.

    How long a request takes does not depend on who waits: each is measured once and remembered,
    and what is remembered follows the machine, whose speed drifts.
    """

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._queue: list[tuple[int, GenerationRequest]] = []
        self.seconds: dict[int, float] = {}

    def add(self, job: int, request: GenerationRequest) -> None:
        """Take in a request."""
        self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw the first."""
        job, request = self._queue.pop(0)
        if job not in self.seconds:
            self.seconds[job] = timed(lambda: self._stock.draw([request]))
        return [job], self.seconds[job]

    def follow_drift(self, requests: Sequence[GenerationRequest]) -> None:
        """Measure a few again, and scale what is remembered of all."""
        again = range(0, len(requests), max(1, len(requests) // _MEASURED_AGAIN))
        now_s = sum(timed(partial(self._stock.draw, [requests[job]])) for job in again)
        drift = now_s / sum(self.seconds[job] for job in again)
        self.seconds = {job: seconds * drift for job, seconds in self.seconds.items()}


class Static:
    """The stock pipeline, drawing what is like the first together."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._queue: list[tuple[int, GenerationRequest]] = []

    def add(self, job: int, request: GenerationRequest) -> None:
        """Take in a request."""
        self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw a batch to its end."""
        first = _alike(self._queue[0][1])
        batch = [each for each in self._queue if _alike(each[1]) == first][:BATCH_MAX]
        self._queue = [each for each in self._queue if each not in batch]
        seconds = timed(lambda: self._stock.draw([request for _, request in batch]))
        return [job for job, _ in batch], seconds


class Continuous:
    """Our scheduler and runner, as the step loop drives them."""

    def __init__(self, runner: Runner, capacity: Capacity, clip_share: float = 0.3) -> None:
        self._runner = runner
        self._scheduler = Scheduler(10**6, capacity, clip_share)
        self._done: list[int] = []

    def add(self, job: int, request: GenerationRequest | VideoRequest) -> None:
        """Take in a request."""
        self._scheduler.add(Job(str(job), request))

    def turn(self) -> tuple[list[int], float]:
        """Go one forward, and decode who has done the last."""
        self._done = []
        return self._done, timed(self._forward)

    def _forward(self) -> None:
        batch = self._scheduler.schedule()
        assert batch is not None
        for job in batch.jobs:
            job.forwards = job.forwards or self._runner.admit(job.id, job.request)
            job.done += 1
        seconds = timed(lambda: self._runner.step([job.id for job in batch.jobs], batch.rows))
        self._scheduler.ran(batch, seconds)
        if done := [job.id for job in batch.jobs if job.is_done]:
            self._runner.decode(done)
        for job_id in done:
            self._scheduler.remove(job_id)
            self._runner.release(job_id)
            self._done.append(int(job_id))


def _alike(request: GenerationRequest) -> Kind:
    return (*request.size, request.steps, request.guidance, request.sampler)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of this thread that some work takes."""
    began = time.thread_time()
    work()
    return time.thread_time() - began
