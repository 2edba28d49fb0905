"""Nothing can be drawn: what that means for somebody's hours and money."""

from chat.text import Text, bold, code, text
from handlers.texts.english import standstills
from handlers.texts.numbers import date_time


class Standstills(standstills.Standstills):
    """What people read while nothing can be drawn."""

    money_back = "पैसे वापस"
    wait_for_it = "मैं रुकूँगा"

    def standstill(self) -> Text:
        """Under a job that failed, and with somebody's hours."""
        return text(
            "अभी कुछ नहीं बन पा रहा। तब तक आपके घंटे रुके हैं: आपका समय नहीं जाता। "
            "आप रुक सकते हैं या पैसे वापस ले सकते हैं।"
        )

    def standstill_over(self) -> Text:
        """It works again."""
        return text("तस्वीरें फिर बन रही हैं, और बीच का समय लौटा दिया गया है।")

    def money_back_ask(self) -> Text:
        """Above what would go back."""
        return text(bold("जिसके पैसे आपने दिए और जो काम नहीं आया, वह लौट सकता है:"))

    def money_back_part(self, payment: str, amount: str, hours: int) -> Text:
        """One payment of it."""
        of = f"{hours} घंटे" if hours else "और क्रेडिट"
        return text(f"{amount}, {of}, ", code(payment))

    def money_back_takes(self) -> Text:
        """What it costs."""
        return text("तब ये घंटे ख़त्म हो जाएँगे। रुकेंगे, तो जहाँ रुके थे वहीं से चलेंगे; और कुछ नहीं होगा।")

    def money_back_now(self, amount: str) -> str:
        """Do it."""
        return f"{amount} लौटाएँ"

    def money_back_sent(self) -> Text:
        """It is on its way."""
        return text(bold("लौटाए जा रहे हैं ✓ "), "भेजे जाने पर अलग संदेश आएगा। हमें खेद है।")

    def money_back_nothing(self) -> Text:
        """There is nothing to send back."""
        return text(
            "लौटाने को कुछ नहीं है: वह काम आ चुका, तोहफ़ा था, या पहले ही लौटाया जा रहा है। कुछ नहीं कटा।"
        )

    def money_back_waits(self) -> Text:
        """They wait."""
        return text(
            bold("धन्यवाद। "),
            "आपके घंटे रुके हैं, और अपने आप कुछ नहीं लौटेगा। जो तस्वीर नहीं बनी, उसके नीचे का बटन "
            "अब भी पैसे लौटाता है।",
        )

    def refund_for_standstill(self) -> Text:
        """Why money goes back that nobody asked for."""
        return text("कुछ नहीं बन पाया, इसलिए जो काम नहीं आया उसके पैसे आपको लौट रहे हैं।")

    def alarm_standstill(self, began_at: int) -> Text:
        """Tell admins that nothing can be drawn."""
        return text(
            bold("कुछ नहीं बन पा रहा, "),
            f"{date_time(began_at)} से। घंटे रुके हैं; ",
            code("/admin health"),
            " और बताता है।",
        )

    def alarm_standstill_over(self, began_at: int, ended_at: int) -> Text:
        """Tell admins that it works again."""
        return text(
            bold("तस्वीरें फिर बन रही हैं। "),
            f"{date_time(began_at)} से {date_time(ended_at)} तक नहीं बनीं; वह समय लौटा दिया गया।",
        )

    def alarm_paid_back(self, amount: str, payment: str) -> Text:
        """Tell admins of money that goes back because nothing could be drawn."""
        return text(bold("लौट रहे हैं: "), code(payment), f" के {amount}, क्योंकि कुछ नहीं बन पाया।")
