"""Several back ends in order: the first that is well draws, the next when it cannot."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypeVar

from engine.backend import Backend
from engine.breaker import Breaker
from engine.clip import Clip, VideoRequest
from engine.errors import (
    BackendError,
    BadRequestError,
    CannotAnimateError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    JobCancelledError,
    NoBackendError,
    WithheldError,
)
from engine.health import BackendHealth, EngineHealth
from engine.job import GenerationRequest, Picture, Progress

_log = logging.getLogger(__name__)

FINAL = (BadRequestError, EngineClosedError, JobCancelledError, WithheldError)
"""What another back end would not change."""
Drawn = TypeVar("Drawn", Picture, Clip)
PASSING = ("busy", "memory", "unable")
"""Troubles that say nothing about the back end's health."""


@dataclass(slots=True)
class Link:
    """One back end of the chain."""

    name: str
    kind: str
    backend: Backend
    breaker: Breaker = field(default_factory=Breaker)
    drawn: int = 0
    failed: int = 0
    trouble: str = ""

    def health(self) -> BackendHealth:
        """How it is doing."""
        rest_s = math.ceil(self.breaker.rest_s)
        return BackendHealth(self.name, self.kind, self.drawn, self.failed, rest_s, self.trouble)

    def note(self, error: EngineError) -> None:
        """Remember that it did not draw, and why."""
        self.failed += 1
        self.trouble = error.trouble if isinstance(error, BackendError) else type(error).__name__
        is_passing = isinstance(error, EngineBusyError | GenerationFailedError) or (
            isinstance(error, BackendError) and error.trouble in PASSING
        )
        if is_passing:
            self.breaker.told_nothing()
        else:
            self.breaker.failed(for_good=self.trouble == "refused")


class Chain:
    """Draws with the first back end that is well, within one budget of time for each job."""

    def __init__(self, links: Sequence[Link], budget_s: float) -> None:
        self._links = links
        self._budget_s = budget_s
        self._at: dict[str, Link] = {}
        self._opened = AsyncExitStack()

    @property
    def animates(self) -> bool:
        """Whether one of them does."""
        return any(link.backend.animates for link in self._links)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            for link in self._links:
                await opened.enter_async_context(link.backend)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    async def generate(
        self,
        job_id: str,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Picture:
        """Draw a picture; see `engine.engine.Engine.generate`. Another back end begins anew.

        Raises:
            BackendError: the last that was asked did not draw it, or the budget is spent.
            EngineError: as there.
            NoBackendError: all rest after failures.
        """

        def ask(backend: Backend) -> Awaitable[Picture]:
            return backend.generate(job_id, request, on_progress, owner=owner, priority=priority)

        return await self._drawn(job_id, self._links, ask)

    async def animate(
        self,
        job_id: str,
        request: VideoRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Clip:
        """Draw a clip with the first that draws clips; all else is as in `generate`.

        Raises:
            CannotAnimateError: none of them draws clips.
            EngineError: as there.
        """

        def ask(backend: Backend) -> Awaitable[Clip]:
            return backend.animate(job_id, request, on_progress, owner=owner, priority=priority)

        if not self.animates:
            raise CannotAnimateError
        able = [link for link in self._links if link.backend.animates]
        return await self._drawn(job_id, able, ask)

    async def _drawn(
        self,
        job_id: str,
        links: Sequence[Link],
        ask: Callable[[Backend], Awaitable[Drawn]],
    ) -> Drawn:
        trouble: EngineError = NoBackendError()
        try:
            async with asyncio.timeout(self._budget_s):
                for link in links:
                    if not link.breaker.allows():
                        continue
                    self._at[job_id] = link
                    try:
                        return await _told(link, ask(link.backend))
                    except FINAL:
                        raise
                    except EngineError as error:
                        _log.warning("job %s was not drawn by %s: %s", job_id, link.name, error)
                        trouble = error
        except TimeoutError:
            raise BackendError("chain", "slow", f"not done in {self._budget_s:g} s") from trouble
        finally:
            self._at.pop(job_id, None)
        raise trouble

    def cancel(self, job_id: str) -> None:
        """Stop a job where it is."""
        if (link := self._at.get(job_id)) is not None:
            link.backend.cancel(job_id)

    async def ready(self) -> EngineHealth:
        """Wait for the first that can draw.

        Raises:
            EngineError: none can.
        """
        trouble: EngineError = NoBackendError()
        for link in self._links:
            try:
                await link.backend.ready()
            except EngineError as error:
                trouble = error
            else:
                return self.health()
        raise trouble

    def health(self) -> EngineHealth:
        """Return the health of the first that is well, with everybody's work."""
        each = [link.backend.health() for link in self._links]
        resting = [link.breaker.rest_s > 0 for link in self._links]
        well = [h for h, rests in zip(each, resting, strict=True) if h.is_ready and not rests]
        return replace(
            (well or each)[0],
            is_ready=bool(well),
            running=sum(health.running for health in each),
            queued=sum(health.queued for health in each),
            restarts=sum(health.restarts for health in each),
            backends=tuple(link.health() for link in self._links),
        )

    def estimate_s(self, request: GenerationRequest | VideoRequest) -> float:
        """Return the estimate of the one that would be asked."""
        is_clip = isinstance(request, VideoRequest)
        able = [link for link in self._links if link.backend.animates or not is_clip]
        awake = [link for link in able if link.breaker.rest_s == 0]
        return (awake or able or self._links)[0].backend.estimate_s(request)

    async def drain(self, timeout_s: float) -> None:
        """Let what runs finish, everywhere at once."""
        async with asyncio.TaskGroup() as tasks:
            for link in self._links:
                tasks.create_task(link.backend.drain(timeout_s))


async def _told(link: Link, drawing: Awaitable[Drawn]) -> Drawn:
    """Draw, and let the link know how it went."""
    try:
        drawn = await drawing
    except FINAL:
        link.breaker.told_nothing()
        raise
    except EngineError as error:
        link.note(error)
        raise
    except asyncio.CancelledError:
        link.breaker.told_nothing()
        raise
    link.drawn += 1
    link.trouble = ""
    link.breaker.succeeded()
    return replace(drawn, backend=link.name)
