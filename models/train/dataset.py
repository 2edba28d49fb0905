"""Render the pictures that everything is trained on: ``python -m models.train.dataset``."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from models.train.arguments import parse
from models.train.corpus import Pixels, first_number, scene, shape_name
from models.train.render import render, without_thing
from models.train.scene import Scene
from models.train.settings import DATASET, NATIVE, SHAPES, SMALL, UNIT


def small(number: int, size: tuple[int, int] = NATIVE) -> Pixels:
    """Render a numbered scene in 1/8 of its size."""
    return shrink_render(scene(number), size)


def shrink_render(one: Scene, size: tuple[int, int]) -> Pixels:
    """Render a scene in 1/8 of its size, each pixel the mean of 4x4."""
    return _shrink(render(one, size, UNIT * 4 // SMALL), 4)


def small_bare(number: int) -> Pixels:
    """Render a scene without its object, small."""
    return shrink_render(without_thing(scene(number)), NATIVE)


def _shrink(pixels: Pixels, by: int) -> Pixels:
    rows, columns = pixels.shape[0] // by, pixels.shape[1] // by
    cells = pixels.reshape(rows, by, columns, by, 3).astype(np.float32)
    shrunk: Pixels = np.round(cells.mean((1, 3))).astype(np.uint8)
    return shrunk


def _write(work: Path, name: str, count: int, draw: Callable[[int], Pixels]) -> None:
    path = work / "data" / f"{name}.npy"
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    first = first_number(name)
    with ProcessPoolExecutor() as workers:
        pictures = np.stack(list(workers.map(draw, range(first, first + count), chunksize=50)))
    np.save(path.with_suffix(".part.npy"), pictures)
    path.with_suffix(".part.npy").rename(path)
    print(f"{path}: {count}")


def main() -> None:
    """Write what is not there yet."""
    work = parse(__doc__).work
    _write(work, "native", DATASET.native, small)
    for size in SHAPES[1:]:
        _write(work, shape_name(size), DATASET.other, partial(small, size=size))
    _write(work, "bare", DATASET.native // 4, small_bare)
    _write(work, "heldout", DATASET.heldout, small)
    _write(work, "heldout-bare", DATASET.heldout, small_bare)


if __name__ == "__main__":
    main()
