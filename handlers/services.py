"""All that a use-case may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from billing.hours import Hours
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plans
from chat.model import Chat
from engine.engine import Engine
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

    steps: int = 25
    guidance: float = 7.5
    sampler: str = "dpm2m_karras"
    negative_prompt: str = ""
    prompt_length_max: int = 1000
    live_jobs_max: int = 3
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
    engine: Engine
    progress: ProgressBoard
    chats: Mapping[str, Chat]
    images: ImageSettings
    keep_days: int
    clock: Callable[[], int]
    """The time, Unix seconds."""
