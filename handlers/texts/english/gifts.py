"""Hours for somebody else: what the giver reads, and who gets them."""

from collections.abc import Mapping
from typing import ClassVar

from billing.errors import GiftRefusal
from chat.text import Text, bold, code, lines, text
from handlers.texts.english.buying import Paid
from handlers.texts.numbers import date_time, plural


class Gifts:
    """A gift from the list of plans to the hour that it opens."""

    as_gift = "For somebody else"

    def gift_plans(self, days: int) -> Text:
        """Above the plans."""
        return lines(
            [
                bold("For somebody else"),
                "You pay, and get a code. Whoever enters it has the hours.",
                f"What nobody claims within {plural(days, 'day', 'days')} becomes yours.",
            ]
        )

    def gift_ordered(self) -> Text:
        """On the card of an order that is still to be paid."""
        return text("A gift: as soon as it is paid you get a code to pass on.")

    def gift_paid(self, what: str, payment: str) -> Text:
        """The money is here, and somebody else may have the hours."""
        return lines([text(bold("Paid ✓ "), what), text("Payment ", code(payment))])

    def gift_code(self, typed: str, until: int) -> Text:
        """What is passed on."""
        return lines(
            [
                text("Not claimed yet. The code: ", code(typed)),
                text("On Telegram or Discord: ", code(f"/claim {typed}")),
                f"Until {date_time(until)}; after that the hours become yours.",
            ]
        )

    def gift_link(self, url: str) -> Text:
        """The code as a link."""
        return text("Or pass on this link: ", url)

    def gift_claimed(self, moment: int) -> Text:
        """Somebody has it."""
        return text(bold("Claimed ✓ "), f"Your gift was opened on {date_time(moment)}.")

    def gift_came_home(self) -> Text:
        """Nobody wanted it."""
        return text("Nobody claimed this gift in time, so its hours are yours.")

    def gift_given(self, item: str) -> Text:
        """One of one's gifts on the list."""
        return lines(["", bold(f"Your gift: {item}")])

    gift_hours: ClassVar[Mapping[Paid, str]] = {
        "can_start": "It starts when you press the button, or with your first picture.",
        "can_take_over": "It starts when you press the button; the hour that runs goes on after.",
        "must_wait": "It is kept for you, and can start when your running hour is over.",
        "started": "Enjoy it!",
    }

    def gift_received(self, item: str, hour: Paid) -> Text:
        """Somebody entered a code."""
        return lines([text(bold("A gift for you ✓ "), item), self.gift_hours[hour]])

    def claim_how(self) -> Text:
        """Answer /claim alone."""
        return text(
            "You have a gift's code? ", code("/claim CODE"), " opens it. Nothing is charged."
        )

    def gift_unknown(self, typed: str) -> Text:
        """No such gift."""
        return text(
            "I know no gift ", code(typed), ". Nothing was charged; look at its letters again."
        )

    gift_refusals: ClassVar[Mapping[GiftRefusal, str]] = {
        "claimed": "This gift was claimed before.",
        "over": "This gift's time is over; its hours went back to who gave it.",
        "refunded": "This gift was taken back, and its money returned.",
    }

    def gift_refused(self, why: GiftRefusal) -> Text:
        """A gift that cannot be opened."""
        said = self.gift_refusals[why]
        return text(f"{said} Nothing was charged; ", code("/buy"), " shows the plans.")
