"""More credits for the hour that runs."""

from chat.text import Text, text
from handlers.texts.english import topups
from handlers.texts.numbers import plural, rupees
from store.topups import ToppedUnit

NOUNS: dict[ToppedUnit, tuple[str, str]] = {
    "image": ("तस्वीर", "तस्वीरें"),
    "video": ("वीडियो", "वीडियो"),
}


class TopUps(topups.TopUps):
    """What a customer reads who has used an hour up."""

    top_up = "इसी घंटे में और"

    def topup_item(self, count: int, unit: ToppedUnit) -> str:
        """What was bought, without its price."""
        return f"{plural(count, *NOUNS[unit])} और"

    def topup_choice(self, count: int, unit: ToppedUnit, paise: int) -> str:
        """Take so many."""
        return f"+{plural(count, *NOUNS[unit])} · {rupees(paise)}"

    def topup_how(self) -> Text:
        """Above the choices."""
        return text(
            "ये पैसे आते ही चल रहे घंटे में जुड़ते हैं, और उसी के साथ ख़त्म होते हैं। "
            "घंटे के बाद पैसे आए, तो एक दिन चलेंगे। कुछ नहीं कटा।"
        )

    def not_topped_up(self) -> Text:
        """Credits of a kind that are sold in hours alone."""
        return text("ये अलग से नहीं बिकते। कुछ नहीं कटा; प्लान /buy पर हैं।")

    def admin_refund_takes_credits(self, unit: ToppedUnit, spent: int, unspent: int) -> Text:
        """What becomes of more credits when all of the money goes back."""
        return text(
            f"इनमें से {plural(spent, *NOUNS[unit])} लग चुके और रहेंगे; {unspent} बचे हैं और वापस ले लिए "
            "जाएँगे। कम लौटाना हो तो रकम लिखें।"
        )
