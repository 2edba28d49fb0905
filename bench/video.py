"""What people wait for pictures while a clip is drawn: `python -m bench.video PICTURES CLIPS`.

The two are the folders of the models; `--device cuda` draws both in full size.  One clip comes
first, then pictures at half of what the stock pipeline can serve, for as long as the clip alone
would take.  First come, first served is diffusers' own pipelines, one job after the other; ours
draws a clip's steps between those of pictures.  Arrivals are virtual, compute is measured, as in
`bench.batching`.  Every ratio is of one run.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import takewhile
from typing import Self

from PIL import Image

from bench.load import poisson
from bench.servers import BATCH_MAX, Continuous, Request, Waits, serve
from bench.setup import Setup, judge
from bench.stock import Stock, StockVideo
from engine.calibration import calibrate
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.job import GenerationRequest
from engine.studio import Studio

_SHARES = (0.15, 0.3)
_LOAD = 0.5
_ROUNDS = 2
_MEASURED = 5
_CALIBRATION_S = 60.0
_GOAL_SHARE = 0.3  # what the settings say


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: small, a clip is worth a few dozen pictures, as Stable Diffusion's are."""

    size: tuple[int, int] = (64, 64)
    steps: int = 20
    clip_size: tuple[int, int] = (160, 160)
    frames: int = 25

    @classmethod
    def full(cls) -> Self:
        """What people ask for."""
        return cls((512, 512), 30, (832, 480), 14)

    def picture(self, at: int) -> GenerationRequest:
        """Return one request."""
        return GenerationRequest(
            f"picture {at} of a lighthouse", "", *self.size, self.steps, 7.5, at, "dpm2m"
        )

    def clip(self) -> VideoRequest:
        """Return the clip."""
        width, height = self.clip_size
        with BytesIO() as file:
            Image.linear_gradient("L").convert("RGB").resize(self.clip_size).save(file, "PNG")
            return VideoRequest(
                image=file.getvalue(), width=width, height=height, frames=self.frames, seed=1
            )


class Film:
    """Ours, with what it has learnt about the device."""

    def __init__(self, setup: Setup, scene: Scene, studio: Studio) -> None:
        self._setup, self._scene, self._studio = setup, scene, studio
        self._capacity = Capacity(2 * BATCH_MAX, is_exact=False, costs={})
        calibrate(studio, self._capacity, [scene.size], _CALIBRATION_S)
        self.served([replace(scene.clip(), steps=2), *map(scene.picture, range(4))], [0.0] * 5)

    def served(
        self, requests: Sequence[Request], arrivals: Sequence[float], share: float = 0.3
    ) -> Waits:
        """Serve some requests."""
        server = Continuous(self._studio, self._capacity, self._setup.timed, share)
        return serve(server, requests, arrivals)

    def round(
        self, share: float, one_s: float, clip_s: float, seed: int
    ) -> tuple[Waits, Waits, Waits]:
        """Return the waits by first come first served, by ours, and by ours without the clip."""
        arrivals = list(takewhile(lambda at: at < clip_s, poisson(_LOAD / one_s, seed)))
        pictures = [self._scene.picture(at) for at in range(len(arrivals))]
        ours = self.served([self._scene.clip(), *pictures], [0.0, *arrivals], share)
        without = self.served(pictures, arrivals, share)
        return _fifo(arrivals, one_s, clip_s), ours, without


def measure(setup: Setup) -> None:
    """Print the table."""
    studio = Studio(setup.settings())
    scene = Scene.full() if setup.is_accelerated else Scene()
    film = Film(setup, scene, studio)
    stock, stock_video = Stock(setup), StockVideo(setup)
    stock.draw([scene.picture(0)])
    one_s = statistics.median(
        setup.timed(lambda: stock.draw([scene.picture(1)])) for _ in range(_MEASURED)
    )
    stock_video.draw(replace(scene.clip(), steps=1))
    fifo_clip_s = setup.timed(lambda: stock_video.draw(scene.clip()))
    alone = film.served([scene.clip()], [0.0])
    print(f"{setup} and {studio.video_model}")
    print(
        f"a picture takes {1000 * one_s:.0f} ms and a clip {fifo_clip_s:.1f} s by the stock "
        f"pipelines alone; a clip by ours alone {alone.clip_s / fifo_clip_s:.2f} of that"
    )
    print("          pictures beside a clip, times      times longer with a clip than without")
    print("          better than first come first       pictures            the clip beside")
    print("share       mean       p99                  mean       p99        pictures than alone")
    for share in _SHARES:
        rounds = [film.round(share, one_s, fifo_clip_s, seed) for seed in range(_ROUNDS)]
        fifo, ours, without = (_joined(each) for each in zip(*rounds, strict=True))
        _tell(share, fifo, ours, without, alone)


def _fifo(arrivals: Sequence[float], one_s: float, clip_s: float) -> Waits:
    free, waits = clip_s, []
    for came in arrivals:
        free = max(free, came) + one_s
        waits.append(free - came)
    return Waits(waits, clip_s)


def _joined(rounds: Sequence[Waits]) -> Waits:
    pictures = [wait for each in rounds for wait in each.pictures]
    return Waits(pictures, statistics.mean(each.clip_s for each in rounds))


def _tell(share: float, fifo: Waits, ours: Waits, without: Waits, alone: Waits) -> None:
    better, longer = fifo.mean_s / ours.mean_s, ours.p99_s / without.p99_s
    clip = ours.clip_s / alone.clip_s
    print(
        f"{share:4.2f} {better:11.1f} {fifo.p99_s / ours.p99_s:9.1f} "
        f"{ours.mean_s / without.mean_s:20.2f} {longer:9.2f} {clip:19.2f}",
        flush=True,
    )
    if share == _GOAL_SHARE:
        judge("pictures' mean beside a clip, times FIFO", better, least=8)
        judge("pictures' p99 beside a clip, times without", longer, most=3)
        judge("a clip beside pictures, times alone", clip, most=1.7)


if __name__ == "__main__":
    measure(Setup.of_arguments())
