"""Paying in Telegram's Stars."""

from chat.text import Text, text


class Stars:
    """What a customer reads who pays in Stars."""

    def not_sold_for_stars(self) -> Text:
        """A plan without a price in Stars."""
        return text("This plan is not sold for Stars. Nothing was charged.")
