"""Loads that come the same every time, and how long the slowest wait."""

import math
import random
from collections.abc import Iterator, Sequence


def poisson(rate: float, seed: int) -> Iterator[float]:
    """When requests arrive that know nothing of each other, so many a second; it never ends."""
    dice, now = random.Random(seed), 0.0  # noqa: S311 - the same load every time
    while True:
        now += dice.expovariate(rate)
        yield now


def p99(seconds: Sequence[float]) -> float:
    """Return the time that 99 of 100 stay within."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]
