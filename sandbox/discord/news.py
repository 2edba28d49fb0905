"""What happens in the pretended Discord, kept for those who watch."""

import asyncio
from collections import deque

from sandbox.discord.records import Event, EventKind, Subject

EVENTS_KEPT = 5_000


class News:
    """Numbered events; the number grows with every one."""

    def __init__(self) -> None:
        self.seq = 0
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._bell = asyncio.Event()

    def tell(
        self, kind: EventKind, channel: str = "", subject: Subject = None, *, person: str = ""
    ) -> None:
        """Tell everyone who watches, or one person alone."""
        self.seq += 1
        self._events.append(Event(self.seq, kind, channel, person, subject))
        self._bell.set()
        self._bell = asyncio.Event()

    def after(self, seq: int) -> list[Event]:
        """The events newer than `seq` that are still kept."""
        return [event for event in self._events if event.seq > seq]

    async def wait_beyond(self, seq: int, seconds: float) -> None:
        """Return when something newer than `seq` has happened, or after `seconds`."""
        if self.seq > seq:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return
