"""Has looked at by the safety checker what back ends elsewhere have drawn, before anybody sees it.

The checker lives in a process of its own, on the CPU, which starts with the first file: the local
engine need not be there, nor be well, for others to draw.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from engine.errors import EngineCrashedError, EngineError
from engine.protocol import Failed, Inspect, Message, Passed, Ready
from engine.settings import EngineSettings
from engine.supervisor import Supervisor


@dataclass(slots=True)
class Look:
    """A file that somebody waits to hear of."""

    asked: Inspect
    verdict: asyncio.Future[None]
    crashes: int = 0

    def end(self, error: EngineError | None = None) -> None:
        """Say what it is; the first word counts."""
        if self.verdict.done():
            return
        if error is None:
            self.verdict.set_result(None)
        else:
            self.verdict.set_exception(error)


class Looks:
    """All files that wait, each under a ticket: the `engine.supervisor.Work` of an inspector."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._tickets = itertools.count(1)

    def add(self, file: bytes) -> Look:
        """Put a file behind the others."""
        ticket = str(next(self._tickets))
        look = Look(Inspect(ticket, file), asyncio.get_running_loop().create_future())
        self._looks[ticket] = look
        return look

    def remove(self, look: Look) -> None:
        """Forget a file."""
        del self._looks[look.asked.job_id]

    def feed(self, child: Callable[[Message], None], loaded: Ready) -> None:
        """Give every file to a child that has just become ready."""
        del loaded
        for look in self._looks.values():
            child(look.asked)

    def hear(self, message: Message) -> None:
        """Take a verdict on a file, which may have gone meanwhile."""
        match message:
            case Passed() if look := self._looks.get(message.job_id):
                look.end()
            case Failed() if look := self._looks.get(message.job_id):
                look.end(message.to_error())
            case _:
                pass

    def crashed(self, crashes_max: int, *, was_ready: bool) -> None:
        """Blame all: one of them may be what the child died of."""
        del was_ready
        for look in self._looks.values():
            look.crashes += 1
            if look.crashes > crashes_max:
                look.end(EngineCrashedError(look.crashes))

    def fail_all(self, error: EngineError) -> None:
        """Give all the same end."""
        for look in self._looks.values():
            look.end(error)


class Inspector:
    """Starts and supervises the checker's process. Enter it as an async context."""

    def __init__(self, settings: EngineSettings) -> None:
        self._looks = Looks()
        self._supervisor = Supervisor(settings, self._looks, is_inspector=True)

    async def __aenter__(self) -> Self:
        await self._supervisor.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._supervisor.__aexit__(kind, error, traceback)

    async def inspect(self, file: bytes) -> None:
        """Return when a picture or clip of ours may be seen.

        Raises:
            EngineError: it could not be looked at, so it may not.
            WithheldError: it may not.
        """
        self._supervisor.want()
        look = self._looks.add(file)
        self._supervisor.send(look.asked)
        try:
            await look.verdict
        finally:
            self._looks.remove(look)

    async def ready(self) -> None:
        """Wait until the checker is loaded.

        Raises:
            EngineError: it cannot be.
        """
        self._supervisor.want()
        await self._supervisor.wait_ready()
