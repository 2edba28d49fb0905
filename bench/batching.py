"""What continuous batching is worth: `python -m bench.batching MODEL_FOLDER [--device cuda]`.

Four ways to serve the same requests: diffusers' own pipeline, first come, first served; the same
around a UNet that is as fast as ours; that one drawing all that waits and is alike in one batch, to
its end; and our scheduler and runner.  Arrivals are virtual, compute is measured: the clock moves
by what each turn took.  Every ratio is of one run.
"""

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bench.load import poisson
from bench.servers import BATCH_MAX, Continuous, Fifo, Kind, Served, Server, Static, Stock, serve
from bench.setup import Setup, judge
from engine.calibration import calibrate
from engine.capacity import Capacity
from engine.job import GenerationRequest
from engine.runner import Runner
from engine.studio import Studio

_LOADS = (0.7, 0.95, 1.5, 4.0)  # of what the stock pipeline can serve
_OF_STATIC = 0.9  # of what the static batcher can serve
_SATURATED = math.inf
_GOAL_LOAD = 1.5
_CALIBRATION_S = 60.0

_SMALL: dict[str, Sequence[Kind]] = {
    "uniform": [(64, 64, 20, 7.5, "dpm2m")],
    "mixed": [
        (64, 64, 10, 7.5, "dpm2m"),
        (64, 64, 20, 7.5, "euler_a"),
        (64, 64, 30, 5.0, "ddim"),
        (64, 64, 20, 1.0, "unipc"),
        (64, 96, 20, 7.5, "dpm2m"),
    ],
}
_FULL: dict[str, Sequence[Kind]] = {
    "uniform": [(512, 512, 30, 7.5, "dpm2m")],
    "mixed": [
        (512, 512, 15, 7.5, "dpm2m"),
        (512, 512, 30, 7.5, "euler_a"),
        (512, 512, 50, 5.0, "ddim"),
        (512, 512, 30, 1.0, "unipc"),
        (512, 768, 30, 7.5, "dpm2m"),
    ],
}


@dataclass(frozen=True, slots=True)
class Cell:
    """How each way served one load."""

    fifo: Served
    tuned: Served
    static: Served
    ours: Served


class Contest:
    """The ways to serve one mix of requests."""

    def __init__(
        self, setup: Setup, runner: Runner, stock: Stock, tuned: Stock, kinds: Sequence[Kind]
    ) -> None:
        self._setup, self._runner, self._tuned = setup, runner, tuned
        self._requests = requests_of(kinds, setup.pictures)
        self._capacity = Capacity(2 * BATCH_MAX, is_exact=False, costs={})
        self._fifos = [Fifo(each, setup.timed) for each in (stock, tuned)]
        self._warm_up(kinds)

    @property
    def one_s(self) -> float:
        """The mean seconds of a picture by the stock pipeline alone."""
        return statistics.mean(map(self._fifos[0].seconds, self._requests))

    def cell(self, arrivals: Sequence[float]) -> Cell:
        """Let everybody serve the same arrivals."""
        ways: tuple[Server[GenerationRequest], ...] = (
            *self._fifos,
            Static(self._tuned, self._setup.timed),
            Continuous(self._runner, self._capacity, self._setup.timed),
        )
        return Cell(*(serve(way, self._requests, arrivals) for way in ways))

    def arrivals(self, rate: float) -> list[float]:
        """Return when the requests come, so many in a second; all at once if without end."""
        if rate == _SATURATED:
            return [0.0] * len(self._requests)
        return list(islice(poisson(rate, 2), len(self._requests)))

    def follow_drift(self) -> None:
        """Measure FIFO anew; a GPU does not drift."""
        if not self._setup.is_accelerated:
            for fifo in self._fifos:
                fifo.forget()

    def _warm_up(self, kinds: Sequence[Kind]) -> None:
        """Let each have seen what it will be asked, as a server has that runs for long."""
        sizes = list(dict.fromkeys((width, height) for width, height, *_ in kinds))
        calibrate(self._runner, self._capacity, sizes, _CALIBRATION_S)
        for request in requests_of(kinds, len(kinds), in_turn=True):
            for crowd in range(1, BATCH_MAX + 1):
                self._tuned.draw([replace(request, steps=2)] * crowd)
        serve(
            Continuous(self._runner, self._capacity, self._setup.timed),
            self._requests,
            self.arrivals(_SATURATED),
        )


def measure(setup: Setup) -> None:
    """Print the tables and what became of the goals."""
    runner = Studio(setup.settings(video_model=""))
    stock, tuned = Stock(setup), Stock(setup, is_tuned=True)
    print(f"{setup}, {setup.pictures} pictures a cell")
    for mix, kinds in (_FULL if setup.is_accelerated else _SMALL).items():
        contest = Contest(setup, runner, stock, tuned, kinds)
        print(f"\n{mix}: {1000 * contest.one_s:.0f} ms a picture by the stock pipeline alone")
        print("times better:    throughput             mean latency            p99 latency")
        print("load        FIFO  tuned static     FIFO  tuned static     FIFO  tuned static")
        _measure_mix(mix, contest, setup)


def _measure_mix(mix: str, contest: Contest, setup: Setup) -> None:
    saturated = contest.cell(contest.arrivals(_SATURATED))
    _tell("saturated", saturated)
    cells = {}
    for load in _LOADS:
        contest.follow_drift()
        cells[load] = contest.cell(contest.arrivals(load / contest.one_s))
        _tell(f"{load:g}", cells[load])
    contest.follow_drift()
    of_static = contest.cell(contest.arrivals(_OF_STATIC * saturated.static.throughput))
    _tell(f"{_OF_STATIC:g} static", of_static)
    if mix == "uniform":
        ours = saturated.ours.throughput
        least = 4.5 if setup.is_accelerated else 2.5
        judge("saturated, times FIFO", ours / saturated.fifo.throughput, least=least)
        cell = cells[_GOAL_LOAD]
        judge(f"mean at {_GOAL_LOAD:g}, times FIFO", cell.fifo.mean_s / cell.ours.mean_s, least=4)
        if setup.is_accelerated:
            tuned = saturated.tuned.throughput
            judge("saturated, times FIFO on the same UNet", ours / tuned, least=1.8)
    elif setup.is_accelerated:
        judge("mean against static", of_static.ours.mean_s / of_static.static.mean_s, most=0.75)


def _tell(name: str, cell: Cell) -> None:
    others = (cell.fifo, cell.tuned, cell.static)
    columns = (
        [cell.ours.throughput / other.throughput for other in others],
        [other.mean_s / cell.ours.mean_s for other in others],
        [other.p99_s / cell.ours.p99_s for other in others],
    )
    ratios = "  ".join("".join(f"{ratio:7.2f}" for ratio in column) for column in columns)
    print(f"{name:10s}{ratios}", flush=True)


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


if __name__ == "__main__":
    measure(Setup.of_arguments())
