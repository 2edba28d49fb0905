"""What people wait for pictures while a clip is drawn: `python -m bench.video PICTURES CLIPS`.

The two are the folders of the models.  One clip comes first, then pictures at half of what the
stock pipeline can serve, for as long as the clip alone would take.  First come, first served is
diffusers' own pipelines, one job after the other; ours draws a clip's steps between those of
pictures.  Arrivals are virtual, compute is measured, as in `bench.batching`.  Every ratio is of
one run.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile
from pathlib import Path

import torch
from diffusers import StableVideoDiffusionPipeline
from PIL import Image

from bench.load import p99, poisson
from bench.servers import BATCH_MAX, Continuous, Stock, finished, timed
from engine.capacity import Capacity
from engine.clip import FRAMES_DECODED, VideoRequest
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from engine.studio import Studio

_SHARES = (0.15, 0.3)
_LOAD = 0.5
_ROUNDS = 2
_MEASURED = 5
_CLIP_SIZE = (160, 160)  # then a clip is worth a few dozen pictures, as Stable Diffusion's are
_GOAL_SHARE = 0.3  # what the settings say
_GOAL_FIFO, _GOAL_WITHOUT, _GOAL_CLIP = 8.0, 3.0, 1.7

Requests = Sequence[GenerationRequest | VideoRequest]


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


class StockVideo:
    """diffusers alone."""

    def __init__(self, folder: Path) -> None:
        self._pipeline = StableVideoDiffusionPipeline.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )
        self._pipeline.set_progress_bar_config(disable=True)

    def draw(self, request: VideoRequest) -> None:
        """Draw a clip."""
        self._pipeline(
            Image.open(BytesIO(request.image)),
            height=request.height,
            width=request.width,
            num_frames=request.frames,
            num_inference_steps=request.steps,
            decode_chunk_size=FRAMES_DECODED,
            generator=torch.Generator().manual_seed(request.seed),
        )


def measure(folder: Path, video_folder: Path) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    studio = Studio(
        EngineSettings(
            image_model=str(folder), video_model=str(video_folder), device="cpu", threads=1
        )
    )
    clip, capacity = _clip(), Capacity(2 * BATCH_MAX, is_exact=False, costs={})
    _warm_up(studio, capacity)
    stock, stock_video = Stock(folder), StockVideo(video_folder)
    stock.draw([_picture(0)])
    one_s = statistics.median(timed(lambda: stock.draw([_picture(1)])) for _ in range(_MEASURED))
    fifo_clip_s = timed(lambda: stock_video.draw(clip))
    alone = _served(Continuous(studio, capacity), [clip], [0.0])
    print(f"torch {torch.__version__}, one thread, {studio.model} and {studio.video_model}")
    print(
        f"a picture takes {1000 * one_s:.0f} ms and a clip {fifo_clip_s:.1f} s by the stock "
        f"pipelines alone; a clip by ours alone {alone.clip_s / fifo_clip_s:.2f} of that"
    )
    print("          pictures beside a clip, times      times longer with a clip than without")
    print("          better than first come first       pictures            the clip beside")
    print("share       mean       p99                  mean       p99        pictures than alone")
    for share in _SHARES:
        rounds = [
            _round(studio, capacity, share, one_s, fifo_clip_s, seed) for seed in range(_ROUNDS)
        ]
        fifo, ours, without = (_joined(each) for each in zip(*rounds, strict=True))
        _tell(share, fifo, ours, without, alone)


def _round(
    studio: Studio, capacity: Capacity, share: float, one_s: float, clip_s: float, seed: int
) -> tuple[Waits, Waits, Waits]:
    """Return the waits by first come first served, by ours, and by ours without the clip."""
    arrivals = list(takewhile(lambda at: at < clip_s, poisson(_LOAD / one_s, seed)))
    pictures = [_picture(at) for at in range(len(arrivals))]
    ours = _served(Continuous(studio, capacity, share), [_clip(), *pictures], [0.0, *arrivals])
    without = _served(Continuous(studio, capacity, share), pictures, arrivals)
    return _fifo(arrivals, one_s, clip_s), ours, without


def _fifo(arrivals: Sequence[float], one_s: float, clip_s: float) -> Waits:
    free, waits = clip_s, []
    for came in arrivals:
        free = max(free, came) + one_s
        waits.append(free - came)
    return Waits(waits, clip_s)


def _served(server: Continuous, requests: Requests, arrivals: Sequence[float]) -> Waits:
    done_at = finished(server, requests, arrivals)
    waits = {True: [0.0], False: list[float]()}
    for at, request in enumerate(requests):
        waits[isinstance(request, VideoRequest)].append(done_at[at] - arrivals[at])
    return Waits(waits[False], waits[True][-1])


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
        for name, reached, goal, is_met in (
            ("mean against first come", better, _GOAL_FIFO, better >= _GOAL_FIFO),
            ("p99 against none", longer, _GOAL_WITHOUT, longer <= _GOAL_WITHOUT),
            ("the clip against alone", clip, _GOAL_CLIP, clip <= _GOAL_CLIP),
        ):
            verdict = "met" if is_met else f"missed with {reached:.2f}"
            print(f"     goal for {name}, {goal:g}: {verdict}")


def _warm_up(studio: Studio, capacity: Capacity) -> None:
    """Let the capacity be learnt as a running engine would."""
    for crowd in (1, 2, 4, 12, 12):
        pictures = [_picture(at) for at in range(crowd)]
        finished(Continuous(studio, capacity), pictures, [0.0] * crowd)


def _picture(at: int) -> GenerationRequest:
    return GenerationRequest(f"picture {at} of a lighthouse", "", 64, 64, 20, 7.5, at, "dpm2m")


def _clip() -> VideoRequest:
    with BytesIO() as file:
        Image.linear_gradient("L").convert("RGB").resize(_CLIP_SIZE).save(file, "PNG")
        return VideoRequest(
            image=file.getvalue(), width=_CLIP_SIZE[0], height=_CLIP_SIZE[1], frames=25, seed=1
        )


if __name__ == "__main__":
    measure(Path(sys.argv[1]), Path(sys.argv[2]))
