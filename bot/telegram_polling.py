"""Long polling that confirms an update only after it was handled.

Telegram forgets updates below the offset that it is asked for. The offset here is the oldest update
still in hand: what is in hand comes again with the next poll and is skipped, so that a slow update
holds back neither the others nor its own safety. docs/decisions/0003 says why.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NoReturn, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram_errors import retry_after_s
from bot.telegram_updates import KINDS, PLATFORM
from chat.errors import TokenRejectedError

T = TypeVar("T")
Handle = Callable[[Update], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

_POLL_S = 30
_GRACE_S = 1.0
"""How long a poll waits for what is in hand, before it asks for more beside it."""
_BACK_OFF_MAX_S = 30.0
_LAST_WORD_S = 2.0

log = logging.getLogger(__name__)


class Polling:
    """One poller's memory: which updates are in hand, and the offset that confirms the others."""

    def __init__(
        self,
        bot: Bot,
        handle: Handle,
        *,
        sleep: Sleep = asyncio.sleep,
        grace_s: float = _GRACE_S,
    ) -> None:
        self._bot = bot
        self._handle = handle
        self._sleep = sleep
        self._grace_s = grace_s
        self._seen: dict[int, asyncio.Task[None]] = {}
        """Updates that the next poll does not confirm."""
        self._offset: int | None = None

    async def run(self) -> NoReturn:
        """Fetch and handle updates until cancelled. `handle` must not raise.

        Raises:
            TokenRejectedError: Telegram does not know the token.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    for update in await persistently(self._fetch, self._sleep):
                        if update.update_id not in self._seen:
                            task = tasks.create_task(self._work(update))
                            self._seen[update.update_id] = task
                    if self._seen:
                        await asyncio.wait(self._seen.values(), timeout=self._grace_s)
                    self._move_offset()
        except ExceptionGroup as group:  # of one: only fetching raises
            raise group.exceptions[0] from None
        finally:
            self._move_offset()
            await self._confirm()

    async def _work(self, update: Update) -> None:
        await self._handle(update)

    async def _fetch(self) -> Sequence[Update]:
        in_hand = any(not task.done() for task in self._seen.values())
        return await self._bot.get_updates(
            offset=self._offset, timeout=0 if in_hand else _POLL_S, allowed_updates=KINDS
        )

    def _move_offset(self) -> None:
        """Pass all updates before the oldest one that was not handled to its end."""
        handled = {key for key, task in self._seen.items() if task.done() and not task.cancelled()}
        waiting = self._seen.keys() - handled
        if self._seen:
            self._offset = min(waiting) if waiting else max(handled) + 1
        self._seen = {key: task for key, task in self._seen.items() if key >= (self._offset or 0)}

    async def _confirm(self) -> None:
        """Tell Telegram what was handled before a stop; without it those updates come again."""
        with suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self._bot.get_updates(offset=self._offset, timeout=0, limit=1)


async def persistently(call: Callable[[], Awaitable[T]], sleep: Sleep) -> T:
    """Make a call until Telegram answers it, waiting longer after each failure.

    Raises:
        TokenRejectedError: Telegram does not know the token.
    """
    failures = 0
    while True:
        try:
            return await call()
        except InvalidToken:
            raise TokenRejectedError(PLATFORM) from None  # the library's message has the token
        except TelegramError as error:
            failures += 1
            await sleep(_back_off_s(error, failures))


def _back_off_s(error: TelegramError, failures: int) -> float:
    match error:
        case RetryAfter():
            log.warning("telegram asks for patience: %.0f s", retry_after_s(error))
            return retry_after_s(error)
        case Conflict():
            log.error(
                "another program receives this bot's updates: stop it, or give this bot a token "
                "of its own (%s)",
                error.message,
            )
            return _BACK_OFF_MAX_S * random.uniform(0.5, 1)  # noqa: S311 - spread, not secrecy
        case _:
            log.warning("telegram cannot be reached, failure %d: %s", failures, error.message)
            longest = min(_BACK_OFF_MAX_S, 2.0 ** min(failures - 1, 10))
            return longest * random.uniform(0.5, 1)  # noqa: S311 - spread, not secrecy
