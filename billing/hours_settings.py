"""The `[hours]` table of config.toml."""

from datetime import timedelta, timezone
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from store.hours import Unit

PAYABLE_PAISE = 100
HOUR_S = 3600
DAY_S = 24 * HOUR_S
IST = timezone(timedelta(hours=5, minutes=30), "IST")
"""India's time: of receipts, of financial years, of the gateway's days."""


class HoursSettings(BaseModel):
    """How bought hours behave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Literal["first_use", "payment"] = "first_use"
    """Whether an hour starts with the first command that needs it, or as soon as it is paid."""
    keep_days: int = Field(default=30, ge=1)
    """How long an hour may stay unstarted."""
    free_wait_s: int = Field(default=5, ge=0)
    """Waiting in the queue is given back to the hour, beyond this."""
    carry_over_s: int = Field(default=DAY_S, ge=0)
    """How long credits can be used that came back after their hour was over."""
    gift_days: int = Field(default=90, ge=1)
    """How long a gift can be claimed, until its hours become the giver's own."""
    hold_disputed: bool = True
    """Whether somebody's hours wait while their bank is asked to take a payment back."""
    topup_image_paise: int = Field(default=0, ge=0)
    """What one more picture in the running hour costs; 0: it is not sold."""
    topup_video_paise: int = Field(default=0, ge=0)
    """The same for a video."""
    trial_plan: str = ""
    """The plan of which every person may have one hour for nothing; empty: there is none."""

    @field_validator("topup_image_paise", "topup_video_paise")
    @classmethod
    def _can_be_paid(cls, paise: int) -> int:
        if 0 < paise < PAYABLE_PAISE:
            raise ValueError("gateways take no less than 100 paise")
        return paise

    def topup_price(self, unit: Unit) -> int:
        """What one more credit of a unit costs; 0 where it is not sold by itself."""
        prices = {"image": self.topup_image_paise, "video": self.topup_video_paise}
        return prices.get(unit, 0)
