"""Paying in Telegram's Stars."""

from chat.text import Text, text
from handlers.texts.english import stars


class Stars(stars.Stars):
    """What a customer reads who pays in Stars."""

    def not_sold_for_stars(self) -> Text:
        """A plan without a price in Stars."""
        return text("यह प्लान स्टार में नहीं बिकता। कुछ नहीं कटा।")
