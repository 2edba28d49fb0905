"""More credits for the hour that runs."""

from chat.text import Text, text
from handlers.texts.numbers import plural, rupees
from store.topups import ToppedUnit

NOUNS: dict[ToppedUnit, tuple[str, str]] = {
    "image": ("picture", "pictures"),
    "video": ("video", "videos"),
}


class TopUps:
    """What a customer reads who has used an hour up."""

    top_up = "More for this hour"

    def topup_item(self, count: int, unit: ToppedUnit) -> str:
        """What was bought, without its price."""
        return f"{plural(count, *NOUNS[unit])} more"

    def topup_choice(self, count: int, unit: ToppedUnit, paise: int) -> str:
        """Take so many."""
        return f"+{plural(count, *NOUNS[unit])} · {rupees(paise)}"

    def topup_how(self) -> Text:
        """Above the choices."""
        return text(
            "The credits go into the hour that runs, as soon as they are paid, and end with it. "
            "Paid after its end, they can be used for a day. Nothing was charged."
        )

    def not_topped_up(self) -> Text:
        """Credits of a kind that are sold in hours alone."""
        return text("These are not sold by themselves. Nothing was charged; /buy shows the plans.")

    def admin_refund_takes_credits(self, unit: ToppedUnit, spent: int, unspent: int) -> Text:
        """What becomes of more credits when all of the money goes back."""
        return text(
            f"{plural(spent, *NOUNS[unit])} of it was used and stays; {unspent} unused, "
            "which is taken back. To send less back, name an amount."
        )
