"""A payer asked their bank for the money back: what the buyer reads of it."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, text
from handlers.texts.numbers import rupees


class Disputes:
    """What becomes of the hours, and what to do."""

    def dispute_open(self, paise: int, payment: str, *, holds: bool) -> Text:
        """A bank was asked for the money, and has not decided."""
        waits = (
            "Your hours wait until it has decided; nothing can be drawn on them meanwhile. "
            if holds
            else ""
        )
        return text(
            bold("Your bank was asked to take money back: "),
            f"{rupees(paise)} of payment ",
            code(payment),
            f". {waits}If you did not mean this, tell your bank to withdraw it; if something went "
            "wrong, write to us: ",
            code("/paysupport"),
        )

    disputes_over: ClassVar[Mapping[str, str]] = {
        "won": "Your bank has decided: the payment stands. Your hours go on.",
        "closed": "The request to your bank was closed: the payment stands. Your hours go on.",
        "lost": "Your bank has decided and took the money back. Hours that had not begun are over.",
    }

    def dispute_over(self, outcome: str, paise: int, payment: str) -> Text:
        """A bank has decided; what it took, if anything."""
        taken = f" It took {rupees(paise)}." if outcome == "lost" and paise else ""
        return text(self.disputes_over[outcome], taken, " Payment ", code(payment))
