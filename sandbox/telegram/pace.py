"""How fast a bot may speak: the limits behind 429 Too Many Requests.

Telegram publishes "about one message a second in a chat, 20 a minute in a group, 30 a second in
all" and tolerates short bursts; how short is not documented, so the bursts here are a guess on
the generous side.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.records import Chat
from sandbox.telegram.errors import too_many

Profile = Literal["real", "strict", "none"]
PROFILES: tuple[Profile, ...] = get_args(Profile)


@dataclass(frozen=True, slots=True)
class _Rate:
    per_second: float
    burst: int


_RATES: dict[Profile, dict[str, _Rate]] = {
    "real": {"private": _Rate(1, 12), "group": _Rate(20 / 60, 20), "all": _Rate(30, 30)},
    "strict": {"private": _Rate(1, 1), "group": _Rate(20 / 60, 3), "all": _Rate(30, 30)},
    "none": {},
}


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Pace:
    """Counts sends and edits, per chat and in all."""

    def __init__(self, profile: Profile = "real") -> None:
        self.profile: Profile = profile
        self._buckets: dict[str, _Bucket] = {}
        self._paused: dict[str, float] = {}

    def use(self, profile: Profile) -> None:
        """Change the profile and forget what was counted."""
        self.profile = profile
        self._buckets.clear()
        self._paused.clear()

    def pause(self, chat: Chat, seconds: float, now: float) -> None:
        """Refuse everything to a chat for a while, as after a flood."""
        self._paused[chat.key] = now + seconds

    def spend(self, chat: Chat, count: int, now: float) -> None:
        """Count `count` messages to a chat.

        Raises:
            ApiError: 429 with the seconds to wait; until then the chat stays closed.
        """
        left = self._paused.get(chat.key, 0) - now
        if left > 0:
            raise too_many(math.ceil(left))
        rates = _RATES[self.profile]
        if not rates:
            return
        wants = [(chat.key, rates[chat.kind]), ("all", rates["all"])]
        waits = [self._wait(key, rate, count, now) for key, rate in wants]
        if max(waits) > 0:
            seconds = math.ceil(max(waits))
            self.pause(chat, seconds, now)
            raise too_many(seconds)
        for key, _ in wants:
            self._buckets[key].tokens -= count

    def _wait(self, key: str, rate: _Rate, count: int, now: float) -> float:
        """Seconds until `count` messages may go; an album needs no more than a full bucket."""
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        gained = max(now - bucket.filled, 0) * rate.per_second
        bucket.tokens = min(bucket.tokens + gained, rate.burst)
        bucket.filled = now
        return (min(count, rate.burst) - bucket.tokens) / rate.per_second
