"""How long a picture will take, from how long pictures took."""

import heapq
from collections.abc import Iterable

from engine.job import GenerationRequest, Size

_NEWEST_WEIGHT = 0.2
_FIRST_GUESS_S_PER_PIXEL = 2e-6  # a step of Stable Diffusion 1.5 on a middling GPU


class StepTimes:
    """Moving averages per size: seconds between two forwards, and seconds after the last one.

    Whoever draws beside others waits for them too, so these are times under the present load.
    """

    def __init__(self) -> None:
        self._interval_s: dict[Size, float] = {}
        self._decode_s: dict[Size, float] = {}

    @property
    def is_empty(self) -> bool:
        """Whether any estimate would be a guess."""
        return not self._interval_s

    def observe_forward(self, request: GenerationRequest, seconds: float) -> None:
        """Learn how long a job waited for its next forward."""
        _average(self._interval_s, request.size, seconds)

    def observe_decode(self, request: GenerationRequest, seconds: float) -> None:
        """Learn from what came after the last step."""
        _average(self._decode_s, request.size, seconds)

    def seconds(self, request: GenerationRequest, step: int = 0) -> float:
        """Return the seconds that a picture still takes after so many of its steps."""
        forwards = (request.steps - max(step, request.steps_skipped)) * (
            2 if request.sampler == "heun" else 1
        )
        interval_s = _of_size(self._interval_s, request.size)
        if interval_s is None:
            interval_s = _FIRST_GUESS_S_PER_PIXEL * request.width * request.height
        return forwards * interval_s + (_of_size(self._decode_s, request.size) or 0)


def queue_s(running: Iterable[float], waiting: Iterable[float]) -> float:
    """Return the seconds until the last of those that wait is done.

    Each takes the place of the first that leaves; all seconds are those that a job has left.
    """
    places = list(running) or [0.0]
    heapq.heapify(places)
    done = 0.0
    for seconds in waiting:
        done = heapq.heappop(places) + seconds
        heapq.heappush(places, done)
    return done


def _average(averages: dict[Size, float], size: Size, seconds: float) -> None:
    before = averages.get(size, seconds)
    averages[size] = before + _NEWEST_WEIGHT * (seconds - before)


def _of_size(averages: dict[Size, float], size: Size) -> float | None:
    """Return the average for a size, or that of the nearest one scaled by pixels."""
    if size in averages:
        return averages[size]
    pixels = size[0] * size[1]
    known = min(averages, key=lambda other: abs(other[0] * other[1] - pixels), default=None)
    return None if known is None else averages[known] * pixels / (known[0] * known[1])
