"""How many rows a forward pass should have, learnt from what forwards took.  Pure arithmetic.

More rows draw more pictures in a second, but from some number on hardly more, and each picture only
takes longer.  Where that knee is depends on the device and on the pictures' size.
"""

import statistics
from collections import Counter, deque
from collections.abc import Mapping

from engine.job import Shape

BUCKETS = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of rows that a forward may have: few, so that each can be learnt and prepared."""

_STALE = 2000
"""Forwards after which it is learnt anew what more rows cost: they may have been timed at a bad
moment, and what is thought too slow is never drawn with."""

Costs = dict[Shape, dict[int, float]]
"""Seconds of a forward, by shape and rows."""

_KNEE = 0.9
_REMEMBERED = 9
_TRY_AGAIN = 1000
"""Full forwards after which memory may hold more; twice as many each time that it did not."""


class Capacity:
    """The rows that a shape's forwards may have; memory sets a ceiling, speed what is worth it."""

    def __init__(
        self, rows_max: int, *, is_exact: bool, costs: Mapping[Shape, Mapping[int, float]]
    ) -> None:
        self._rows_max = rows_max
        self._is_exact = is_exact
        self._ceilings: dict[Shape, int] = {}
        self._full: dict[Shape, int] = {}  # forwards of as many rows as memory is thought to hold
        self._patience: dict[Shape, int] = {}
        self._forwards: Counter[Shape] = Counter()
        self._warm: set[tuple[Shape, int]] = set()
        self._recent: dict[tuple[Shape, int], deque[float]] = {}
        self.costs: Costs = {shape: dict(of_shape) for shape, of_shape in costs.items()}

    def worthwhile(self, shape: Shape, waiting: int) -> int:
        """Return the rows up to which newcomers should join, so many rows of them waiting.

        With a short queue that is the knee, and what is most in a second when more wait than that.
        One bucket more is tried while it is not known to be worse.
        """
        ceiling = self.ceiling(shape)
        costs = {rows: s for rows, s in self.costs.get(shape, {}).items() if rows <= ceiling}
        if self._is_exact or not costs:
            return ceiling
        of_row = {rows: costs[rows] / rows for rows in sorted(costs)}
        cheapest = min(of_row, key=of_row.__getitem__)
        knee = next(rows for rows in of_row if _KNEE * of_row[rows] <= of_row[cheapest])
        chosen = cheapest if waiting > knee else knee
        return 2 * chosen if 2 * chosen <= ceiling and 2 * chosen not in costs else chosen

    def ceiling(self, shape: Shape) -> int:
        """Return the rows that memory is thought to hold."""
        return self._ceilings.get(shape, self._rows_max)

    def padded(self, shape: Shape, rows: int) -> int:
        """Return the rows of a forward that must have at least so many."""
        if self._is_exact:
            return max(rows, self.ceiling(shape))
        return next(bucket for bucket in BUCKETS if bucket >= rows)

    def observe(self, shape: Shape, rows: int, seconds: float) -> None:
        """Learn from a forward; the first of its kind is only a warming up."""
        if rows == self._ceilings.get(shape) and not self._is_exact:
            self._count_full(shape)
        if (shape, rows) not in self._warm:
            self._warm.add((shape, rows))
            return
        costs = self.costs.setdefault(shape, {})
        if (shape, rows) not in self._recent:
            known = [costs[rows]] if rows in costs else []
            self._recent[shape, rows] = deque(known, _REMEMBERED)
        self._recent[shape, rows].append(seconds)
        costs[rows] = statistics.median(self._recent[shape, rows])  # a neighbour's spike is none
        self._forwards[shape] += 1
        if self._forwards[shape] % _STALE == 0:
            for more in [known for known in costs if known > rows]:
                del costs[more]
                self._recent.pop((shape, more), None)

    def halve(self, shape: Shape, rows: int) -> None:
        """Allow no more than half of the rows for which there was no memory."""
        self._ceilings[shape] = max(1, rows // 2)
        self._full[shape] = 0
        self._patience[shape] = 2 * self._patience.get(shape, _TRY_AGAIN // 2)

    def _count_full(self, shape: Shape) -> None:
        """Allow twice the rows again after a long time: others may have had the memory then.

        Not in exact mode, where pictures are the same as long as forwards are.
        """
        self._full[shape] += 1
        if self._full[shape] >= self._patience[shape]:
            self._full[shape] = 0
            self._ceilings[shape] = min(2 * self._ceilings[shape], self._rows_max)
