"""The rendered pictures on disk; `models.train.dataset` writes them.

A scene is known by its number, so the files hold pixels only.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.train.chance import dice
from models.train.scene import Scene, sample
from models.train.settings import DATASET, NATIVE

Pixels = NDArray[np.uint8]  # rows, columns, three channels

_HELDOUT = 10_000_000  # the number of the first scene that no training sees
_OTHER = 30_000_000


def scene(number: int) -> Scene:
    """Return the scene of a number."""
    return sample(dice(DATASET.seed + number))


def first_number(name: str) -> int:
    """Return the number of a file's first scene."""
    if name in {"heldout", "heldout-bare"}:
        return _HELDOUT
    return _OTHER if "x" in name else 0


def load(work: Path, name: str) -> Pixels:
    """Return a file's pictures without reading them all: number, rows, columns, channels."""
    pictures: Pixels = np.load(work / "data" / f"{name}.npy", mmap_mode="r")
    return pictures


def shape_name(size: tuple[int, int]) -> str:
    """Return the name of the file of small pictures of a shape."""
    return "native" if size == NATIVE else "x".join(map(str, size))
