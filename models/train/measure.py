"""How near and how sharp pictures are."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor

_ROUNDING = (2 / 255) ** 2 / 12
"""What rounding to bytes costs: no two pictures count as more alike than that."""


def mean_square(values: Tensor) -> Tensor:
    """Return the mean of squares, in full precision."""
    return values.float().square().mean()


def psnr(guess: Tensor, pixels: Tensor) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    left = max(_ROUNDING, mean_square(guess.clamp(-1, 1) - pixels).item())
    return -10 * math.log10(left / 4)


def edges(pixels: Tensor) -> float:
    """Return how much neighbouring pixels differ, squared: soft pictures have little."""
    across, down = pixels.diff(dim=3), pixels.diff(dim=2)
    return (mean_square(across) + mean_square(down)).item()


class Motion(NamedTuple):
    """What a clip's change is, of what it should be."""

    part: float
    """How much of the change is there: 0 stands still, 1 goes all the way."""
    likeness: float
    """The correlation of both changes: grain makes it less."""


def motion(changes: Iterable[tuple[Tensor, Tensor]]) -> Motion:
    """Compare changes of pixels that were drawn with those that should have been."""
    both = drawn = real = 0.0
    for mine, theirs in changes:
        both += (mine * theirs).sum().item()
        drawn += mine.square().sum().item()
        real += theirs.square().sum().item()
    return Motion(both / max(real, 1e-9), both / max(math.sqrt(drawn * real), 1e-9))
