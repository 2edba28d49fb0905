"""Several back ends in order: the first that is well draws, the next when it cannot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from engine.backend import Backend
from engine.clip import Clip, VideoRequest
from engine.errors import (
    BackendError,
    CannotAnimateError,
    CannotDrawOverError,
    EngineError,
    JobCancelledError,
    NoBackendError,
)
from engine.health import EngineHealth
from engine.inspector import Inspector
from engine.job import GenerationRequest, Picture, Progress
from engine.link import FINAL, Drawn, Link

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Visit:
    """Where a job is, and who could draw it besides."""

    link: Link
    others: Sequence[Link]
    is_clip: bool

    @property
    def has_other(self) -> bool:
        return any(link.breaker_of(is_clip=self.is_clip).rest_s == 0 for link in self.others)


class Chain:
    """Draws with the first back end that is well, within one budget of time for each job.

    What was drawn elsewhere is shown to the inspector first, where there is one.
    """

    def __init__(
        self, links: Sequence[Link], budget_s: float, inspector: Inspector | None = None
    ) -> None:
        self._links = links
        self._budget_s = budget_s
        self._inspector = inspector
        self._at: dict[str, _Visit] = {}
        self._unwanted: set[str] = set()
        self._opened = AsyncExitStack()

    @property
    def animates(self) -> bool:
        """Whether one of them does."""
        return any(link.backend.animates for link in self._links)

    @property
    def draws_over(self) -> bool:
        """Whether one of them does."""
        return any(link.backend.draws_over for link in self._links)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            if self._inspector is not None:
                await opened.enter_async_context(self._inspector)
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
            CannotDrawOverError: it has a picture, and none of them draws over one.
            EngineError: as there.
            NoBackendError: all rest after failures.
        """

        def ask(backend: Backend) -> Awaitable[Picture]:
            return backend.generate(job_id, request, on_progress, owner=owner, priority=priority)

        able = [link for link in self._links if _can(link, request)]
        if not able:
            raise CannotDrawOverError
        return await self._drawn(job_id, able, ask, is_clip=False)

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
        able = [link for link in self._links if _can(link, request)]
        return await self._drawn(job_id, able, ask, is_clip=True)

    async def _drawn(
        self,
        job_id: str,
        links: Sequence[Link],
        ask: Callable[[Backend], Awaitable[Drawn]],
        *,
        is_clip: bool,
    ) -> Drawn:
        trouble: EngineError = NoBackendError()
        try:
            async with asyncio.timeout(self._budget_s):
                for number, link in enumerate(links, 1):
                    if not link.breaker_of(is_clip=is_clip).allows():
                        continue
                    self._at[job_id] = _Visit(link, links[number:], is_clip)
                    try:
                        drawn = await link.told(ask(link.backend), is_clip=is_clip)
                        await self._inspect(link, drawn)
                    except FINAL:
                        raise
                    except EngineError as error:
                        _log.warning("job %s was not drawn by %s: %s", job_id, link.name, error)
                        if job_id in self._unwanted:  # while it was looked at, nobody could stop it
                            raise JobCancelledError from error
                        trouble = error
                        self._send_on(link, error, is_clip=is_clip)
                    else:
                        return drawn
        except TimeoutError:
            raise BackendError("chain", "slow", f"not done in {self._budget_s:g} s") from trouble
        finally:
            self._at.pop(job_id, None)
            self._unwanted.discard(job_id)
        raise trouble

    def _send_on(self, link: Link, error: EngineError, *, is_clip: bool) -> None:
        """Let nobody wait behind one that hangs or is left alone, who could be drawn elsewhere.

        Else each would spend its budget on those before it.
        """
        hangs = isinstance(error, BackendError) and error.trouble == "slow"
        if not hangs and link.breaker_of(is_clip=is_clip).rest_s == 0:
            return
        for job_id, visit in list(self._at.items()):
            if visit.link is link and visit.is_clip == is_clip and visit.has_other:
                link.backend.send_on(job_id)

    async def _inspect(self, link: Link, drawn: Picture | Clip) -> None:
        """Return when it may be seen: the local engine has looked at its own already."""
        if self._inspector is not None and link.is_elsewhere:
            file = drawn.png if isinstance(drawn, Picture) else drawn.mp4
            await self._inspector.inspect(file)

    def cancel(self, job_id: str) -> None:
        """Stop a job where it is."""
        if (visit := self._at.get(job_id)) is not None:
            self._unwanted.add(job_id)
            visit.link.backend.cancel(job_id)

    def send_on(self, job_id: str) -> None:
        """Let a job that only waits where it is go to the next."""
        if (visit := self._at.get(job_id)) is not None:
            visit.link.backend.send_on(job_id)

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
        able = [link for link in self._links if _can(link, request)]
        awake = [link for link in able if link.breaker_of(is_clip=is_clip).rest_s == 0]
        return (awake or able or self._links)[0].backend.estimate_s(request)

    async def drain(self, timeout_s: float) -> None:
        """Let what runs finish, everywhere at once."""
        async with asyncio.TaskGroup() as tasks:
            for link in self._links:
                tasks.create_task(link.backend.drain(timeout_s))


def _can(link: Link, request: GenerationRequest | VideoRequest) -> bool:
    if isinstance(request, VideoRequest):
        return link.backend.animates
    return link.backend.draws_over or request.image is None
