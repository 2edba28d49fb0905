"""All that a use-case may use."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from pydantic import BaseModel, ConfigDict, Field

from billing.business import BusinessSettings
from billing.guarded import Guarded
from billing.hours import Hours
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans
from billing.receipts import Receipts
from chat.platform import Chat
from engine.backend import Backend
from engine.job import GUIDANCE_MAX, PROMPT_CHARS_MAX, STEPS_MAX
from handlers.blocklist import BlockList
from handlers.links import Links
from handlers.progress import ProgressBoard
from store.blobs import Blobs
from store.database import Database
from store.work import Work

SQUARE = (512, 512)
PIXELS_MAX = 768 * 768
"""One image credit buys no more pixels than this."""


class ImageSettings(BaseModel):
    """The `[images]` table of config.toml: what people may ask for, and what they get unasked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=25, ge=1, le=STEPS_MAX)
    guidance: float = Field(default=7.5, ge=0, le=GUIDANCE_MAX)
    sampler: str = "dpm2m_karras"
    negative_prompt: str = ""
    prompt_length_max: int = Field(default=1000, ge=1, le=PROMPT_CHARS_MAX)
    live_jobs_max: int = Field(default=3, ge=1)
    shapes: Mapping[str, tuple[int, int]] = {"square": SQUARE}
    """Width and height by name; the first is what people get unasked."""
    styles: Mapping[str, str] = {}
    """What a style makes of `{prompt}`."""


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
    payments: Payments | None
    """None when nothing is sold."""
    gateway: Guarded | None
    """How Razorpay is doing; None without it."""
    receipts: Receipts
    engine: Backend
    progress: ProgressBoard
    chats: Mapping[str, Chat]
    images: ImageSettings
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
    card_turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """One lock for each card that is on its way."""
