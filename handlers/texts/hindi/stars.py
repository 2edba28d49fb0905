"""Paying in Telegram's Stars."""

from chat.text import Text, bold, lines, text
from handlers.texts.english import stars
from handlers.texts.numbers import clock_time, grouped


class Stars(stars.Stars):
    """What a customer reads who pays in Stars."""

    def pay_in_stars(self, stars: int) -> str:
        """Pay the same in Stars."""
        return f"इसके बदले ⭐ {grouped(stars)} दें"

    def order_open_stars(self, what: str, until: int) -> Text:
        """An invoice in Stars is ready."""
        return lines(
            [
                bold(what),
                f"टेलीग्राम स्टार से दें। बिल {clock_time(until)} बजे तक चलेगा।",
                "देते ही आपका घंटा यहाँ होगा।",
            ]
        )

    def order_rejected_stars(self, what: str) -> Text:
        """Telegram made no invoice."""
        return lines([bold(what), "टेलीग्राम ने इसका बिल नहीं बनाया। कुछ नहीं कटा; फिर कोशिश करें।"])

    def order_refunded_stars(self, what: str) -> Text:
        """The Stars went back."""
        return lines([bold(what), "लौटा दिए गए। आपके स्टार आपके पास वापस हैं।"])

    def stars_refused(self) -> Text:
        """Somebody opened an invoice that cannot be paid, or not by them."""
        return text(
            "यह बिल चुकाया जा चुका है, इसका समय निकल गया, या यह किसी और का है। कुछ नहीं कटा; "
            "नया /buy से बनता है।"
        )

    def stars_go_back_whole(self) -> Text:
        """An admin asked for a part of a charge in Stars."""
        return text("स्टार पूरे ही लौटते हैं; रकम न लिखें। कुछ नहीं बदला।")

    def not_sold_for_stars(self) -> Text:
        """A plan without a price in Stars."""
        return text("यह प्लान स्टार में नहीं बिकता। कुछ नहीं कटा।")
