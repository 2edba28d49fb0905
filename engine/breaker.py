"""A circuit breaker: who failed again and again is left alone for a while, then tried once."""

import time
from collections.abc import Callable

FAILURES_MAX = 3
REST_S, REST_MAX_S = 15.0, 600.0


class Breaker:
    """Says whether to ask. Whoever was let through tells how it went."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, failures_max: int = FAILURES_MAX
    ) -> None:
        self._clock = clock
        self._failures_max = failures_max
        self._failures = 0
        self._rests = 0
        self._until = 0.0
        self._age = 0
        self._on_trial = False

    @property
    def rest_s(self) -> float:
        """Seconds until it may be asked again."""
        return max(0.0, self._until - self._clock())

    @property
    def age(self) -> int:
        """How often it began to rest: who was let through before has nothing to say after it."""
        return self._age

    def allows(self) -> bool:
        """Whether to ask now; after a rest only one at a time, until one succeeds."""
        if self.rest_s > 0 or self._on_trial:
            return False
        self._on_trial = self._rests > 0
        return True

    def succeeded(self) -> None:
        """It works."""
        self._failures = self._rests = 0
        self._on_trial = False

    def told_nothing(self, age: int) -> None:
        """What was let through at this age ended in a way that says nothing."""
        if age == self._age:
            self._on_trial = False

    def failed(self, age: int, *, for_good: bool = False) -> None:
        """It did not work at this age; `for_good` when asking again at once cannot help."""
        if age != self._age:
            return
        self._failures += 1
        if self._on_trial or for_good or self._failures >= self._failures_max:
            self._until = self._clock() + min(REST_S * 2**self._rests, REST_MAX_S)
            self._rests += 1
            self._age += 1
            self._failures = 0
        self._on_trial = False
