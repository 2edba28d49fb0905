"""What things cost in credits."""

from collections.abc import Mapping

from billing.errors import VideoTooLongError
from store.hours import Unit

__all__ = ["VIDEO_CREDITS", "Unit", "image_cost", "share", "video_cost"]

PIXELS_PER_CREDIT = 768 * 768
VIDEO_CREDITS: Mapping[int, int] = {5: 1, 10: 2, 15: 3}
"""Credits for a video of up to so many seconds, unless the settings say otherwise."""


def image_cost(width: int, height: int, count: int) -> int:
    """Image credits for `count` pictures of this size."""
    return -(-width * height // PIXELS_PER_CREDIT) * count


def video_cost(seconds: float, credits_up_to: Mapping[int, int] = VIDEO_CREDITS) -> int:
    """Video credits for a clip of this length.

    Raises:
        VideoTooLongError: It is longer than the longest that has a price.
    """
    long_enough = [length for length in credits_up_to if length >= seconds]
    if not long_enough:
        raise VideoTooLongError(seconds, max(credits_up_to))
    return credits_up_to[min(long_enough)]


def share(paise: int, hours: int, ordinal: int) -> int:
    """What one of an order's hours cost; the last bears what cannot be split evenly."""
    each, rest = divmod(paise, hours)
    return each + rest if ordinal == hours else each
