"""All that a use-case may use."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from billing.business import BusinessSettings
from billing.gifts import Gifts
from billing.guarded import Guarded
from billing.hours import Hours
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans
from billing.receipts import Receipts
from billing.refunds import RefundSettings
from billing.stars import Stars
from billing.topups import TopUps
from chat.platform import Chat
from engine.backend import Backend
from handlers.blocklist import BlockList
from handlers.links import Links
from handlers.progress import ProgressBoard
from handlers.settings import ImageSettings, VideoSettings
from store.blobs import Blobs
from store.database import Database
from store.work import Work


@dataclass(frozen=True, slots=True)
class StarTill:
    """Paying in the platform's own money, where it has some."""

    platform: str
    """Where people can pay so."""
    gateway: Stars
    payments: Payments
    only: bool = False
    """Whether people there can pay by nothing else."""


@dataclass(frozen=True, slots=True)
class Services:
    """Wired once, in bot.app."""

    database: Database
    work: Work
    blobs: Blobs
    links: Links
    plans: Plans
    hours: Hours
    orders: Orders
    gifts: Gifts
    topups: TopUps
    payments: Payments | None
    """None when nothing is sold."""
    gateway: Guarded | None
    """How Razorpay is doing; None without it."""
    receipts: Receipts
    engine: Backend
    progress: ProgressBoard
    chats: Mapping[str, Chat]
    images: ImageSettings
    videos: VideoSettings
    blocklist: BlockList
    keep_days: int
    business: BusinessSettings
    """Who sells."""
    draws_elsewhere: bool
    """Whether words may leave the operator's machine to be drawn, which people are told."""
    admins: frozenset[str]
    """Who may use /admin: `telegram:123`."""
    clock: Callable[[], int]
    """The time, Unix seconds."""
    stars: StarTill | None = None
    """None where nobody pays in the platform's own money."""
    refunding: RefundSettings = field(default_factory=RefundSettings)
    """What goes back by itself."""
    card_turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """One lock for each card that is on its way."""
    finished: dict[str, bytes] = field(default_factory=dict)
    """The newest finished pictures, small, by job; `handlers.grid` shows them beside others."""

    @property
    def tills(self) -> list[Payments]:
        """All that is sold through, one for each gateway."""
        stars = [self.stars.payments] if self.stars else []
        return [*([self.payments] if self.payments else []), *stars]

    def till_of(self, gateway: str) -> Payments | None:
        """What follows a gateway's payments, if it is in use."""
        return next((till for till in self.tills if till.name == gateway), None)
