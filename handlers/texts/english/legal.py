"""Terms, privacy, refunds, contact, complaints: written from the operator's own particulars."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from billing.business import BusinessSettings
from chat.text import Text, bold, code, lines, text

Page = Literal["terms", "privacy", "refunds", "contact", "grievance"]


class Legal:
    """What the law wants a shop to say; short enough for one message on every platform."""

    open_page = "Open as a page"
    legal_titles: ClassVar[Mapping[Page, str]] = {
        "terms": "Terms of use",
        "privacy": "Privacy",
        "refunds": "Refunds and cancellation",
        "contact": "Contact",
        "grievance": "Complaints",
    }

    def seller(self, business: BusinessSettings) -> str:
        """Who sells."""
        return business.name or "The operator of this bot"

    def _since(self, business: BusinessSettings) -> list[str]:
        date = business.effective_date
        return ["", f"In force since {date}."] if date else []

    def terms(self, business: BusinessSettings, keep_days: int) -> Text:
        """Answer /terms."""
        courts = f"; the courts of {business.state}" if business.state else ""
        return lines(
            [
                text(
                    f"{self.seller(business)} sells hours in which this bot draws for you. "
                    "Who uses it agrees to this:"
                ),
                "",
                text(
                    bold("What you buy. "),
                    "An hour of a plan with the pictures, videos and text tokens that ",
                    code("/buy"),
                    " names. Prices are in rupees and include all taxes. An hour that was not "
                    f"started is kept {keep_days} days; what is left of it when its time is over "
                    "ends with it.",
                ),
                text(
                    bold("What we owe you. "),
                    "A picture that fails is not charged. Time in which the bot was away, and long "
                    "waiting, is given back to your hour.",
                ),
                text(
                    bold("What is not allowed. "),
                    "Anything against the law of India; sexual pictures of minors; pictures that "
                    "deceive about real people or harm them; getting round limits or reselling "
                    "access. We may end the access of who does it.",
                ),
                text(
                    bold("Pictures. "),
                    "A machine makes them: they can be wrong, or resemble others. What you do with "
                    "them is your responsibility.",
                ),
                text(
                    bold("Liability. "),
                    "As far as the law allows, it ends at what you paid for the hour in question.",
                ),
                text(
                    bold("Age and law. "), f"You are 18 or older. The law of India holds{courts}."
                ),
                *self._since(business),
            ]
        )

    def privacy(self, business: BusinessSettings, *, elsewhere: bool) -> Text:
        """Answer /privacy."""
        write = f" Write to {business.email}." if business.email else ""
        drawn = (
            " To be drawn, your words and the picture you start from may go to other servers that "
            "the operator chose."
            if elsewhere
            else ""
        )
        return lines(
            [
                text(f"{self.seller(business)} is responsible for your data."),
                "",
                text(
                    bold("What is kept. "),
                    "Your account's id, name and language in this app; your orders and payments; "
                    "what you ask me to draw, and the pictures.",
                ),
                text(
                    bold("Payments. "),
                    "You pay on the gateway's page. We never see card numbers. It tells us the "
                    "amount, the way you paid, and the phone number, e-mail or UPI address that "
                    "you gave there.",
                ),
                text(
                    bold("What for. "),
                    "To draw, to charge rightly, to answer you, and for the books that the law "
                    "wants kept. Nothing is sold, and nobody is shown advertisements.",
                ),
                text(
                    bold("Where. "),
                    "In the operator's own database and files. The app you write from and the "
                    "payment gateway have their own rules. Pictures are private: links to them are "
                    "signed for you alone and end after a day.",
                    drawn,
                ),
                text(
                    bold("Your rights. "),
                    "You may ask what is kept, and have it corrected or erased; only what tax law "
                    f"wants kept stays as long as it says.{write}",
                ),
                *self._since(business),
            ]
        )

    def refund_policy(self, business: BusinessSettings, keep_days: int) -> Text:
        """Answer /refunds."""
        write = f" to {business.email}" if business.email else ""
        return lines(
            [
                text(
                    bold("Before an hour begins "),
                    f"you can have its money back within {keep_days} days of paying: write{write}, "
                    "with the order's number.",
                ),
                text(
                    bold("Once it has begun "),
                    "it is used and not refunded, except where we failed: a picture that was not "
                    "drawn is never charged, time that the bot was away is given back, and while "
                    "nothing can be drawn hours stand still or are refunded, as you like.",
                ),
                text(
                    bold("Paid twice, too late, or another amount? "),
                    "Money that fits no order is honoured or sent back, without your asking.",
                ),
                text(
                    bold("How. "),
                    "To the account you paid from, nowhere else. Your bank shows it in 5–7 working "
                    "days; the order's message tells when it was sent.",
                ),
                text(
                    bold("Debited, and no hour? "),
                    "A payment that failed on its way is returned by your bank, as a rule within 5 "
                    "working days. Cancelling an order costs nothing.",
                ),
                *self._since(business),
            ]
        )

    contact_names: ClassVar[Mapping[str, str]] = {
        "name": "Seller",
        "address": "Address",
        "email": "E-mail",
        "phone": "Phone",
        "gstin": "GSTIN",
    }

    def contact(self, business: BusinessSettings) -> Text:
        """Answer /contact."""
        shown = [
            text(bold(f"{label}: "), value)
            for field, label in self.contact_names.items()
            if (value := getattr(business, field))
        ]
        return lines(shown or [text("The operator has not published an address yet.")])

    def grievance(self, business: BusinessSettings) -> Text:
        """Answer /grievance."""
        reach = [way for way in (business.email, business.phone, business.address) if way]
        return lines(
            [
                text(
                    bold("Grievance officer: "),
                    business.grievance_officer or self.seller(business),
                ),
                *reach,
                "",
                text(
                    "Write what happened, with the order's number. Receipt is confirmed within 48 "
                    "hours, with a number for your complaint, and it is settled within 1 month."
                ),
                text("Whom that does not help can turn to the National Consumer Helpline, 1915."),
            ]
        )
