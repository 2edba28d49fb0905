"""Gateway sessions: what each has been sent, so that a dropped connection can catch up."""

import asyncio
import secrets
from collections import deque

from sandbox.records import Json, JsonValue

BACKLOG = 1_000
DIRECT_SHARD = 0

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT


class Session:
    """One identified shard. Dispatches are numbered from 1 and kept for a RESUME."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.seq = 0
        self.listeners = 0
        self._backlog: deque[Json] = deque(maxlen=BACKLOG)
        self._bell = asyncio.Event()

    def dispatch(self, name: str, data: Json) -> None:
        """Queue an event for whoever is connected now or resumes later."""
        self.seq += 1
        self._backlog.append({"op": 0, "t": name, "s": self.seq, "d": data})
        self._bell.set()
        self._bell = asyncio.Event()

    def repeat(self, count: int) -> int:
        """Dispatch the last interactions once more; returns how many."""
        seen = [frame for frame in self._backlog if frame["t"] == "INTERACTION_CREATE"]
        again = seen[-count:] if count > 0 else []
        for frame in again:
            self.dispatch("INTERACTION_CREATE", _object(frame["d"]))
        return len(again)

    def after(self, seq: int) -> list[Json]:
        """What was dispatched after a number."""
        return [frame for frame in self._backlog if _seq(frame) > seq]

    def keeps(self, seq: int) -> bool:
        """Whether everything after a number is still known."""
        oldest = _seq(self._backlog[0]) if self._backlog else 1
        return oldest - 1 <= seq <= self.seq

    async def wait_beyond(self, seq: int) -> None:
        """Return when something newer was dispatched."""
        while self.seq <= seq:
            await self._bell.wait()

    def serves(self, guild: int | None) -> bool:
        """Whether this shard hears of a server, or of direct messages where there is none."""
        number, count = self.shard
        return number == (DIRECT_SHARD if guild is None else (guild >> 22) % count)


class Sessions:
    """Every session that lives, connected or not."""

    def __init__(self) -> None:
        self.live: dict[str, Session] = {}

    def open(self, shard: tuple[int, int], intents: int) -> Session:
        """Begin anew; an earlier session of the same shard ends."""
        for old in [s for s in self.live.values() if s.shard == shard]:
            del self.live[old.id]
        session = Session(shard, intents)
        self.live[session.id] = session
        return session

    def listening(self, guild: int | None) -> list[Session]:
        """The sessions that hear of a server, or of direct messages."""
        return [session for session in self.live.values() if session.serves(guild)]

    @property
    def connected(self) -> bool:
        """Whether any bot listens."""
        return any(session.listeners for session in self.live.values())


def _object(value: JsonValue) -> Json:
    assert isinstance(value, dict)
    return value


def _seq(frame: Json) -> int:
    number = frame["s"]
    assert isinstance(number, int)
    return number
