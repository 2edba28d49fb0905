"""Everything the pretended Razorpay remembers, in memory, reproducible from one seed."""

import asyncio
import heapq
import string
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Generic, Protocol, TypeVar

from aiohttp import web

from sandbox.razorpay.entities import Dispute, Link, Order, Payment, QrCode, Refund
from sandbox.razorpay.events import Draft, Event, body_of
from sandbox.razorpay.faults import Fault
from sandbox.razorpay.post import Delivery, Mischief, Target, plan
from sandbox.razorpay.rules import Rules
from sandbox.razorpay.settings import Settings

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_EPOCH = 1_388_534_400  # 1 January 2014: ids are nanoseconds since then, then four random signs
_EVENT_GAP = 0.1  # the four events of one success leave within a fraction of a second


class Named(Protocol):
    """Has an id."""

    @property
    def id(self) -> str:
        """The id it is kept under."""
        ...


Entity = TypeVar("Entity", bound=Named)


class Shelf(Generic[Entity]):
    """Entities of one kind with all their past versions, in order of creation."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._versions: dict[str, list[tuple[float, Entity]]] = {}

    def __iter__(self) -> Iterator[Entity]:
        return iter([versions[-1][1] for versions in self._versions.values()])

    def __getitem__(self, key: str) -> Entity:
        return self._versions[key][-1][1]

    def __contains__(self, key: str) -> bool:
        return key in self._versions

    def put(self, entity: Entity) -> Entity:
        """Store a new or changed entity."""
        self._versions.setdefault(entity.id, []).append((self._clock(), entity))
        return entity

    def get(self, key: str, stale_by: float = 0.0) -> Entity | None:
        """Look an entity up as it was `stale_by` seconds ago (or when it was born)."""
        versions = self._versions.get(key)
        if versions is None:
            return None
        if not stale_by:
            return versions[-1][1]
        until = self._clock() - stale_by
        return next((entity for at, entity in reversed(versions) if at <= until), versions[0][1])


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call as it came in, and the status it was answered with; without credentials."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver one event, and what the receiver said."""

    event_id: str
    event: str
    target_id: str
    url: str
    number: int
    at: float
    seconds: float
    status: int | None
    error: str | None


@dataclass(order=True, slots=True)
class _Appointment:
    due: float
    number: int
    action: Callable[[], None] = field(compare=False)


class World:
    """One merchant's account: its entities, its webhooks and what shall go wrong."""

    def __init__(
        self,
        clock: Callable[[], float],
        public_url: Callable[[], str],
        business: str,
        targets: Iterable[Target] = (),
        seed: int = 0,
    ) -> None:
        self.clock = clock
        self.public_url = public_url
        self.business = business
        self.seed = seed
        self.closing = asyncio.Event()
        self.posted = asyncio.Event()
        self.targets = {target.id: target for target in targets}
        self.reset()

    def reset(self) -> None:
        """Begin a new life; webhook targets stay."""
        self.random = Random(self.seed)
        self.settings = Settings()
        self.links: Shelf[Link] = Shelf(self.clock)
        self.qr_codes: Shelf[QrCode] = Shelf(self.clock)
        self.orders: Shelf[Order] = Shelf(self.clock)
        self.payments: Shelf[Payment] = Shelf(self.clock)
        self.refunds: Shelf[Refund] = Shelf(self.clock)
        self.disputes: Shelf[Dispute] = Shelf(self.clock)
        self.slugs: dict[str, str] = {}
        self.references: set[str] = set()
        self.refund_keys: dict[str, tuple[bytes, str]] = {}
        self.buckets: dict[str, tuple[float, float]] = {}
        self.faults: Rules[Fault] = Rules()
        self.mischiefs: Rules[Mischief] = Rules()
        self.events: dict[str, Event] = {}
        self.queue: list[Delivery] = []
        self.calls: deque[Call] = deque(maxlen=5_000)
        self.attempts: deque[Attempt] = deque(maxlen=20_000)
        self.alerts: list[str] = []
        self._agenda: list[_Appointment] = []
        self._issued: set[str] = set(self.targets)  # these outlive a reset

    def now(self) -> int:
        """Epoch seconds, as every entity carries them."""
        return int(self.clock())

    def new_id(self, prefix: str = "") -> str:
        """Issue an id of 14 base62 signs; ids sort by time, as the real ones do."""
        nanoseconds = int((self.clock() - _ID_EPOCH) * 1e9)
        while True:
            tail = "".join(self.random.choices(_BASE62, k=4))
            issued = prefix + _base62(nanoseconds).rjust(10, "0")[-10:] + tail
            if issued not in self._issued:
                self._issued.add(issued)
                return issued

    def new_slug(self) -> str:
        """Issue the short part of a `short_url`."""
        while (slug := "".join(self.random.choices(_BASE62, k=7))) in self.slugs:
            pass
        return slug

    def short_url(self, link: Link | QrCode) -> str:
        """Where the payer is sent."""
        return f"{self.public_url()}/rzp/{link.slug}"

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in so many (scaled) seconds of the clock."""
        due = self.clock() + seconds * self.settings.time_scale
        heapq.heappush(self._agenda, _Appointment(due, len(self._agenda), action))

    def keep_appointments(self) -> None:
        """Do what is due."""
        while self._agenda and self._agenda[0].due <= self.clock():
            heapq.heappop(self._agenda).action()

    def publish(self, drafts: Sequence[Draft], delay: float = 0.0) -> None:
        """Send events to every target that wants them, in slightly permuted order."""
        scale = self.settings.time_scale
        for draft, place in zip(drafts, self._places(len(drafts)), strict=True):
            body = body_of(draft, unknown_fields=self.settings.unknown_fields)
            event = Event(self.new_id(), draft.name, body)
            self.events[event.id] = event
            self._post(event, self.clock() + (delay + place * _EVENT_GAP) * scale)
        self.posted.set()

    def take_due(self) -> list[Delivery]:
        """Take the deliveries whose time has come, earliest first."""
        now = self.clock()
        due = sorted((d for d in self.queue if d.due <= now), key=lambda delivery: delivery.due)
        self.queue = [delivery for delivery in self.queue if delivery.due > now]
        return due

    def _post(self, event: Event, due: float) -> None:
        mischiefs = self.mischiefs.take_all(lambda mischief: mischief.matches(event.name))
        for target in self.targets.values():
            if target.wants(event.name):
                self.queue += plan(
                    event,
                    target,
                    due,
                    mischiefs,
                    time_scale=self.settings.time_scale,
                    random=self.random,
                )

    def _places(self, count: int) -> list[float]:
        shake = 1.5 if self.settings.shuffle_events else 0.0
        return [place + self.random.uniform(0, shake) for place in range(count)]


WORLD = web.AppKey("world", World)


def _base62(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, 62)
        signs = _BASE62[rest] + signs
    return signs
