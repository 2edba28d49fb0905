"""What the operator reads: people, orders and money."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import plural, rupees


class Admin:
    """Answers to /admin."""

    admin_confirm = "Yes, do it"
    admin_drop = "No"

    def admin_usage(self) -> Text:
        """Answer /admin alone."""
        return lines(
            [
                bold("For admins"),
                text(code("/admin user telegram:123456"), " a person, their hours and orders"),
                text(code('/admin grant telegram:123456 flash 2 "why"'), " give hours"),
                text(
                    code("/admin orders paid"),
                    " the newest; or ",
                    code("open"),
                    ", ",
                    code("review"),
                ),
                text(code("/admin order ord_…"), " an order and its money"),
                text(code('/admin refund pay_… 50 "why"'), " without rupees, all of it"),
                text(code("/admin suspense"), " money that fits nothing"),
                text(code("/admin invariants"), " whether the books are sound"),
            ]
        )

    def admin_unknown(self, target: str) -> Text:
        """An id that names nothing."""
        return text("I know nothing by the name ", code(target), ". Nothing was changed.")

    def admin_nothing(self) -> Text:
        """An empty list."""
        return text("There is nothing of that kind.")

    def admin_suspense(self, count: int) -> Text:
        """The headline of money that fits nothing."""
        return text(
            bold(f"Money that fits nothing: {plural(count, 'payment', 'payments')}"),
            ", to be sent back by ",
            code('/admin refund pay_… "why"'),
        )

    def admin_ask_grant(self, target: str, what: str, reason: str) -> Text:
        """Ask whether to give hours."""
        return lines([text("Give ", bold(what), " to ", code(target), "?"), f"“{reason}”"])

    def admin_granted(self, target: str, what: str, order: str) -> Text:
        """Hours were given."""
        return text(bold("Given ✓ "), what, " to ", code(target), ", as order ", code(order))

    def admin_ask_refund(self, payment: str, paise: int, left: int, reason: str) -> Text:
        """Ask whether to send money back."""
        return lines(
            [
                text(
                    "Send back ", bold(rupees(paise)), f" of {rupees(left)} of ", code(payment), "?"
                ),
                f"“{reason}”",
            ]
        )

    def admin_refund_takes(self, begun: int, unbegun: int) -> Text:
        """What becomes of the hours when all of the money goes back."""
        return text(
            f"Of its hours, {begun} began and stay; {unbegun} did not begin and are taken back."
        )

    def admin_refunding(self, payment: str, paise: int, refund: str) -> Text:
        """Money is on its way back."""
        return text(
            bold("On its way ✓ "),
            f"{rupees(paise)} of ",
            code(payment),
            ", as refund ",
            code(refund),
        )

    def admin_not_refundable(self, left: int) -> Text:
        """More than can be sent back."""
        return text(f"{rupees(left)} of this payment can be sent back. Nothing was changed.")

    def admin_refunded_before(self, refund: str) -> Text:
        """The same reason again may be the same refund again."""
        return text(
            "There is a refund of this payment for this very reason: ",
            code(refund),
            ". Nothing was changed; if another is meant, give another reason.",
        )

    def admin_dropped(self) -> Text:
        """An admin changed their mind."""
        return text("Left alone. Nothing was changed.")

    def admin_settled(self) -> Text:
        """The button was pressed before."""
        return text("This was answered before. Nothing was changed now.")

    def admin_sound(self, checks: int) -> Text:
        """No invariant is broken."""
        return text(bold("The books are sound ✓ "), plural(checks, "check", "checks"))

    def admin_breaches(self, broken: int) -> Text:
        """Invariants are broken."""
        return text(bold(f"The books are not sound: {plural(broken, 'finding', 'findings')}"))
