"""When to ask the gateway again about an attempt, if nobody calls first."""

from store.orders import Attempt

MINUTE, HOUR = 60, 3600
PAYING = (10, 20, 30, 45, 60, 90, 120, 180, 300, 420, 600, 900, 1200, 1500, 2100)
"""Seconds after the link was made: dense while somebody is likely to be paying."""
LATE = (35 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 73 * HOUR)
"""Banks confirm payments up to three days late, also on links that are closed."""
BACK_OFF_MAX_S = 60


def next_poll(attempt: Attempt, now: int) -> int | None:
    """When to look at an attempt's link again; None when all that can come has come."""
    if attempt.state in ("sending", "unknown", "rejected"):
        return None
    times = PAYING + LATE if attempt.state == "open" else LATE
    later = (attempt.created_at + seconds for seconds in times)
    # A link that was open when last seen is never given up.
    return next((at for at in later if at > now), now + HOUR if attempt.state == "open" else None)


def next_try(tries: int, now: int) -> int:
    """When to try again to make a link."""
    return now + min(BACK_OFF_MAX_S, 1 << tries)
