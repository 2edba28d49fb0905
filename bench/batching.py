"""What continuous batching is worth: `python -m bench.batching MODEL_FOLDER [PICTURES]`.

Three ways to serve the same requests: diffusers' own pipeline, first come, first served; the same
pipeline drawing all that waits and is alike in one batch, to its end; and our scheduler and runner.
Arrivals are virtual, compute is measured: the clock moves by what each turn took of this thread's
CPU time, so that neighbours on the machine do not count.  Every ratio is of one run.
"""

import math
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import torch

from bench.load import poisson
from bench.servers import (
    BATCH_MAX,
    Continuous,
    Fifo,
    Kind,
    Served,
    Server,
    Static,
    Stock,
    serve,
)
from engine.capacity import Capacity
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from engine.studio import Studio

_LOADS = (0.7, 0.95, 1.5, 4.0)  # of what the stock pipeline can serve
_SATURATED = math.inf
_GOAL_THROUGHPUT = 2.5  # times FIFO's, saturated
_GOAL_LOAD, _GOAL_MEAN = 1.5, 4.0  # there the mean latency shall be so many times lower than FIFO's

_MIXES: dict[str, Sequence[Kind]] = {
    "uniform": [(64, 64, 20, 7.5, "dpm2m")],
    "mixed": [
        (64, 64, 10, 7.5, "dpm2m"),
        (64, 64, 20, 7.5, "euler_a"),
        (64, 64, 30, 5.0, "ddim"),
        (64, 64, 20, 1.0, "unipc"),
        (64, 96, 20, 7.5, "dpm2m"),
    ],
}


def measure(folder: Path, pictures: int = 60) -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    stock = Stock(folder)
    runner = Studio(EngineSettings(image_model=str(folder), device="cpu", threads=1))
    print(f"torch {torch.__version__}, one thread, {pictures} pictures a cell, {runner.model}")
    for mix, kinds in _MIXES.items():
        capacity = Capacity(2 * BATCH_MAX, is_exact=False, costs={})
        _measure_mix(mix, _requests(kinds, pictures), stock, runner, capacity)


def _measure_mix(
    mix: str,
    requests: list[GenerationRequest],
    stock: Stock,
    runner: Studio,
    capacity: Capacity,
) -> None:
    fifo = Fifo(stock)
    at_once = [0.0] * len(requests)
    _warm_up(stock, requests, lambda: Continuous(runner, capacity))
    serve(fifo, requests, at_once)
    one_s = statistics.mean(fifo.seconds.values())
    print(f"\n{mix}: {1000 * one_s:.0f} ms a picture by the stock pipeline alone")
    print("load        throughput          mean latency         p99 latency   (times better than")
    print("           FIFO  static         FIFO  static         FIFO  static   FIFO and static)")
    for load in (*_LOADS, _SATURATED):
        arrivals = (
            at_once if load == _SATURATED else list(islice(poisson(load / one_s, 2), len(requests)))
        )
        fifo.follow_drift(requests)
        theirs = serve(fifo, requests, arrivals)
        static = serve(Static(stock), requests, arrivals)
        ours = serve(Continuous(runner, capacity), requests, arrivals)
        cells = "".join(f"{text:>20s}" for text in _ratios(ours, theirs, static))
        print(f"{_name(load):10s}{cells}{_verdict(mix, load, ours, theirs)}", flush=True)


def _verdict(mix: str, load: float, ours: Served, fifo: Served) -> str:
    """Return how a cell stands to its goal, if it has one."""
    if mix == "uniform" and load == _SATURATED:
        reached, goal = ours.throughput / fifo.throughput, _GOAL_THROUGHPUT
    elif mix == "uniform" and load == _GOAL_LOAD:
        reached, goal = fifo.mean_s / ours.mean_s, _GOAL_MEAN
    else:
        return ""
    return f"   goal {goal:g}: " + ("met" if reached >= goal else f"short by {goal - reached:.2f}")


def _ratios(ours: Served, fifo: Served, static: Served) -> list[str]:
    return [
        f"{ours.throughput / fifo.throughput:.2f}  {ours.throughput / static.throughput:6.2f}",
        f"{fifo.mean_s / ours.mean_s:.2f}  {static.mean_s / ours.mean_s:6.2f}",
        f"{fifo.p99_s / ours.p99_s:.2f}  {static.p99_s / ours.p99_s:6.2f}",
    ]


def _name(load: float) -> str:
    return "saturated" if load == _SATURATED else f"{load:g}"


def _warm_up(
    stock: Stock,
    requests: Sequence[GenerationRequest],
    ours: Callable[[], Server[GenerationRequest]],
) -> None:
    """Draw some unmeasured, and let the capacity be learnt as a running engine would."""
    stock.draw(requests[:1])
    for crowd in (1, 2, 4, 12, 12):
        serve(ours(), requests[:crowd], [0.0] * crowd)


def _requests(kinds: Sequence[Kind], count: int) -> list[GenerationRequest]:
    dice = random.Random(1)  # noqa: S311 - the same load every time
    requests = []
    for index in range(count):
        width, height, steps, guidance, sampler = dice.choice(kinds)
        prompt = f"picture {index} of a lighthouse"
        requests.append(
            GenerationRequest(prompt, "", width, height, steps, guidance, index, sampler)
        )
    return requests


if __name__ == "__main__":
    measure(Path(sys.argv[1]), *map(int, sys.argv[2:]))
