"""A payer asked their bank for the money back: what the buyer reads of it."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, text
from handlers.texts.english import disputes
from handlers.texts.numbers import rupees


class Disputes(disputes.Disputes):
    """What becomes of the hours, and what to do."""

    def dispute_open(self, paise: int, payment: str, *, holds: bool) -> Text:
        """A bank was asked for the money, and has not decided."""
        waits = "फ़ैसले तक आपके घंटे रुके हैं; तब तक उन पर कुछ नहीं बनेगा। " if holds else ""
        return text(
            bold("आपके बैंक से पैसे वापस माँगे गए हैं: "),
            f"{rupees(paise)}, पेमेंट ",
            code(payment),
            f"। {waits}ग़लती से हुआ हो, तो बैंक से इसे वापस लेने को कहें; कुछ गड़बड़ हुई हो, तो हमें लिखें: ",
            code("/paysupport"),
        )

    disputes_over: ClassVar[Mapping[str, str]] = {
        "won": "आपके बैंक का फ़ैसला आ गया: पेमेंट सही है। आपके घंटे आगे चलेंगे।",
        "closed": "बैंक में की गई माँग बंद हो गई: पेमेंट सही है। आपके घंटे आगे चलेंगे।",
        "lost": "आपके बैंक का फ़ैसला आ गया और उसने पैसे वापस ले लिए। जो घंटे शुरू नहीं हुए थे, वे ख़त्म हैं।",
    }

    def dispute_over(self, outcome: str, paise: int, payment: str) -> Text:
        """A bank has decided; what it took, if anything."""
        taken = f" उसने {rupees(paise)} लिए।" if outcome == "lost" and paise else ""
        return text(self.disputes_over[outcome], taken, " पेमेंट ", code(payment))
