"""Knobs that hold until they are changed, as opposed to faults, which are used up.

Where the published documentation and observations of the live service disagree, the default is
what was observed live and the other reading is one knob away.
"""

from dataclasses import dataclass
from typing import Literal

Wording = Literal["live", "docs"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The emulator's temper. Durations are seconds of the emulator's clock."""

    time_scale: float = 1.0  # stretches or shrinks webhook spread, delays and the retry ladder
    webhook_timeout: float = 5.0  # real seconds, like everything on a socket
    shuffle_events: bool = True
    unknown_fields: bool = False  # new fields at every level of a webhook body
    wording: Wording = "live"
    unknown_link_status: Literal[404, 400] = 404
    link_event_order_prefix: bool = True  # one documented sample shows the id without `order_`
    link_payments: Literal["empty", "documented"] = "empty"
    reference_filter: Literal["exact", "ignored", "substring"] = "exact"
    qr_close_by: Literal["minutes", "days"] = (
        "minutes"  # 2 min to 2 h; older pages: 15 min, 45 days
    )
    list_lag: float = 0.0  # hides younger payments from the list, not from fetch by id
    rate_limits: bool = False
    link_quota: int | None = None  # test mode of the real service: 30 links for an account's life
    auto_capture: bool = True
    late_second_payment: Literal["keep", "refund"] = "keep"
    refund_result: Literal["processed", "pending", "failed"] = "processed"
    fee_permille: int = 20
    settlement_short: int = 0  # paise by which a settlement pays out less than its report says
    expiry_lag: float = 11.0  # the sweep finds a link this long after its expire_by
