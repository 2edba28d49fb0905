"""Paying in Telegram's Stars."""

from chat.text import Text, bold, lines, text
from handlers.texts.numbers import clock_time, grouped


class Stars:
    """What a customer reads who pays in Stars."""

    def pay_in_stars(self, stars: int) -> str:
        """Pay the same in Stars."""
        return f"Pay ⭐ {grouped(stars)} instead"

    def order_open_stars(self, what: str, until: int) -> Text:
        """An invoice in Stars is ready."""
        return lines(
            [
                bold(what),
                f"Pay in Telegram Stars. The invoice is valid until {clock_time(until)}.",
                "Your hour is here as soon as you have paid.",
            ]
        )

    def order_rejected_stars(self, what: str) -> Text:
        """Telegram made no invoice."""
        return lines(
            [
                bold(what),
                "Telegram did not make an invoice for this. Nothing was charged; try again.",
            ]
        )

    def order_refunded_stars(self, what: str) -> Text:
        """The Stars went back."""
        return lines([bold(what), "Refunded. Your Stars are back with you."])

    def stars_refused(self) -> Text:
        """Somebody opened an invoice that cannot be paid, or not by them."""
        return text(
            "This invoice was paid, has expired, or is somebody else's. Nothing was charged; "
            "/buy makes a new one."
        )

    def stars_go_back_whole(self) -> Text:
        """An admin asked for a part of a charge in Stars."""
        return text("Stars go back whole; leave the amount out. Nothing was changed.")

    def not_sold_for_stars(self) -> Text:
        """A plan without a price in Stars."""
        return text("This plan is not sold for Stars. Nothing was charged.")
