"""Keeps a child process alive: starts it, starts it again when it dies, and not too often."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, Self

from engine.child import Child
from engine.errors import EngineClosedError, EngineCrashedError, EngineError
from engine.protocol import Animated, Drain, Failed, Finished, Hello, Message, Passed, Ready
from engine.settings import EngineSettings

_log = logging.getLogger(__name__)

Start = Callable[[], AbstractAsyncContextManager[Child]]

_BACKOFF_S = 0.5
_BACKOFF_MAX_S = 30.0


class Work(Protocol):
    """Whoever waits for the child's answers; `engine.jobs.LiveJobs` is the most usual."""

    def feed(self, child: Callable[[Message], None], loaded: Ready) -> None:
        """Give everything to a child that has just become ready."""

    def hear(self, message: Message) -> None:
        """Take what a child says."""

    def crashed(self, crashes_max: int, *, was_ready: bool) -> None:
        """A child has died, and another one will come."""

    def fail_all(self, error: EngineError) -> None:
        """Give everybody the same end."""


class Supervisor:
    """Owns the child process.  Entered as an async context, it is kept alive in the background.

    `run` is its one task; all but `wait_ready` and `end` return at once.
    """

    def __init__(
        self,
        settings: EngineSettings,
        jobs: Work,
        start: Start = Child.started,
        *,
        is_inspector: bool = False,
    ) -> None:
        self._settings = settings
        self._hello = Hello(settings, is_inspector)
        self._jobs = jobs
        self._start = start
        self._child: Child | None = None
        self._wanted = asyncio.Event()
        self._settled = asyncio.Event()
        self._refusal: EngineError | None = None
        self._is_closing = False
        self._crashes = 0  # since a job was last finished
        self._failed_starts = 0  # since one succeeded
        self._start_at = 0.0
        self.starts = 0
        self.loaded = Ready("", "", "")
        self._tasks = asyncio.TaskGroup()
        self._running: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether jobs sent now reach a model."""
        return self._child is not None

    def want(self) -> None:
        """Ask for a running child.

        Raises:
            EngineError: it could not start, and it is too early to try again.
        """
        if self._is_closing:
            raise EngineClosedError
        if self._refusal is not None and time.monotonic() < self._start_at:
            raise self._refusal.with_traceback(None)
        if not self._wanted.is_set():
            self._refusal = None
            self._settled.clear()
            self._wanted.set()

    async def wait_ready(self) -> None:
        """Wait until the child is ready.

        Raises:
            EngineError: it will not be.
        """
        await self._settled.wait()
        if self._refusal is not None:
            raise self._refusal.with_traceback(None)

    def send(self, message: Message) -> None:
        """Send to the child; without one, nothing: it will be fed when it is ready."""
        if self._child is not None:
            self._child.send(message)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._running = self._tasks.create_task(self.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.drain()
        if self._running is not None:
            self._running.cancel()
        # Without the body's error: the group would wrap it, and it is none of the group's.
        await self._tasks.__aexit__(None, None, None)

    async def end(self, timeout_s: float) -> None:
        """Let the child finish what runs within the time, and start no other."""
        assert self._running is not None
        self.drain()
        await asyncio.wait({self._running}, timeout=timeout_s)
        self._running.cancel()

    def drain(self) -> None:
        """Let the child finish what runs and end, then `run` ends; start no other."""
        self._is_closing = True
        self.send(Drain())

    async def run(self) -> None:
        """Start children as long as one is wanted, one after another."""
        try:
            while not self._is_closing:
                await self._wanted.wait()
                await asyncio.sleep(max(0.0, self._start_at - time.monotonic()))
                await self._live()
        finally:
            self._child = None
            self._start_at = math.inf
            self._refuse(EngineClosedError())

    async def _live(self) -> None:
        self.starts += 1
        said: Message | None = None
        try:
            async with self._start() as child:
                said = await self._greet(child)
                if isinstance(said, Ready):
                    await self._attend(child, said)
        except OSError:  # the system has no process or no line to give now
            _log.exception("the engine's process cannot be started")
        if self._is_closing:
            return
        self._back_off()
        if isinstance(said, Failed):
            _log.error("the engine cannot start: %s", said.reason)
            self._refuse(said.to_error())
        else:
            self._blame(was_ready=isinstance(said, Ready))

    async def _attend(self, child: Child, ready: Ready) -> None:
        self._welcome(child, ready)
        try:
            async for message in child.messages(self._settings.step_timeout_s):
                self._hear(message)
        finally:
            self._child = None
            self._settled.clear()

    def _hear(self, message: Message) -> None:
        if isinstance(message, Finished | Animated | Passed):
            self._crashes = 0
        self._jobs.hear(message)

    async def _greet(self, child: Child) -> Message | None:
        child.send(self._hello)
        return await anext(child.messages(self._settings.start_timeout_s), None)

    def _welcome(self, child: Child, ready: Ready) -> None:
        self._child = child
        self._failed_starts = 0
        self.loaded = ready
        self._settled.set()
        _log.info("the engine draws with %s on %s, %s", ready.model, ready.device, ready.dtype)
        self._jobs.feed(child.send, ready)

    def _back_off(self) -> None:
        self._crashes += 1
        delay_s = min(_BACKOFF_S * 2 ** (self._crashes - 1), _BACKOFF_MAX_S)
        self._start_at = time.monotonic() + delay_s

    def _blame(self, *, was_ready: bool) -> None:
        _log.error("the engine's process died (%d in a row)", self._crashes)
        self._failed_starts += not was_ready
        self._jobs.crashed(self._settings.crashes_max, was_ready=was_ready)
        if self._failed_starts > self._settings.crashes_max:
            self._refuse(EngineCrashedError(self._failed_starts))

    def _refuse(self, error: EngineError) -> None:
        """Stop trying until asked again."""
        self._refusal = error
        self._wanted.clear()
        self._settled.set()
        self._jobs.fail_all(error)
