"""What is to be delivered where: webhook targets, deliveries, and mischief on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from sandbox.razorpay.events import Event

# Seconds after the first delivery, as measured against the real service: it doubles, without
# jitter, for almost a day; then nothing more comes and the webhook is switched off.
LADDER = (0.23, 6.1, 19, 40, 84, 162, 324, 648, 1296, 2580, 5148, 10260, 20520, 41004, 81936)
# These two get no instant second try.
SLOW_EVENTS = frozenset({"refund.created", "payment.failed"})

Forgery = Literal["wrong", "none", "truncated", "uppercase"]
MischiefKind = Literal[
    "drop",
    "delay",
    "duplicate",
    "concurrent",
    "reorder",
    "forge",
    "corrupt_body_after_signing",
    "old_secret",
    "no_event_id_header",
    "chunked_body",
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a merchant wants its events: no events listed means all, no secret no signature."""

    id: str
    url: str
    secret: str
    events: frozenset[str] = frozenset()
    enabled: bool = True
    old_secret: str = "whsec_retired"
    created_at: int = 0  # epoch seconds
    alert_email: str = ""

    def wants(self, event: str) -> bool:
        """Whether an event of this name is sent here."""
        return self.enabled and (not self.events or event in self.events)


@dataclass(frozen=True, slots=True)
class Mischief:
    """One thing that goes wrong on the way, for the next `count` events (`None`: for ever)."""

    kind: MischiefKind
    event: str = "*"
    count: int | None = 1
    seconds: float = 0.0  # delay; window of reorder
    times: int = 2  # duplicate, concurrent
    secret: Forgery = "wrong"  # forge

    def matches(self, event: str) -> bool:
        """Whether it is about an event of this name."""
        return self.event in {"*", event}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one URL. Signed with the secret of the day the event happened."""

    event: Event
    target_id: str
    url: str
    secret: str
    first_at: float
    due: float
    attempt: int = 0
    forgery: Forgery | None = None
    corrupt: bool = False
    with_event_id: bool = True
    chunked: bool = False
    retries: bool = True

    def next_try(self, time_scale: float) -> "Delivery | None":
        """The delivery after a failed one, or `None` when the ladder has ended."""
        ladder = LADDER[1:] if self.event.name in SLOW_EVENTS else LADDER
        if not self.retries or self.attempt >= len(ladder):
            return None
        due = self.first_at + ladder[self.attempt] * time_scale
        return replace(self, due=due, attempt=self.attempt + 1, forgery=None, corrupt=False)


def plan(
    event: Event,
    target: Target,
    due: float,
    mischiefs: Iterable[Mischief],
    *,
    time_scale: float,
    random: Random,
) -> Sequence[Delivery]:
    """The deliveries of one event to one target, with everything that shall go wrong."""
    planned = [Delivery(event, target.id, target.url, target.secret, due, due)]
    for mischief in mischiefs:
        planned = [
            spoiled
            for delivery in planned
            for spoiled in _spoil(delivery, mischief, target, time_scale, random)
        ]
    return planned


def _spoil(
    delivery: Delivery, mischief: Mischief, target: Target, time_scale: float, random: Random
) -> Sequence[Delivery]:
    seconds = mischief.seconds * time_scale
    match mischief.kind:
        case "drop":
            return ()
        case "delay":
            return (_later(delivery, seconds),)
        case "reorder":
            return (_later(delivery, random.uniform(0, seconds)),)
        case "concurrent":
            return (delivery,) * mischief.times
        case "duplicate":
            return [_later(delivery, 0.5 * time_scale * copy) for copy in range(mischief.times)]
    return (_damage(delivery, mischief, target),)


def _damage(delivery: Delivery, mischief: Mischief, target: Target) -> Delivery:
    match mischief.kind:
        case "forge":
            return replace(delivery, forgery=mischief.secret)
        case "corrupt_body_after_signing":
            return replace(delivery, corrupt=True)
        case "old_secret":
            return replace(delivery, secret=target.old_secret)
        case "no_event_id_header":
            return replace(delivery, with_event_id=False)
        case "chunked_body":
            return replace(delivery, chunked=True)
    return delivery


def _later(delivery: Delivery, seconds: float) -> Delivery:
    return replace(delivery, first_at=delivery.first_at + seconds, due=delivery.due + seconds)
