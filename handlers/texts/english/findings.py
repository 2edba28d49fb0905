"""What does not agree with the gateway's books, for admins."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, text
from handlers.texts.numbers import date_time


class Findings:
    """What a comparison has found."""

    findings: ClassVar[Mapping[str, str]] = {
        "unknown_order": "was paid for an order that is not in the books, as after a restored "
        "backup. Give the hours by /admin grant, or send it back in Razorpay's dashboard",
        "unsettled": "stands otherwise at Razorpay than in the books, and looking did not help",
        "other_amount": "has another amount at Razorpay than in the books",
        "missing": "is in the books and not among Razorpay's payments",
        "silence": "is when the last webhook came, and money has come since: look in "
        "Razorpay's dashboard whether the webhook is switched off",
        "payout": "brought another sum to the bank than its lines add up to: ask Razorpay",
        "settled_otherwise": "was paid out with another amount or fee than the books say",
        "unknown_refund": "was taken out of a payout as a refund, and the books know of none",
        "deduction": "was taken out of a payout, and no lost dispute in the books explains it",
        "unsettled_payment": "is in the books, and in ten days no settlement report named it",
        "unsettled_refund": "went back by the books, and in ten days no settlement report named it",
    }

    def alarm_found(self, finding: str, subject: str) -> Text:
        """Tell admins what does not agree with Razorpay's payments and payouts."""
        means = self.findings[finding]
        shown = date_time(int(subject)) if finding == "silence" else subject
        return text(bold("Payments do not agree: "), code(shown), f" {means}.")
