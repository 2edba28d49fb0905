"""What the operator reads: people, orders and money."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import date_time, money, plural


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
                text(code("/admin dispute pay_…"), " the evidence for a bank, as a PDF"),
                text(code("/admin coupon DIWALI 20% uses 100 until 2026-12-31"), " a coupon"),
                text(code("/admin coupon DIWALI stop"), ", ", code("/admin coupons"), " the list"),
                text(code("/admin blocked"), " who asked for words that are not drawn"),
                text(code("/admin health"), " what draws, and how it is doing"),
                text(code("/admin invariants"), " whether the books are sound"),
            ]
        )

    def alarm_refund_failed(
        self, paise: int, payment: str, refund: str, currency: str = "INR"
    ) -> Text:
        """Tell admins of a refund that no bank took."""
        return text(
            bold("A refund failed: "),
            f"{money(paise, currency)} of ",
            code(payment),
            ", refund ",
            code(refund),
            ". The money is still with you; try again by ",
            code(f'/admin refund {payment} "why"'),
        )

    def alarm_held(self, amount: str, payment: str) -> Text:
        """Tell admins of money that fits nothing."""
        return text(
            bold("Money that fits nothing: "),
            f"{amount}, ",
            code(payment),
            ". It is safe; decide about it with ",
            code("/admin suspense"),
            ".",
        )

    def alarm_dispute(self, payment: str, status: str, respond_by: int | None) -> Text:
        """Tell admins of a payer's complaint to a bank."""
        until = f" Answer until {date_time(respond_by)}." if respond_by else ""
        return text(
            bold("A payment is disputed: "),
            code(payment),
            ", ",
            code(status),
            f".{until} Razorpay's dashboard takes your evidence.",
        )

    def alarm_dispute_soon(self, payment: str, respond_by: int) -> Text:
        """Remind admins of a dispute that nobody has answered."""
        return text(
            bold("A dispute is still to be answered: "),
            code(payment),
            f", until {date_time(respond_by)}. ",
            code(f"/admin dispute {payment}"),
            " prints the evidence.",
        )

    def alarm_gateway_down(self, name: str, trouble: str) -> Text:
        """Tell admins that a gateway is left alone."""
        return text(
            bold(f"{name} does not work: "),
            code(trouble),
            ". Nothing is sold until it does; it is tried again and again. ",
            code("/admin health"),
            " shows how it is.",
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

    def admin_honour(self, tail: str) -> str:
        """Let held money buy what was ordered."""
        return f"Honour …{tail}"

    def admin_send_back(self, tail: str) -> str:
        """Return held money."""
        return f"Send back …{tail}"

    def admin_ask_honour(self, payment: str, what: str) -> Text:
        """Ask whether held money shall buy what was ordered."""
        return lines(
            [
                text("Let ", code(payment), " buy ", bold(what), " after all?"),
                "The hours are granted, and the customer is told.",
            ]
        )

    def admin_honoured(self, payment: str, order: str) -> Text:
        """Held money has bought what was ordered."""
        return text(bold("Honoured ✓ "), code(payment), " has bought order ", code(order))

    def admin_not_honourable(self) -> Text:
        """Held money that cannot buy anything."""
        return text(
            "This money cannot be honoured: it is not just the price of an order that nobody else "
            "has paid, or it is on its way back. Nothing was changed; ",
            code("/admin refund"),
            " sends it back.",
        )

    def admin_ask_grant(self, target: str, what: str, reason: str) -> Text:
        """Ask whether to give hours."""
        return lines([text("Give ", bold(what), " to ", code(target), "?"), f"“{reason}”"])

    def admin_granted(self, target: str, what: str, order: str) -> Text:
        """Hours were given."""
        return text(bold("Given ✓ "), what, " to ", code(target), ", as order ", code(order))

    def admin_ask_refund(
        self, payment: str, paise: int, left: int, reason: str, currency: str = "INR"
    ) -> Text:
        """Ask whether to send money back."""
        return lines(
            [
                text(
                    "Send back ",
                    bold(money(paise, currency)),
                    f" of {money(left, currency)} of ",
                    code(payment),
                    "?",
                ),
                f"“{reason}”",
            ]
        )

    def admin_refund_takes(self, begun: int, unbegun: int) -> Text:
        """What becomes of the hours when all of the money goes back."""
        return text(
            f"Of its hours, {begun} began and stay; {unbegun} did not begin and are taken back."
        )

    def admin_refunding(self, payment: str, paise: int, refund: str, currency: str = "INR") -> Text:
        """Money is on its way back."""
        return text(
            bold("On its way ✓ "),
            f"{money(paise, currency)} of ",
            code(payment),
            ", as refund ",
            code(refund),
        )

    def admin_not_refundable(self, left: int, currency: str = "INR") -> Text:
        """More than can be sent back."""
        return text(
            f"{money(left, currency)} of this payment can be sent back. Nothing was changed."
        )

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

    def admin_engine(self, running: int, queued: int, *, is_ready: bool) -> Text:
        """How drawing is doing."""
        ready = "ready ✓" if is_ready else "not ready ✗"
        return text(bold(f"Drawing: {ready}"), f" · {running} running, {queued} waiting")

    def admin_backend(self, name: str, drawn: int, failed: int, rest_s: int, trouble: str) -> Text:
        """One of several back ends."""
        state = f"left alone for {rest_s} s" if rest_s else "in use"
        last = text(", last trouble ", code(trouble)) if trouble else ""
        return text(code(name), f": {state} · {drawn} drawn, {failed} failed", last)

    def admin_gateway(self, name: str, rest_s: int, trouble: str) -> Text:
        """How a payment gateway is doing."""
        state = f"left alone for {rest_s} s" if rest_s else "in use"
        last = text(", last trouble ", code(trouble)) if trouble else ""
        return text(bold(f"Payments: {name}"), f" · {state}", last)

    def admin_sound(self, checks: int) -> Text:
        """No invariant is broken."""
        return text(bold("The books are sound ✓ "), plural(checks, "check", "checks"))

    def admin_breaches(self, broken: int) -> Text:
        """Invariants are broken."""
        return text(bold(f"The books are not sound: {plural(broken, 'finding', 'findings')}"))
