"""Rate limits: buckets per route, and the headers that tell about them.

Discord keeps its limits to itself; these are what its answers are widely seen to say.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.discord.errors import TooManyError

Profile = Literal["real", "none"]
PROFILES: tuple[Profile, ...] = get_args(Profile)
GLOBAL_PER_SECOND = 50


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    limit: int
    seconds: float


RATES = {
    "create_message": Rate(5, 5),
    "update_message": Rate(5, 5),
    "execute_webhook": Rate(5, 2),
    "update_webhook_message": Rate(5, 2),
}


@dataclass(slots=True)
class _Window:
    began: float
    used: int


class Pace:
    """Counts requests in fixed windows."""

    def __init__(self, profile: Profile = "real") -> None:
        self.profile: Profile = profile
        self._windows: dict[str, _Window] = {}

    def use(self, profile: Profile) -> None:
        """Change the profile and forget what was counted."""
        self.profile = profile
        self._windows.clear()

    def spend_globally(self, now: float) -> None:
        """Count a request with the bot's token.

        Raises:
            TooManyError: for more than fifty in a second.
        """
        if self.profile == "none":
            return
        window = self._window("global", now, 1.0)
        if window.used >= GLOBAL_PER_SECOND:
            raise TooManyError(window.began + 1.0 - now, "global")
        window.used += 1

    def spend(self, bucket: str, major: str, now: float) -> dict[str, str]:
        """Count a request against its bucket; returns the headers that tell what is left.

        Raises:
            TooManyError: when the window is used up.
        """
        rate = RATES.get(bucket)
        if rate is None or self.profile == "none":
            return {}
        window = self._window(f"{bucket}:{major}", now, rate.seconds)
        left = window.began + rate.seconds - now
        if window.used >= rate.limit:
            raise TooManyError(left)
        window.used += 1
        return {
            "X-RateLimit-Limit": str(rate.limit),
            "X-RateLimit-Remaining": str(rate.limit - window.used),
            "X-RateLimit-Reset": f"{now + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"sandbox-{bucket}",
        }

    def _window(self, name: str, now: float, seconds: float) -> _Window:
        window = self._windows.get(name)
        if window is None or not window.began <= now < window.began + seconds:
            window = self._windows[name] = _Window(now, 0)
        return window
