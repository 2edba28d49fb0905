"""Coupons: what customers read of them, and what admins do."""

from collections.abc import Mapping
from typing import ClassVar

from billing.errors import Refusal
from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import money, plural


class Coupons:
    """Money off an order."""

    have_coupon = "I have a coupon"
    coupon_code = "Coupon code"

    def coupon_ask(self) -> Text:
        """Ask for the code."""
        return text("Write the coupon's code. You see the new prices before you pay anything.")

    def coupon_taken(self, coupon: str, off: str) -> Text:
        """Above the plans, whose buttons show what is left to pay."""
        return text(bold("Coupon "), code(coupon), f": {off} off. The buttons show what you pay.")

    def coupon_in_order(self, coupon: str, paise: int, currency: str = "INR") -> Text:
        """On an order's card."""
        return text("Coupon ", code(coupon), f": {money(paise, currency)} off")

    def coupon_unknown(self, typed: str) -> Text:
        """No such coupon."""
        return text(
            "I know no coupon ", code(typed), ". Nothing was charged; look at its letters again."
        )

    coupon_refusals: ClassVar[Mapping[Refusal, str]] = {
        "over": "This coupon's time is over.",
        "used_up": "Others have had all uses of this coupon.",
        "had": "You have used this coupon before.",
        "other_plan": "This coupon is not for this plan.",
        "stars": "This coupon takes rupees off, and this price is in Stars.",
    }

    def coupon_refused(self, coupon: str, why: Refusal) -> Text:
        """A coupon that this person cannot use."""
        return lines(
            [
                text(code(coupon), f": {self.coupon_refusals[why]}"),
                text("Nothing was charged; ", code("/buy"), " shows the prices without it."),
            ]
        )

    def coupon_terms(
        self, off: str, plans: str, uses_max: int | None, uses_each: int, until: str
    ) -> str:
        """What a coupon is worth, for what and how often."""
        parts = [
            f"{off} off",
            f"for {plans}" if plans else "for all plans",
            f"{plural(uses_max, 'use', 'uses')} in all" if uses_max else "uses without end",
            f"{uses_each} each",
            f"until {until}" if until else "",
        ]
        return " · ".join(filter(None, parts))

    def admin_ask_coupon(self, coupon: str, terms: str) -> Text:
        """Ask whether to make a coupon."""
        return lines(
            [
                text("Make the coupon ", code(coupon), "?"),
                terms,
                "Its terms cannot be changed later; it can be stopped.",
            ]
        )

    def admin_coupon_made(self, coupon: str) -> Text:
        """A coupon can be used."""
        return text(bold("Made ✓ "), code(f"/buy --coupon {coupon}"))

    def admin_coupon_exists(self, coupon: str) -> Text:
        """A code is taken."""
        return text(
            "There is a coupon ",
            code(coupon),
            ", and terms never change. Nothing was changed; take another code.",
        )

    def admin_ask_stop_coupon(self, coupon: str) -> Text:
        """Ask whether to end a coupon."""
        return text(
            "Stop the coupon ", code(coupon), " for good? Orders that have it keep their price."
        )

    def admin_coupon_stopped(self, coupon: str) -> Text:
        """A coupon cannot be used any more."""
        return text(bold("Stopped ✓ "), code(coupon))

    def admin_coupon_line(self, coupon: str, terms: str, count: int, *, is_over: bool) -> Text:
        """One coupon on the list."""
        paid = f" · {plural(count, 'order', 'orders')} paid with it"
        return text(code(coupon), f" · {terms}{paid}{' · over' if is_over else ''}")
