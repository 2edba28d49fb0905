"""What forwards of pictures cost on this device, learnt before the first picture is asked for."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.capacity import BUCKETS, Capacity
from engine.errors import OutOfMemoryError
from engine.job import GenerationRequest, Size
from engine.runner import Runner

_log = logging.getLogger(__name__)

_FORWARDS = 4  # the first of its kind warms up
_GAIN_MIN = 0.02
"""More rows are not tried where those before made a row cheaper by less than this part."""


def calibrate(
    runner: Runner,
    capacity: Capacity,
    sizes: Sequence[Size],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Learn about sizes of which nothing is known, for about so many seconds.

    What is not reached by then is learnt while people's pictures are drawn.  A size that the model
    cannot draw is left out.
    """
    until = clock() + seconds
    for size in sizes:
        if not capacity.costs.get(size):
            _Trial(runner, capacity, size, clock).run(until)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Forwards of one size, to no other end than to know what they take."""

    runner: Runner
    capacity: Capacity
    size: Size
    clock: Callable[[], float]

    def run(self, until: float) -> None:
        """Try ever more rows as long as there is time and they gain something."""
        cheapest = float("inf")
        for rows in BUCKETS:
            if rows > self.capacity.ceiling(self.size) or self.clock() >= until:
                return
            if self.capacity.padded(self.size, rows) != rows:
                continue
            of_row = self._of_row(rows, until)
            if of_row is None or of_row > (1 - _GAIN_MIN) * cheapest:
                return
            cheapest = of_row

    def _of_row(self, rows: int, until: float) -> float | None:
        """Return what a row of such a forward costs; None if it cannot be had."""
        try:
            self._draw([f"calibration {row}" for row in range(rows)], until)
        except OutOfMemoryError:
            self.capacity.halve(self.size, rows)
            return None
        except Exception:  # noqa: BLE001 - what this model cannot draw must not end the start
            _log.warning("what forwards cost at %dx%d is not known", *self.size, exc_info=True)
            return None
        seconds = self.capacity.costs.get(self.size, {}).get(rows)
        return None if seconds is None else seconds / rows

    def _draw(self, names: Sequence[str], until: float) -> None:
        """Draw a little; of forwards that are too long for the time, only the first."""
        request = GenerationRequest("", "", *self.size, _FORWARDS, 1.0, 0)
        try:
            for name in names:
                self.runner.admit(name, request)
            for _ in range(_FORWARDS):
                began = self.clock()
                self.runner.step(names, len(names))
                now = self.clock()
                self.capacity.observe(self.size, len(names), now - began)
                if now >= until:
                    return
        finally:
            for name in names:
                self.runner.release(name)
