"""Nothing can be drawn: what that means for somebody's hours and money."""

from chat.text import Text, bold, code, text
from handlers.texts.numbers import date_time, plural


class Standstills:
    """What people read while nothing can be drawn."""

    money_back = "Money back"
    wait_for_it = "I'll wait"

    def standstill(self) -> Text:
        """Under a job that failed, and with somebody's hours."""
        return text(
            "Nothing can be drawn just now. Your hours stand still until it can: you lose no time. "
            "You may wait, or have your money back."
        )

    def standstill_over(self) -> Text:
        """It works again."""
        return text("Drawing works again, and the time without it was given back.")

    def money_back_ask(self) -> Text:
        """Above what would go back."""
        return text(bold("What you paid for and could not use can go back:"))

    def money_back_part(self, payment: str, amount: str, hours: int) -> Text:
        """One payment of it."""
        of = plural(hours, "hour", "hours") if hours else "more credits"
        return text(f"{amount} for {of}, ", code(payment))

    def money_back_takes(self) -> Text:
        """What it costs."""
        return text(
            "These hours are over then. If you wait, they go on where they stopped; "
            "nothing else happens to them."
        )

    def money_back_now(self, amount: str) -> str:
        """Do it."""
        return f"Send {amount} back"

    def money_back_sent(self) -> Text:
        """It is on its way."""
        return text(
            bold("On its way ✓ "), "A message of its own says when it was sent. We are sorry."
        )

    def money_back_nothing(self) -> Text:
        """There is nothing to send back."""
        return text(
            "There is nothing to send back: what you paid for was used, was a gift, "
            "or is on its way back already. Nothing was charged."
        )

    def money_back_waits(self) -> Text:
        """They wait."""
        return text(
            bold("Thank you. "),
            "Your hours stand still, and nothing goes back by itself. The button under the picture "
            "that failed still sends it back.",
        )

    def refund_for_standstill(self) -> Text:
        """Why money goes back that nobody asked for."""
        return text("Nothing could be drawn, so what you could not use goes back to you.")

    def alarm_standstill(self, began_at: int) -> Text:
        """Tell admins that nothing can be drawn."""
        return text(
            bold("Nothing can be drawn "),
            f"since {date_time(began_at)}. Hours stand still; ",
            code("/admin health"),
            " says more.",
        )

    def alarm_standstill_over(self, began_at: int, ended_at: int) -> Text:
        """Tell admins that it works again."""
        return text(
            bold("Drawing works again. "),
            f"It did not from {date_time(began_at)} to {date_time(ended_at)}; "
            "that time was given back.",
        )

    def alarm_paid_back(self, amount: str, payment: str) -> Text:
        """Tell admins of money that goes back because nothing could be drawn."""
        return text(
            bold("Goes back: "), f"{amount} of ", code(payment), ", as nothing could be drawn."
        )
