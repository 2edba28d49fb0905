"""Codes that people type: so many wrong ones, and they have to wait."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from billing.errors import UnknownCodeError
from chat.errors import NotUnderstoodError
from chat.model import Incoming
from handlers.services import Services
from store import links
from store.database import Transaction

T = TypeVar("T")

TRIES_MAX = 5
TRIES_S = 10 * 60
"""Somebody may enter so many wrong codes in this time, of whatever kind."""


class TooManyCodesError(NotUnderstoodError):
    """Somebody entered one wrong code after another."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


async def decide_on_code(
    services: Services, incoming: Incoming, decide: Callable[[Transaction], Awaitable[T]]
) -> T:
    """Run a decision on a typed code; one that is none of ours counts against who typed it.

    Raises:
        TooManyCodesError: They have to wait.
        UnknownCodeError: It is none of ours.
    """
    now = services.clock()

    async def checked(tx: Transaction) -> T:
        await check_tries(tx, incoming, now)
        return await decide(tx)

    try:
        return await services.database.write(checked)
    except UnknownCodeError:
        # The decision was undone with all that it wrote, so this is one of its own.
        await services.database.write(lambda tx: note_wrong(tx, incoming, now))
        raise


async def check_tries(tx: Transaction, incoming: Incoming, now: int) -> None:
    """Let somebody enter a code.

    Raises:
        TooManyCodesError: They have to wait.
    """
    who = incoming.user
    wrong = await links.wrong_codes_since(tx, who.platform, who.id, now - TRIES_S)
    if len(wrong) >= TRIES_MAX:
        raise TooManyCodesError(wrong[-TRIES_MAX] + TRIES_S - now)


async def note_wrong(tx: Transaction, incoming: Incoming, now: int) -> None:
    """Remember that somebody entered a code that is none."""
    who = incoming.user
    await links.add_wrong_code(tx, who.platform, who.id, now, now - TRIES_S)
