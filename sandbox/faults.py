"""Trouble on order: the next calls of a method fail in a chosen way."""

from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal["429", "500", "drop_before", "drop_after"]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """The next `count` calls of `method` ("*" is any sending or editing one) meet `kind`.

    429 also closes the chat for `retry_after` seconds. drop_before closes the connection unheard;
    drop_after does what was asked and then closes it, so that the bot cannot know.
    """

    method: str
    kind: FaultKind
    count: int = 1
    retry_after: int = 5


class Faults:
    """The ordered troubles, first come first served."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let trouble come."""
        self.waiting.append(fault)

    def meet(self, method: str) -> Fault | None:
        """The trouble this call runs into, if any; used up by asking."""
        for fault in self.waiting:
            if fault.method == method or (fault.method == "*" and _speaks(method)):
                fault.count -= 1
                if fault.count <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


def _speaks(method: str) -> bool:
    return method.startswith(("send", "edit"))
