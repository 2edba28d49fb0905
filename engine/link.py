"""One back end of a chain: who it is, how it has done, and whether to ask it."""

import logging
import math
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.backend import Backend
from engine.breaker import Breaker
from engine.clip import Clip
from engine.errors import (
    BackendError,
    BadRequestError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    JobCancelledError,
    WithheldError,
)
from engine.health import BackendHealth
from engine.job import Picture

FINAL = (BadRequestError, EngineClosedError, JobCancelledError, WithheldError)
"""What another back end would not change."""
Drawn = TypeVar("Drawn", Picture, Clip)
_log = logging.getLogger(__name__)

PASSING = ("busy", "memory", "unable")
"""Troubles that say nothing about the back end's health."""


@dataclass(slots=True)
class Link:
    """One back end of the chain."""

    name: str
    kind: str
    backend: Backend
    breaker: Breaker = field(default_factory=Breaker)
    clips_breaker: Breaker = field(default_factory=Breaker)
    """Clips may have a server or a workflow of their own, and that may be ill alone."""
    drawn: int = 0
    failed: int = 0
    trouble: str = ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is not our own engine."""
        return self.kind != "local"

    def breaker_of(self, *, is_clip: bool) -> Breaker:
        """The one that says whether to ask for this."""
        return self.clips_breaker if is_clip else self.breaker

    def health(self) -> BackendHealth:
        """How it is doing."""
        rest_s = math.ceil(max(self.breaker.rest_s, self.clips_breaker.rest_s))
        return BackendHealth(self.name, self.kind, self.drawn, self.failed, rest_s, self.trouble)

    async def told(self, drawing: Awaitable[Drawn], *, is_clip: bool) -> Drawn:
        """Draw, and remember how it went."""
        breaker = self.breaker_of(is_clip=is_clip)
        age = breaker.age
        try:
            drawn = await drawing
        except FINAL:
            breaker.told_nothing(age)
            raise
        except EngineError as error:
            self._note(error, breaker, age)
            raise
        except Exception as error:
            # The boundary between a back end and the chain: what a stranger's answer may break
            # here must neither end the job nor leave a trial without an end.
            _log.exception("%s raised what it should not", self.name)
            trouble = BackendError(self.name, "nonsense", type(error).__name__)
            self._note(trouble, breaker, age)
            raise trouble from error
        except BaseException:
            breaker.told_nothing(age)
            raise
        self.drawn += 1
        self.trouble = ""
        breaker.succeeded()
        return replace(drawn, backend=self.name)

    def _note(self, error: EngineError, breaker: Breaker, age: int) -> None:
        self.failed += 1
        self.trouble = error.trouble if isinstance(error, BackendError) else type(error).__name__
        is_passing = isinstance(error, EngineBusyError | GenerationFailedError) or (
            isinstance(error, BackendError) and error.trouble in PASSING
        )
        if is_passing:
            breaker.told_nothing(age)
        else:
            breaker.failed(age, for_good=self.trouble == "refused")
