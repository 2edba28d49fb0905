"""Trouble on order: the next pictures asked of a server fail in a chosen way."""

import asyncio
from collections import Counter
from typing import Literal, get_args

Trouble = Literal[
    "busy",
    "memory",
    "broken",
    "nonsense",
    "loading",
    "asleep",
    "stuck",
    "bodiless",
    "truncated",
    "still",
    "wild",
    "large",
    "deaf",
    "forgets",
    "mute",
]
"""429; 500 for want of memory; 500; 200 without a picture; 503 until the model is loaded; the same
without saying when; begins and gets no further; a picture or clip that is none; a clip of which the
second half is missing; a picture instead of a clip; numbers without end where it says how far it is
or how long it takes; a clip that is not in the answer and has to be fetched;
looks that are answered with 502; what was asked for is forgotten, as by a restart;
it is begun and the answer is lost."""
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


class Troubles:
    """The ordered troubles of one server, and who is stuck."""

    def __init__(self) -> None:
        self._waiting: Counter[Trouble] = Counter()
        self.stuck = asyncio.Event()
        """Set once something hangs."""

    def order(self, trouble: Trouble, count: int = 1) -> None:
        """Let trouble come."""
        self._waiting[trouble] += count

    def meet(self, *kinds: Trouble) -> Trouble | None:
        """The trouble this call runs into, if any; used up by asking."""
        for kind in kinds:
            if self._waiting[kind] > 0:
                self._waiting[kind] -= 1
                return kind
        return None
