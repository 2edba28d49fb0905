"""Ways to serve requests for pictures, on a clock that their compute moves."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import torch
from diffusers import StableDiffusionPipeline

from bench.load import p99
from bench.setup import Setup, Timed
from engine import device, samplers
from engine.batch import Job
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.forwards import Forwards, recorder
from engine.job import GenerationRequest
from engine.runner import Runner
from engine.scheduler import Scheduler

BATCH_MAX = 8
"""Pictures of the largest batch, each of two rows."""

Asked_contra = TypeVar("Asked_contra", contravariant=True)
Asked = TypeVar("Asked")
Kind = tuple[int, int, int, float, str]
"""Width, height, steps, guidance, sampler."""

_MEASURED = 3


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
    """diffusers alone; or its pipeline around a UNet that is as fast as we make it."""

    def __init__(self, setup: Setup, *, is_tuned: bool = False) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            setup.folder, dtype=setup.dtype, local_files_only=True
        ).to(setup.device)
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = self._pipeline.scheduler.config
        if is_tuned:
            _tune(self._pipeline, setup)

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


def _tune(pipeline: StableDiffusionPipeline, setup: Setup) -> None:
    """Do to a pipeline's models what our runner does to its own."""
    for part in (pipeline.unet, pipeline.vae):
        part.to(memory_format=torch.channels_last)
    if setup.is_compiled:
        device.compile_blocks(pipeline.unet)
    forwards = Forwards(pipeline.unet.forward, setup.dtype, recorder(setup.device))

    def forward(
        sample: torch.Tensor,
        timestep: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        **_: object,
    ) -> tuple[torch.Tensor]:
        times = timestep.to(setup.device).expand(len(sample))
        return (forwards(sample, times, encoder_hidden_states).clone(),)

    pipeline.unet.forward = forward


class Fifo:
    """A pipeline, one request after the other.

    How long a request takes does not depend on who waits: each kind is measured, and remembered
    until it is to be measured again.
    """

    def __init__(self, stock: Stock, timed: Timed) -> None:
        self._stock = stock
        self._timed = timed
        self._queue: list[tuple[int, GenerationRequest]] = []
        self._seconds: dict[Kind, float] = {}

    def add(self, job: int, request: GenerationRequest) -> None:
        """Take in a request."""
        self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw the first."""
        job, request = self._queue.pop(0)
        return [job], self.seconds(request)

    def seconds(self, request: GenerationRequest) -> float:
        """Return what a request takes alone."""
        kind = _alike(request)
        if kind not in self._seconds:
            draw = partial(self._stock.draw, [request])
            self._seconds[kind] = statistics.median(self._timed(draw) for _ in range(_MEASURED))
        return self._seconds[kind]

    def forget(self) -> None:
        """Measure anew, as a machine's speed drifts."""
        self._seconds.clear()


class Static:
    """A pipeline, drawing what is like the first together."""

    def __init__(self, stock: Stock, timed: Timed) -> None:
        self._stock = stock
        self._timed = timed
        self._queue: list[tuple[int, GenerationRequest]] = []

    def add(self, job: int, request: GenerationRequest) -> None:
        """Take in a request."""
        self._queue.append((job, request))

    def turn(self) -> tuple[list[int], float]:
        """Draw a batch to its end."""
        first = _alike(self._queue[0][1])
        batch = [each for each in self._queue if _alike(each[1]) == first][:BATCH_MAX]
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

    def add(self, job: int, request: GenerationRequest | VideoRequest) -> None:
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


def _alike(request: GenerationRequest) -> Kind:
    return (*request.size, request.steps, request.guidance, request.sampler)
