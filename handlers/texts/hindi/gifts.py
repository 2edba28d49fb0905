"""Hours for somebody else: what the giver reads, and who gets them."""

from collections.abc import Mapping
from typing import ClassVar

from billing.errors import GiftRefusal
from chat.text import Text, bold, code, lines, text
from handlers.texts.english import gifts
from handlers.texts.english.buying import Paid
from handlers.texts.numbers import date_time, grouped


class Gifts(gifts.Gifts):
    """A gift from the list of plans to the hour that it opens."""

    as_gift = "किसी और के लिए"

    def gift_plans(self, days: int) -> Text:
        """Above the plans."""
        return lines(
            [
                bold("किसी और के लिए"),
                "पैसे आप देंगे, और आपको एक कोड मिलेगा। जो कोड डालेगा, घंटे उसके।",
                f"{grouped(days)} दिन में किसी ने नहीं खोला, तो घंटे आपके हो जाएँगे।",
            ]
        )

    def gift_ordered(self) -> Text:
        """On the card of an order that is still to be paid."""
        return text("यह तोहफ़ा है: पैसे आते ही आपको आगे देने के लिए कोड मिलेगा।")

    def gift_paid(self, what: str, payment: str) -> Text:
        """The money is here, and somebody else may have the hours."""
        return lines([text(bold("पैसे मिल गए ✓ "), what), text("पेमेंट ", code(payment))])

    def gift_code(self, typed: str, until: int) -> Text:
        """What is passed on."""
        return lines(
            [
                text("अभी किसी ने नहीं खोला। कोड: ", code(typed)),
                text("टेलीग्राम या डिस्कॉर्ड पर: ", code(f"/claim {typed}")),
                f"{date_time(until)} तक; उसके बाद घंटे आपके हो जाएँगे।",
            ]
        )

    def gift_link(self, url: str) -> Text:
        """The code as a link."""
        return text("या यह लिंक दें: ", url)

    def gift_claimed(self, moment: int) -> Text:
        """Somebody has it."""
        return text(bold("खुल गया ✓ "), f"आपका तोहफ़ा {date_time(moment)} को खोला गया।")

    def gift_came_home(self) -> Text:
        """Nobody wanted it."""
        return text("यह तोहफ़ा समय पर किसी ने नहीं खोला, इसलिए इसके घंटे आपके हैं।")

    def gift_given(self, item: str) -> Text:
        """One of one's gifts on the list."""
        return lines(["", bold(f"आपका तोहफ़ा: {item}")])

    gift_hours: ClassVar[Mapping[Paid, str]] = {
        "can_start": "बटन दबाते ही, या पहली तस्वीर के साथ शुरू हो जाएगा।",
        "can_take_over": "बटन दबाते ही शुरू हो जाएगा; चल रहा घंटा बाद में चलेगा।",
        "must_wait": "यह आपके लिए रखा है; चल रहा घंटा पूरा होने पर शुरू हो सकता है।",
        "started": "मज़े कीजिए!",
    }

    def gift_received(self, item: str, hour: Paid) -> Text:
        """Somebody entered a code."""
        return lines([text(bold("आपके लिए तोहफ़ा ✓ "), item), self.gift_hours[hour]])

    def claim_how(self) -> Text:
        """Answer /claim alone."""
        return text("तोहफ़े का कोड है? ", code("/claim CODE"), " से खुलता है। कुछ नहीं कटता।")

    def gift_unknown(self, typed: str) -> Text:
        """No such gift."""
        return text(code(typed), " नाम का कोई तोहफ़ा नहीं मिला। कुछ नहीं कटा; अक्षर फिर से देख लें।")

    gift_refusals: ClassVar[Mapping[GiftRefusal, str]] = {
        "claimed": "यह तोहफ़ा पहले ही खोला जा चुका है।",
        "over": "इस तोहफ़े का समय निकल गया; इसके घंटे देने वाले को लौट गए।",
        "refunded": "यह तोहफ़ा वापस ले लिया गया, और पैसे लौटा दिए गए।",
    }

    def gift_refused(self, why: GiftRefusal) -> Text:
        """A gift that cannot be opened."""
        said = self.gift_refusals[why]
        return text(f"{said} कुछ नहीं कटा; प्लान यहाँ हैं: ", code("/buy"))
