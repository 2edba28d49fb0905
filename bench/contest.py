"""Four ways to serve the same requests, with and without a clip beside them."""

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bench.load import poisson
from bench.operations import operations
from bench.servers import (
    BATCH_MAX,
    MEASURED,
    Continuous,
    Fifo,
    Kind,
    Request,
    Served,
    Server,
    Static,
    alike,
    serve,
)
from bench.setup import Setup
from bench.stock import Stock
from engine.calibration import calibrate
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.job import GenerationRequest
from engine.runner import Runner

SATURATED = math.inf
"""The load at which all come at once."""
_CALIBRATION_S = 60.0
_CROWD = 2 * BATCH_MAX
_GAIN = 2.5
"""How much faster than alone pictures are drawn together, about, when many wait."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How each way served one load."""

    fifo: Served
    tuned: Served
    static: Served
    ours: Served
    operations: float
    """Of all that was drawn."""

    @property
    def ways(self) -> tuple[Served, Served, Served, Served]:
        """All of them, ours last."""
        return self.fifo, self.tuned, self.static, self.ours

    @property
    def others(self) -> tuple[Served, Served, Served]:
        """All but ours."""
        return self.ways[:3]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip to draw beside pictures."""

    request: VideoRequest
    picture: GenerationRequest
    pictures: float
    """What it takes by diffusers' own pipeline, in times of what `picture` takes."""
    operations: float


class Contest:
    """The ways to serve one mix of requests."""

    def __init__(
        self,
        setup: Setup,
        runner: Runner,
        stocks: tuple[Stock, Stock],
        kinds: Sequence[Kind],
        clip: Clip | None,
    ) -> None:
        self._setup, self._runner, self._kinds, self._clip = setup, runner, kinds, clip
        self._stock, self._tuned = stocks
        self._capacity = Capacity(2 * BATCH_MAX, is_exact=False, costs={})
        self._fifos = [Fifo(each, setup.timed) for each in stocks]
        self._warm_up()
        self._operations = {alike(each): self._counted(each) for each in self._samples()}

    @property
    def one_s(self) -> float:
        """The mean seconds of a picture by the stock pipeline alone."""
        return statistics.mean(map(self._fifos[0].seconds, self._samples()))

    def cell(self, count: int, rate: float, *, has_clip: bool = False) -> Cell:
        """Let everybody serve the same pictures that come at a rate, a clip coming before them."""
        pictures = requests_of(self._kinds, count)
        requests: list[Request] = [*pictures]
        arrivals = [0.0] * count if rate == SATURATED else list(islice(poisson(rate, 2), count))
        needed = sum(self._operations[alike(each)] for each in pictures)
        if has_clip:
            assert self._clip is not None
            requests, arrivals = [self._clip.request, *requests], [0.0, *arrivals]
            needed += self._clip.operations
        clip_s = self.clip_s if has_clip else 0.0
        for fifo in self._fifos:
            fifo.clip_s = clip_s
        ways: tuple[Server, ...] = (
            *self._fifos,
            Static(self._tuned, self._setup.timed, clip_s),
            Continuous(self._runner, self._capacity, self._setup.timed),
        )
        served = [serve(way, requests, arrivals) for way in ways]
        return Cell(served[0], served[1], served[2], served[3], needed)

    @property
    def clip_s(self) -> float:
        """The seconds of the clip by diffusers' own pipeline alone."""
        assert self._clip is not None
        return self._clip.pictures * self._fifos[0].seconds(self._clip.picture)

    def takes(self, load: float, *, has_clip: bool) -> tuple[float, float]:
        """Guess the seconds of compute of a cell: those in any case, and those for each picture."""
        one_s = self.one_s
        measuring = 2 * MEASURED * len(self._kinds) * one_s
        together = min(max(load, 1.0), _GAIN)
        return measuring + (self.clip_s if has_clip else 0.0), 2 * one_s / together

    def follow_drift(self) -> None:
        """Measure FIFO anew; a GPU does not drift."""
        if not self._setup.is_accelerated:
            for fifo in self._fifos:
                fifo.forget()

    def _samples(self) -> list[GenerationRequest]:
        """Return one request of each kind."""
        return requests_of(self._kinds, len(self._kinds), in_turn=True)

    def _counted(self, request: GenerationRequest) -> float:
        return operations(
            lambda steps: self._stock.draw([replace(request, steps=steps)]), request.steps
        )

    def _warm_up(self) -> None:
        """Let each have seen what it will be asked, as a server has that runs for long."""
        sizes = list(dict.fromkeys((width, height) for width, height, *_ in self._kinds))
        calibrate(self._runner, self._capacity, sizes, _CALIBRATION_S)
        for request in self._samples():
            for crowd in range(1, BATCH_MAX + 1):
                self._tuned.draw([replace(request, steps=2)] * crowd)
        short = [replace(each, steps=4) for each in requests_of(self._kinds, _CROWD)]
        ours = Continuous(self._runner, self._capacity, self._setup.timed)
        serve(ours, short, [0.0] * _CROWD)


def requests_of(
    kinds: Sequence[Kind], count: int, *, in_turn: bool = False
) -> list[GenerationRequest]:
    """Return so many requests, the same every time."""
    dice = random.Random(1)  # noqa: S311 - the same load every time
    requests = []
    for index in range(count):
        chosen = kinds[index % len(kinds)] if in_turn else dice.choice(kinds)
        width, height, steps, guidance, sampler = chosen
        prompt = f"picture {index} of a lighthouse"
        requests.append(
            GenerationRequest(prompt, "", width, height, steps, guidance, index, sampler)
        )
    return requests
