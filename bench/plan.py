"""How a table with many cells keeps to a time that was named beforehand."""

import time
from collections.abc import Callable

_LEAST, _MOST = 4, 400
_RESERVE = 0.1
"""The part of the time that nothing is planned for."""


class OutOfTimeError(Exception):
    """The time is over, and there are cells left."""


class Plan:
    """Shares what is left of the time over the cells that are left.

    What a cell takes is guessed in seconds of compute; how many of the wall's those are is learnt
    from the cells before, as others may want the machine too.
    """

    def __init__(
        self,
        cells: int,
        until: float | None,
        pictures: int,
        slowness: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._cells_left = cells
        self._until = until
        self._pictures = pictures
        self._slowness = slowness
        self._now = clock
        self._began, self._guess_s = clock(), 0.0

    def begin(self, fixed_s: float, picture_s: float) -> int:
        """Return the pictures of the next cell, which takes so much and for each so much more.

        Raises:
            OutOfTimeError: no time is left.
        """
        self._began = self._now()
        if self._until is not None and self._began >= self._until:
            raise OutOfTimeError
        count = self._pictures if self._until is None else self._fitting(fixed_s, picture_s)
        self._guess_s = fixed_s + count * picture_s
        return count

    def end(self) -> None:
        """Learn from the cell that is done; one that went well may be followed by a slow one."""
        self._cells_left -= 1
        latest = (self._now() - self._began) / self._guess_s
        self._slowness = max(latest, (self._slowness + latest) / 2)

    def _fitting(self, fixed_s: float, picture_s: float) -> int:
        assert self._until is not None
        share_s = (1 - _RESERVE) * (self._until - self._began) / self._cells_left
        fitting = int((share_s / self._slowness - fixed_s) / picture_s)
        return max(_LEAST, min(_MOST, fitting))
