"""What Discord refuses, as the conversation's errors.

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientError
from discord import DiscordServerError, HTTPException, RateLimited

from chat.errors import (
    DeliveryError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)

_UNREACHABLE_S = 2.0
"""How soon to try again when Discord cannot be reached."""
_OUT_OF_ORDER_S = 60.0
"""How soon to try again when every bot of ours would be refused."""

_UNAUTHORIZED, _TOO_LARGE, _TOO_MANY_REQUESTS = 401, 413, 429

_WAY_CLOSED = {
    10003,  # unknown channel
    10004,  # unknown server
    10008,  # unknown message
    10013,  # unknown user
    10015,  # unknown webhook: the interaction is over
    10062,  # unknown interaction
    50001,  # missing access
    50005,  # another's message
    50007,  # the person takes no messages from the bot
    50009,  # the channel's verification level
    50013,  # missing permissions
    50027,  # the interaction's token is over
    50083,  # an archived thread
    50278,  # no server in common
    160005,  # a locked thread
}


def is_way_closed(error: HTTPException) -> bool:
    """Whether this way to the person is closed, so that another may be tried."""
    return error.code in _WAY_CLOSED


@contextmanager
def translated() -> Iterator[None]:
    """Raise chat.errors in place of the library's.

    Raises:
        TryLaterError: No answer came, so the message may have been sent; or too many were.
        UnreachableError, TooLargeError, RefusedError: See chat.errors.
    """
    try:
        yield
    except RateLimited as error:
        raise TryLaterError(error.retry_after) from error
    except HTTPException as error:
        raise to_delivery_error(error) from error
    except (ClientError, OSError, TimeoutError) as error:
        raise TryLaterError(_UNREACHABLE_S) from error


def to_delivery_error(error: HTTPException) -> DeliveryError:
    """The library's error in our words."""
    if is_way_closed(error):
        return UnreachableError(error.text)
    if isinstance(error, DiscordServerError):
        return TryLaterError(_UNREACHABLE_S)
    if error.status in {_UNAUTHORIZED, _TOO_MANY_REQUESTS}:
        return TryLaterError(_OUT_OF_ORDER_S)
    if error.status == _TOO_LARGE:
        return TooLargeError(error.text)
    return RefusedError(error.text)
