"""How long a picture or a clip will take, from how long such took."""

import heapq
import math
from collections.abc import Iterable

from engine.clip import VideoRequest
from engine.job import GenerationRequest, Shape

_NEWEST_WEIGHT = 0.2
_FIRST_GUESS_S_PER_PIXEL = 2e-6  # a step of Stable Diffusion 1.5 on a middling GPU


class StepTimes:
    """Moving averages per shape: seconds between two forwards, and seconds after the last one.

    Whoever draws beside others waits for them too, so these are times under the present load.
    """

    def __init__(self) -> None:
        self._interval_s: dict[Shape, float] = {}
        self._decode_s: dict[Shape, float] = {}

    def knows(self, request: GenerationRequest | VideoRequest) -> bool:
        """Whether an estimate would be more than a guess: such have been drawn before."""
        return any(len(shape) == len(request.shape) for shape in self._interval_s)

    def observe_forward(self, request: GenerationRequest | VideoRequest, seconds: float) -> None:
        """Learn how long a job waited for its next forward."""
        _average(self._interval_s, request.shape, seconds)

    def observe_decode(self, request: GenerationRequest | VideoRequest, seconds: float) -> None:
        """Learn from what came after the last step."""
        _average(self._decode_s, request.shape, seconds)

    def seconds(self, request: GenerationRequest | VideoRequest, step: int = 0) -> float:
        """Return the seconds that a job still takes after so many of its steps."""
        skipped = request.steps_skipped
        left = (request.steps - max(step, skipped)) / (request.steps - skipped)
        interval_s = _of_shape(self._interval_s, request.shape)
        if interval_s is None:
            interval_s = _FIRST_GUESS_S_PER_PIXEL * math.prod(request.shape)
        decode_s = _of_shape(self._decode_s, request.shape) or 0
        return left * request.forwards * interval_s + decode_s


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


def _average(averages: dict[Shape, float], shape: Shape, seconds: float) -> None:
    before = averages.get(shape, seconds)
    averages[shape] = before + _NEWEST_WEIGHT * (seconds - before)


def _of_shape(averages: dict[Shape, float], shape: Shape) -> float | None:
    """Return the average for a shape, or that of the nearest of its kind scaled by pixels."""
    if shape in averages:
        return averages[shape]
    pixels = math.prod(shape)
    alike = (other for other in averages if len(other) == len(shape))
    known = min(alike, key=lambda other: abs(math.prod(other) - pixels), default=None)
    return None if known is None else averages[known] * pixels / math.prod(known)
