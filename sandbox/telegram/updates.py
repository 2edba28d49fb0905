"""Updates on their way to the bot: kept until confirmed, fetched by one poller or pushed."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.records import Json, JsonValue
from sandbox.telegram.errors import bad_request, conflict

MOST_AT_ONCE = 100
LONGEST_POLL = 50.0
REMEMBERED = 100
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_LOOK_AGAIN = 0.5  # seconds between looks whether the poller is still connected


@dataclass(frozen=True, slots=True)
class Update:
    """One update; `again` marks a repeated one, which an old offset does not confirm."""

    id: int
    kind: str
    body: JsonValue
    again: bool = False

    def render(self) -> Json:
        """The update as the Bot API sends it."""
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The queue of one bot. Exactly one consumer: a poller or a webhook."""

    def __init__(self) -> None:
        self._next_id = secrets.randbelow(10**8) + 10**8
        self.pending: deque[Update] = deque()
        self._recent: deque[Update] = deque(maxlen=REMEMBERED)
        self._allowed: frozenset[str] | None = None
        self._bell = asyncio.Event()
        self._poller: object | None = None
        self._alive: Callable[[], bool] = lambda: False
        self.webhook_set = False

    def add(self, kind: str, body: JsonValue) -> None:
        """Queue something that happened, unless the bot asked not to hear of its kind."""
        allowed = self._allowed
        if kind in _NOT_BY_DEFAULT if allowed is None else kind not in allowed:
            return
        update = Update(self._next_id, kind, body)
        self._next_id += 1
        self._recent.append(update)
        self._enqueue([update])

    def repeat(self, count: int) -> int:
        """Queue the last `count` updates once more, as if their confirmation was lost."""
        waiting = {update.id for update in self.pending}
        lost = [u for u in list(self._recent)[-count:] if u.id not in waiting] if count > 0 else []
        self._enqueue([Update(u.id, u.kind, u.body, again=True) for u in lost])
        return len(lost)

    def _enqueue(self, updates: list[Update]) -> None:
        self.pending.extend(updates)
        self.ring()

    def ring(self) -> None:
        """Wake whoever waits for updates."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return when the queue or its consumer may have changed, or after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return

    def allow(self, kinds: list[JsonValue] | None) -> None:
        """Remember which kinds the bot wants; an empty list means the default."""
        if kinds is not None:
            self._allowed = frozenset(str(kind) for kind in kinds) or None

    def allowed(self) -> list[JsonValue] | None:
        """The kinds the bot asked for; none where it took the default."""
        return None if self._allowed is None else [*sorted(self._allowed)]

    def confirm(self, offset: int) -> None:
        """Forget every update before `offset`; a negative one keeps only the last ones."""
        if offset < 0:
            self.pending = deque(list(self.pending)[offset:])
        elif offset > 0:
            self.pending = deque(u for u in self.pending if u.id >= offset or u.again)

    async def poll(
        self, offset: int, limit: int, seconds: float, alive: Callable[[], bool]
    ) -> list[JsonValue]:
        """What is waiting from `offset` on, as getUpdates answers; waits up to `seconds`.

        Raises:
            ApiError: 409 when a webhook is set or another poller has come.
        """
        me = object()
        self._poller, self._alive = me, alive
        self.ring()
        self.confirm(offset)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(seconds, 0), LONGEST_POLL)
        while True:
            self._check(me)
            left = deadline - loop.time()
            if self.pending or left <= 0 or not alive():
                return self._take(limit)
            await self.wait(min(left, _LOOK_AGAIN))

    def _check(self, me: object) -> None:
        if self.webhook_set:
            raise conflict(
                "can't use getUpdates method while webhook is active;"
                " use deleteWebhook to delete the webhook first"
            )
        if self._poller is not me:
            raise conflict(
                "terminated by other getUpdates request;"
                " make sure that only one bot instance is running"
            )

    def _take(self, limit: int) -> list[JsonValue]:
        if not 1 <= limit <= MOST_AT_ONCE:
            limit = MOST_AT_ONCE
        taken = list(self.pending)[:limit]
        self.pending = deque(
            Update(u.id, u.kind, u.body) if i < len(taken) else u
            for i, u in enumerate(self.pending)
        )
        return [update.render() for update in taken]

    @property
    def polled(self) -> bool:
        """Whether a poller is connected right now."""
        return self._poller is not None and self._alive()


def read_allowed(value: JsonValue) -> list[JsonValue] | None:
    """The parameter allowed_updates."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise bad_request("can't parse allowed updates list")
    return value
