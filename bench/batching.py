"""What continuous batching is worth: `python -m bench.batching PICTURES [CLIPS] --minutes 20`.

The two are the folders of the models; `--device cuda` draws in full size.  Four ways serve the same
requests: diffusers' own pipeline, first come, first served (FIFO); the same around a UNet that is
as fast as ours (tuned); that one drawing all that waits and is alike in one batch, to its end
(static); and our scheduler and runner.  With the model for clips all of it comes once more, a clip
being asked for before the first picture: the others draw it before anything else.

Arrivals are virtual, compute is measured: the clock moves by what each turn took.  Every ratio is
of one run.  The tables are Markdown; `--minutes` shares the time over their cells, `--pictures` has
so many in each, `--only uniform,mixed+clip` prints some of the tables.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bench.contest import SATURATED, Cell, Clip, Contest
from bench.operations import operations
from bench.plan import OutOfTimeError, Plan
from bench.servers import MEASURED, Kind, Served
from bench.setup import Setup, judge
from bench.stock import Stock, StockVideo
from bench.video import Scene
from engine.studio import Studio

_LOADS = (SATURATED, 0.7, 0.95, 1.5, 4.0)  # of what the stock pipeline can serve
_OF_STATIC = 0.9  # of what the static batcher can serve
_GOAL_LOAD = 1.5
_CLIP = "+clip"

_SMALL: dict[str, list[Kind]] = {
    "uniform": [(64, 64, 20, 7.5, "dpm2m")],
    "mixed": [
        (64, 64, 10, 7.5, "dpm2m"),
        (64, 64, 20, 7.5, "euler_a"),
        (64, 64, 30, 5.0, "ddim"),
        (64, 64, 20, 1.0, "unipc"),
        (64, 96, 20, 7.5, "dpm2m"),
    ],
}
_FULL: dict[str, list[Kind]] = {
    "uniform": [(512, 512, 30, 7.5, "dpm2m")],
    "mixed": [
        (512, 512, 15, 7.5, "dpm2m"),
        (512, 512, 30, 7.5, "euler_a"),
        (512, 512, 50, 5.0, "ddim"),
        (512, 512, 30, 1.0, "unipc"),
        (512, 768, 30, 7.5, "dpm2m"),
    ],
}
_COLUMNS = (
    "Load",
    "Pictures",
    "Throughput, times",
    "Mean latency, times shorter",
    "p99, times shorter",
)
_COLUMN_OF_CLIP = "The clip, times longer than by FIFO"
_Ratio = Callable[[Served, Served], float]


class Tables:
    """All that is to be printed, for the mixes that are wanted."""

    def __init__(self, setup: Setup) -> None:
        began = time.perf_counter()
        self._setup = setup
        kinds = _FULL if setup.is_accelerated else _SMALL
        self._names = [name for name in self._all(kinds) if not setup.only or name in setup.only]
        has_clip = any(name.endswith(_CLIP) for name in self._names)
        runner = Studio(setup.settings() if has_clip else setup.settings(video_model=""))
        stocks = Stock(setup), Stock(setup, is_tuned=True)
        clip = _clip(setup, stocks[0]) if has_clip else None
        mixes = dict.fromkeys(name.removesuffix(_CLIP) for name in self._names)
        self._contests = {mix: Contest(setup, runner, stocks, kinds[mix], clip) for mix in mixes}
        self._matmul_rate = setup.matmul_rate()
        cells = sum(len(_LOADS) + (not name.endswith(_CLIP)) for name in self._names)
        until = None if setup.minutes is None else began + 60 * setup.minutes
        self._plan = Plan(cells, until, setup.pictures, self._slowness())
        self._began, self._clip = began, clip

    def tell(self) -> None:
        """Measure and print."""
        print(f"{self._setup}")
        print(f"A matrix product reaches {self._matmul_rate / 1e12:.3g} TFLOP/s.")
        if self._clip is not None:
            print(f"A clip is worth {self._clip.pictures:.1f} pictures, each drawn alone.")
        try:
            for name in self._names:
                self._table(name)
        except OutOfTimeError:
            print("\nNo time was left for the rest.")
        took = f"{(time.perf_counter() - self._began) / 60:.1f}"
        told = f" of the {self._setup.minutes:g} that it had" if self._setup.minutes else ""
        print(f"\nAll of it took {took} minutes{told}.")

    def _all(self, kinds: dict[str, list[Kind]]) -> Iterator[str]:
        yield from kinds
        if self._setup.video_folder is not None:
            yield from (mix + _CLIP for mix in kinds)

    def _slowness(self) -> float:
        """Return how many seconds pass while one is computed, as others may want the machine."""
        contest = next(iter(self._contests.values()))
        began = time.perf_counter()
        computed = self._setup.timed(lambda: contest.one_s)
        return (time.perf_counter() - began) / computed

    def _table(self, name: str) -> None:
        mix, has_clip = name.removesuffix(_CLIP), name.endswith(_CLIP)
        contest = self._contests[mix]
        beside = " while a clip is drawn" if has_clip else ""
        print(f"\n**{mix.capitalize()} pictures{beside}**; by the stock pipeline alone", end=" ")
        print(f"{1000 * contest.one_s:.0f} ms each. Ours against FIFO / tuned / static:")
        columns = [*_COLUMNS, _COLUMN_OF_CLIP] if has_clip else _COLUMNS
        print(f"\n{_line(columns)}\n|{'---|' * len(columns)}")
        cells = {load: self._row(contest, load, has_clip=has_clip) for load in _LOADS}
        if not has_clip:
            cells[_OF_STATIC] = self._row_of_static(contest, cells[SATURATED])
        self._say_of_matmul(cells[SATURATED])
        if not has_clip:
            _judge(mix, cells, is_accelerated=self._setup.is_accelerated)

    def _row(self, contest: Contest, load: float, *, has_clip: bool) -> Cell:
        contest.follow_drift()
        name = "saturated" if load == SATURATED else f"{load:g}"
        return self._cell(contest, name, load, load / contest.one_s, has_clip=has_clip)

    def _row_of_static(self, contest: Contest, saturated: Cell) -> Cell:
        contest.follow_drift()
        rate = _OF_STATIC * saturated.static.throughput
        load = rate * contest.one_s
        return self._cell(contest, f"{_OF_STATIC:g} of static", load, rate, has_clip=False)

    def _cell(
        self, contest: Contest, name: str, load: float, rate: float, *, has_clip: bool
    ) -> Cell:
        count = self._plan.begin(*contest.takes(load, has_clip=has_clip))
        cell = contest.cell(count, rate, has_clip=has_clip)
        self._plan.end()
        columns = [
            _ratios(cell, lambda ours, other: ours.throughput / other.throughput),
            _ratios(cell, lambda ours, other: other.mean_s / ours.mean_s),
            _ratios(cell, lambda ours, other: other.p99_s / ours.p99_s),
        ]
        if has_clip:
            columns.append(f"{cell.ours.clip_s / cell.fifo.clip_s:.2f}")
        print(_line([name, str(count), *columns]), flush=True)
        return cell

    def _say_of_matmul(self, saturated: Cell) -> None:
        used = [saturated.operations / way.seconds / self._matmul_rate for way in saturated.ways]
        said = " / ".join(f"{part:.1%}" for part in used)
        print(f"\nOf the matrix product, saturated, by FIFO / tuned / static / ours: {said}.")


def _clip(setup: Setup, stock: Stock) -> Clip:
    """Measure a clip and a picture by diffusers' own pipelines, one right after the other."""
    scene = Scene.full() if setup.is_accelerated else Scene()
    request, picture, video = scene.clip(), scene.picture(0), StockVideo(setup)
    needed = operations(lambda steps: video.draw(replace(request, steps=steps)), request.steps)
    stock.draw([picture])
    clip_s = setup.timed(lambda: video.draw(request))
    one_s = statistics.median(setup.timed(lambda: stock.draw([picture])) for _ in range(MEASURED))
    return Clip(request, picture, clip_s / one_s, needed)


def _line(columns: Sequence[str]) -> str:
    return f"| {' | '.join(columns)} |"


def _ratios(cell: Cell, ratio: _Ratio) -> str:
    return " / ".join(f"{ratio(cell.ours, other):.2f}" for other in cell.others)


def _judge(mix: str, cells: dict[float, Cell], *, is_accelerated: bool) -> None:
    """Print what became of the goals."""
    saturated, at_goal, of_static = cells[SATURATED], cells[_GOAL_LOAD], cells[_OF_STATIC]
    print()
    if mix == "uniform":
        ours = saturated.ours.throughput
        least = 4.5 if is_accelerated else 2.5
        judge("saturated, times FIFO", ours / saturated.fifo.throughput, least=least)
        better = at_goal.fifo.mean_s / at_goal.ours.mean_s
        judge(f"mean at {_GOAL_LOAD:g}, times FIFO", better, least=4)
        if is_accelerated:
            tuned = saturated.tuned.throughput
            judge("saturated, times FIFO on the same UNet", ours / tuned, least=1.8)
    elif is_accelerated:
        judge("mean against static", of_static.ours.mean_s / of_static.static.mean_s, most=0.75)


if __name__ == "__main__":
    Tables(Setup.of_arguments()).tell()
