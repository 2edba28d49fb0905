"""What Telegram refuses, as the conversation's errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.pacing import FloodedError
from chat.errors import (
    DeliveryError,
    MessageGoneError,
    PictureGoneError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)

# The library's own switch: times become timedelta now, and it stops warning that they will.
os.environ.setdefault("PTB_TIMEDELTA", "true")  # noqa: TID251 - set for the library, not read

_UNREACHABLE_S = 2.0
"""How soon to try again when Telegram cannot be reached."""

# Telegram tells cases of "400 Bad Request" apart by words alone.
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NOBODY_THERE = (
    "chat not found",
    "peer_id_invalid",
    "not enough rights to send",
    "chat_write_forbidden",
    "topic_closed",
    "group is deactivated",
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise chat.errors in place of the library's.

    Raises:
        FloodedError: Too fast for this chat; nothing was sent.
        TryLaterError: No answer came; the message may have been sent.
        MessageGoneError, UnreachableError, RefusedError: See chat.errors.
    """
    try:
        yield
    except TelegramError as error:
        raise to_delivery_error(error) from error


@contextmanager
def fetched() -> Iterator[None]:
    """Raise chat.errors in place of the library's, where a file is fetched.

    Raises:
        PictureGoneError: Telegram does not give it, or not to bots: it is larger than 20 MB.
        TryLaterError: No answer came.
    """
    try:
        yield
    except (BadRequest, Forbidden, InvalidToken) as error:  # the last is how a 404 is told
        raise PictureGoneError from error
    except TelegramError as error:
        raise to_delivery_error(error) from error


def to_delivery_error(error: TelegramError) -> DeliveryError:
    """The library's error in our words; what nobody knows may be better later."""
    match error:
        case RetryAfter():
            return FloodedError(retry_after_s(error))
        case Forbidden():
            return UnreachableError(error.message)
        case ChatMigrated():
            return MessageGoneError(error.message)
        case BadRequest():
            return _bad_request(error)
        case _ if says(error, "entity too large"):
            return TooLargeError(error.message)
        case _:
            return TryLaterError(_UNREACHABLE_S)


def retry_after_s(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def says(error: TelegramError, *words: str) -> bool:
    """Whether Telegram's description has any of these words."""
    description = error.message.lower()
    return any(word in description for word in words)


def _bad_request(error: BadRequest) -> DeliveryError:
    if says(error, *_GONE):
        return MessageGoneError(error.message)
    if says(error, *_NOBODY_THERE):
        return UnreachableError(error.message)
    return RefusedError(error.message)
