"""Durable work without the engine under it: remembers what was asked for, does it on demand."""

from collections.abc import Iterable
from dataclasses import dataclass

from store.database import Transaction
from store.work import Kind, Work


@dataclass(frozen=True, slots=True)
class Submitted:
    kind: str
    subject: str
    key: str
    priority: int = 0
    delay_s: float = 0


class RecordingWork(Work):
    """Like `Work`, submissions repeated under one key count once; unlike it, a rollback does not
    take them back."""

    def __init__(self, kinds: Iterable[Kind] = ()) -> None:
        self.kinds: dict[str, Kind] = {}
        self.declare(*kinds)
        self.submitted: list[Submitted] = []
        self.waiting: list[Submitted] = []
        self._keys: set[str] = set()

    def declare(self, *kinds: Kind) -> None:
        self.kinds |= {kind.name: kind for kind in kinds}

    async def submit(
        self,
        tx: Transaction,
        kind: str,
        subject: str,
        *,
        key: str | None = None,
        priority: int = 0,
        delay_s: float = 0,
    ) -> None:
        assert tx.in_transaction()
        submitted = Submitted(kind, subject, key or f"{kind}:{subject}", priority, delay_s)
        if submitted.key in self._keys:
            return
        self._keys.add(submitted.key)
        self.submitted.append(submitted)
        self.waiting.append(submitted)

    async def run(self) -> int:
        """Do what waits, and what that asks for, until nothing waits; delays are not observed."""
        done = 0
        while self.waiting:
            submitted = self.waiting.pop(0)
            if kind := self.kinds.get(submitted.kind):
                await kind.do(submitted.subject)
                done += 1
        return done
