"""Sends at the pace each chat allows: results when there is room, progress when there is to spare.

The limits are Telegram's: one message a second in a chat, 20 a minute in a group, 30 a second in
all. Exceeding them earns a silence of minutes that would hold back the result too.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

from chat.errors import DeliveryError, TryLaterError

T = TypeVar("T")
Call = Callable[[], Awaitable[T]]

PATIENCE_S = 30.0
_LANES_MAX = 1000
_WAITING_MAX = 100  # results of one chat
_PROGRESS_MAX = 20  # messages of one chat
_FINISHED_MAX = 100  # messages of one chat

log = logging.getLogger(__name__)


class FloodedError(TryLaterError):
    """The platform refused a message for its pace alone and says how long to wait."""


class Pacing:
    """One lane per chat; whoever owns it keeps it open: `async with pacing`."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = clock
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}
        self._all = _Window(count=30, seconds=1.0, spare=10)
        self._turn = asyncio.Lock()
        self._tasks = asyncio.TaskGroup()
        self._drains: set[asyncio.Task[None]] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._is_open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_open = False
        for task in self._drains:
            task.cancel()
        await self._tasks.__aexit__(kind, error, traceback)

    async def send(
        self,
        chat: str,
        call: Call[T],
        *,
        is_group: bool,
        edits: str | None = None,
        is_final: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> T:
        """Make a call that sends a message, when it is its turn; calls of a chat keep their order.

        `edits` is the message that the call changes: progress that waits for it is dropped, and
        after a final edit, later progress too. A call that raises `FloodedError` is made again.

        Raises:
            TryLaterError: The chat's turn would come later than `patience_s`.
        """
        lane = self._lane(chat, is_group=is_group)
        if edits is not None:
            lane.supersede(edits, is_final=is_final)
        if lane.waiting >= _WAITING_MAX:
            raise TryLaterError(PATIENCE_S)
        lane.waiting += 1
        deadline = self._now() + patience_s
        try:
            async with lane.turn:
                return await self._send_in_turn(lane, call, deadline)
        finally:
            lane.waiting -= 1

    def progress(self, chat: str, message: str, call: Call[object], *, is_group: bool) -> None:
        """Make a call that shows progress in a message, some time, unless a newer one comes first.

        Never waits and never raises: what cannot be shown is dropped.
        """
        lane = self._lane(chat, is_group=is_group)
        if not self._is_open or not lane.welcomes(message, self._now()):
            return
        lane.progress[message] = call
        if not lane.is_draining:
            lane.is_draining = True
            task = self._tasks.create_task(self._drain(lane))
            self._drains.add(task)
            task.add_done_callback(self._drains.discard)

    async def _send_in_turn(self, lane: "_Lane", call: Call[T], deadline: float) -> T:
        while True:
            while (wait := lane.wait(self._now())) > 0:
                if self._now() + wait > deadline:
                    raise TryLaterError(wait)
                await self._sleep(wait)
            async with self._turn:
                while (wait := self._all.wait(self._now())) > 0:
                    await self._sleep(wait)
                self._take(lane)
            try:
                return await call()
            except FloodedError as flood:
                lane.pause(self._now() + flood.seconds)

    async def _drain(self, lane: "_Lane") -> None:
        """Show a lane's progress, each message's latest, while there is some."""
        try:
            while lane.progress:
                async with lane.turn:
                    now = self._now()
                    wait = max(lane.wait_to_spare(now), self._all.wait_to_spare(now))
                    if wait <= 0 and lane.progress:
                        await self._show_next(lane)
                        continue
                await self._sleep(wait)
        finally:
            lane.is_draining = False

    async def _show_next(self, lane: "_Lane") -> None:
        call = lane.progress.pop(next(iter(lane.progress)))
        self._take(lane)
        lane.shown_at = self._now()
        try:
            await call()
        except FloodedError as flood:
            lane.pause(self._now() + flood.seconds)
        except DeliveryError:
            log.debug("progress could not be shown", exc_info=True)
        except Exception:  # the boundary of a background task: progress is not worth the bot
            log.exception("progress could not be shown")

    def _take(self, lane: "_Lane") -> None:
        for window in (*lane.windows, self._all):
            window.take(self._now())

    def _lane(self, chat: str, *, is_group: bool) -> "_Lane":
        lane = self._lanes.get(chat)
        if lane is None:
            if len(self._lanes) >= _LANES_MAX:
                busy = [item for item in self._lanes.items() if item[1].is_busy(self._now())]
                self._lanes = dict(busy)
            lane = self._lanes[chat] = _group() if is_group else _private_chat()
        return lane


class _Window:
    """At most `count` messages in any `seconds`; progress leaves `spare` of them to results."""

    def __init__(self, count: int, seconds: float, spare: int) -> None:
        self._count = count
        self._seconds = seconds
        self._spare = spare
        self._times: deque[float] = deque(maxlen=count)

    def wait(self, now: float) -> float:
        """Seconds until a result fits."""
        return self._wait(now, self._count)

    def wait_to_spare(self, now: float) -> float:
        """Seconds until progress fits."""
        return self._wait(now, self._count - self._spare)

    def is_empty(self, now: float) -> bool:
        return self._wait(now, 1) <= 0

    def take(self, now: float) -> None:
        self._times.append(now)

    def _wait(self, now: float, count: int) -> float:
        if len(self._times) < count:
            return 0.0
        return max(0.0, self._times[-count] + self._seconds - now)


@dataclass(slots=True)
class _Lane:
    """What one chat has seen and waits for."""

    windows: tuple[_Window, ...]
    gap_s: float
    """Between two edits that show progress."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    progress: dict[str, Call[object]] = field(default_factory=dict)
    finished: dict[str, None] = field(default_factory=dict)
    is_draining: bool = False
    shown_at: float = float("-inf")
    paused_until: float = float("-inf")

    def wait(self, now: float) -> float:
        return max(self.paused_until - now, *(window.wait(now) for window in self.windows))

    def wait_to_spare(self, now: float) -> float:
        room = (window.wait_to_spare(now) for window in self.windows)
        return max(self.paused_until - now, self.shown_at + self.gap_s - now, *room)

    def welcomes(self, message: str, now: float) -> bool:
        """Whether progress of this message may wait here."""
        is_full = message not in self.progress and len(self.progress) >= _PROGRESS_MAX
        return message not in self.finished and not is_full and self.paused_until <= now

    def pause(self, until: float) -> None:
        self.paused_until = until
        self.progress.clear()

    def supersede(self, message: str, *, is_final: bool) -> None:
        self.progress.pop(message, None)
        self.finished.pop(message, None)
        if is_final:
            self.finished[message] = None
        if len(self.finished) > _FINISHED_MAX:
            del self.finished[next(iter(self.finished))]

    def is_busy(self, now: float) -> bool:
        has_work = self.waiting > 0 or self.is_draining or self.paused_until > now
        return has_work or not all(window.is_empty(now) for window in self.windows)


def _private_chat() -> _Lane:
    return _Lane((_Window(3, 3.0, spare=2),), gap_s=3.0)


def _group() -> _Lane:
    return _Lane((_Window(3, 3.0, spare=2), _Window(20, 60.0, spare=8)), gap_s=10.0)
