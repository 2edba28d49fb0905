"""Render the clips that the video denoiser learns from: ``python -m models.train.clips``.

A clip is known by its number, as a scene is, so the files hold pixels only.
"""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.train.arguments import parse
from models.train.chance import dice
from models.train.corpus import shape_name
from models.train.motion import later
from models.train.scene import Scene, sample
from models.train.settings import CLIPS, NATIVE

Clips = NDArray[np.uint8]  # number, frames, rows, columns, three channels
_FIRST = 60_000_000  # the number of the first scene of a clip
USUAL = 127


class Clip(NamedTuple):
    """A scene and how it is filmed."""

    scene: Scene
    fps: int
    motion: int

    def frame(self, number: int) -> Scene:
        """Return the scene at a frame."""
        return later(self.scene, number / self.fps, self.motion / USUAL)


def clip(number: int) -> Clip:
    """Return the clip of a number."""
    chance = dice(_FIRST + number)
    scene = sample(chance)
    return Clip(scene, chance.choice(CLIPS.fps), chance.randint(*CLIPS.motion))


def first_number(size: tuple[int, int]) -> int:
    """Return the number of a shape's first clip."""
    return sum(CLIPS.count[: CLIPS.shapes.index(size)])


def load(work: Path, size: tuple[int, int]) -> Clips:
    """Return a shape's clips without reading them all."""
    clips: Clips = np.load(_path(work, size), mmap_mode="r")
    return clips


def _path(work: Path, size: tuple[int, int]) -> Path:
    return work / "data" / f"clips-{shape_name(size)}.npy"


def render_small(number: int, size: tuple[int, int] = NATIVE) -> Clips:
    """Render a clip in 1/8 of its size."""
    from models.train.dataset import shrink_render  # noqa: PLC0415 - skia only where it renders

    one = clip(number)
    return np.stack([shrink_render(one.frame(k), size) for k in range(CLIPS.frames)])


def main() -> None:
    """Write what is not there yet."""
    work = parse(__doc__).work
    for size, count in zip(CLIPS.shapes, CLIPS.count, strict=True):
        path = _path(work, size)
        if path.exists():
            continue
        first = first_number(size)
        with ProcessPoolExecutor() as workers:
            draw = partial(render_small, size=size)
            clips = list(workers.map(draw, range(first, first + count), chunksize=10))
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path.with_suffix(".part.npy"), np.stack(clips))
        path.with_suffix(".part.npy").rename(path)
        print(f"{path}: {count}", flush=True)


if __name__ == "__main__":
    main()
