"""How near and how sharp pictures are."""

import math

from torch import Tensor


def mean_square(values: Tensor) -> Tensor:
    """Return the mean of squares, in full precision."""
    return values.float().square().mean()


def psnr(guess: Tensor, pixels: Tensor) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    return -10 * math.log10(mean_square(guess.clamp(-1, 1) - pixels).item() / 4)


def edges(pixels: Tensor) -> float:
    """Return how much neighbouring pixels differ, squared: soft pictures have little."""
    across, down = pixels.diff(dim=3), pixels.diff(dim=2)
    return (mean_square(across) + mean_square(down)).item()
