"""Immediate replies: tried a few times while somebody waits, then given up and logged."""

import logging
from collections.abc import Awaitable, Callable

from chat.errors import DeliveryError, TryLaterError

REPLY_PATIENCE_S = 5.0
_TRIES = 3

log = logging.getLogger(__name__)


async def say_or_give_up(
    say: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Say something that nobody would want much later; what must arrive goes by durable cards."""
    for tried in range(1, _TRIES + 1):
        try:
            await say()
        except TryLaterError as error:
            if tried == _TRIES or error.seconds > REPLY_PATIENCE_S:
                log.warning("a reply is given up: %s", error)
                return
            await sleep(error.seconds)
        except DeliveryError as error:
            log.warning("a reply cannot be sent: %s %s", type(error).__name__, error)
            return
        else:
            return
