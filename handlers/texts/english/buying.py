"""Plans, orders and payments."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import clock_time, grouped, minutes, money, plural

Closed = Literal["expired", "cancelled", "rejected", "refunded"]
Paid = Literal["can_start", "can_take_over", "must_wait", "started"]


class Buying:
    """What a customer reads."""

    show_plans = "See plans"
    check_payment = "I've paid, check now"
    cancel_order = "Cancel"
    buy_more = "Buy an hour"
    show_qr = "Show QR"
    qr_alt = "QR code of the payment link"

    def qr(self, until: int) -> Text:
        """The link as a picture."""
        return lines(
            [
                "Scan this with your phone's camera or UPI app to open the payment page.",
                f"It can be paid until {clock_time(until)}. Nothing is charged until you pay.",
            ]
        )

    def pay_support(self) -> Text:
        """Answer /paysupport."""
        return lines(
            [
                "Paid, and no hour? I look for it by myself, and the button asks at once.",
                "Money that fits no order is held and goes back.",
                "What failed at your bank is returned by it, usually within 5 working days.",
            ]
        )

    def pay_support_order(self, order: str) -> Text:
        """The number that the operator wants to know."""
        return text("Still stuck? Write to us and name your order: ", code(order))

    def trial_used(self) -> Text:
        """A second hour for nothing."""
        return text("The free hour is once per person, and yours was had. Nothing was charged.")

    def not_payable(self) -> Text:
        """A link that cannot be paid, or not yet."""
        return lines(
            [
                "This order has no link that can be paid now; its card says how it stands.",
                "Nothing was charged by this.",
            ]
        )

    def pay(self, paise: int, currency: str = "INR") -> str:
        """Open the payment page."""
        return f"Pay {money(paise, currency)}"

    def choose_plan(self, name: str, paise: int, currency: str = "INR") -> str:
        """Take this plan."""
        return f"{name} · {money(paise, currency)}"

    def upgrade(self, name: str) -> str:
        """Take the plan above."""
        return f"Upgrade to {name}"

    def plan_line(
        self, name: str, paise: int, images: int, videos: int, tokens: int, currency: str = "INR"
    ) -> Text:
        """One plan on the list."""
        pictures = plural(images, "picture", "pictures")
        clips = plural(videos, "video", "videos") if videos else "no videos"
        return lines(
            [
                text(bold(name), " — ", bold(money(paise, currency)), " an hour"),
                f"{pictures} · {clips} · {grouped(tokens)} text tokens",
            ]
        )

    def plans(self, listed: list[Text], keep_days: int) -> Text:
        """Answer /buy."""
        parts: list[Text | str] = []
        for plan in listed:
            parts += [plan, ""]
        return lines(
            [
                *parts,
                f"An hour starts when you say so; unstarted hours keep {keep_days} days.",
                text("Several at once: ", code("/buy pro --hours 3")),
                text("Small print: ", code("/terms"), " · ", code("/refunds")),
            ]
        )

    def item(self, plan: str, hours: int) -> str:
        """What was bought, without its price."""
        return f"{plan} · {plural(hours, 'hour', 'hours')}"

    def order_line(self, plan: str, hours: int, paise: int, currency: str = "INR") -> str:
        """What an order is about."""
        return f"{plan} · {plural(hours, 'hour', 'hours')} · {money(paise, currency)}"

    def order_opening(self, what: str) -> Text:
        """A payment link has been asked for."""
        return lines([bold(what), "Preparing your payment link… Nothing is charged until you pay."])

    def order_slow(self, what: str) -> Text:
        """The gateway has not answered clearly yet."""
        return lines(
            [
                bold(what),
                "Razorpay is slow to answer. I keep trying and will show the link here.",
                "Nothing was charged.",
            ]
        )

    def order_open(self, what: str, until: int) -> Text:
        """A payment link is ready."""
        return lines(
            [
                bold(what),
                f"Pay by UPI, card or netbanking. The link is valid until {clock_time(until)}.",
                "I see the payment by myself; the button below is for the impatient.",
            ]
        )

    def order_takes_over(self, plan: str, seconds_left: int) -> Text:
        """Before a better plan is paid for while an hour runs."""
        left = plural(minutes(seconds_left), "minute", "minutes")
        return text(
            f"Your {plan} hour runs, with {left} left. You can start this one at once: {plan} then "
            "waits with its time and credits, and goes on afterwards. Nothing of it is lost."
        )

    def order_comes_after(self, plan: str) -> Text:
        """Before hours of the same or a lower plan are paid for while an hour runs."""
        return text(f"Your {plan} hour runs. This is kept for you until it is over.")

    paid: ClassVar[Mapping[Paid, str]] = {
        "can_start": "Your hour starts when you press the button, or with your first picture.",
        "can_take_over": "It starts when you press the button. The hour that runs waits meanwhile, "
        "with its time and credits, and goes on afterwards.",
        "must_wait": "It is kept for you, and can start when your running hour is over.",
        "started": "Thank you!",
    }

    def order_paid(self, what: str, payment: str, hour: Paid) -> Text:
        """The money is here and the hours are granted."""
        paid = text(bold("Paid ✓ "), what)
        return lines([paid, text("Payment ", code(payment)), "", self.paid[hour]])

    closed: ClassVar[Mapping[Closed, list[str]]] = {
        "expired": [
            "The payment link has expired. Nothing was charged.",
            "If money did leave your account, I will see it and tell you here.",
        ],
        "cancelled": ["Cancelled. Nothing was charged."],
        "rejected": [
            "Razorpay did not accept this order. Nothing was charged.",
            "Please try again in a few minutes.",
        ],
        "refunded": ["Refunded. Your bank shows it in 5–7 working days."],
    }

    def order_closed(self, status: Closed, what: str) -> Text:
        """An order that cannot be paid any more."""
        return lines([bold(what), *self.closed[status]])

    def order_review(self, what: str) -> Text:
        """Money came that does not fit the order."""
        return lines(
            [
                bold(what),
                "A payment arrived that does not fit this order, so no hour was opened yet.",
                "The money is safe: the operator will honour it or send it back.",
            ]
        )

    def order_given(self, what: str, hour: Paid) -> Text:
        """Hours that cost nothing."""
        given = text(bold("A gift from the operator ✓ "), what)
        return given if hour == "started" else lines([given, "", self.paid[hour]])

    def part_refunded(self, paise: int, currency: str = "INR") -> Text:
        """A part of what was paid went back."""
        return text(
            f"{money(paise, currency)} of it were refunded. Your bank shows it in 5–7 working days."
        )

    def refund_under_way(self, paise: int, refund: str, currency: str = "INR") -> Text:
        """Money was sent back, and no bank has taken it yet."""
        return text(f"{money(paise, currency)} is on its way back to you. Refund ", code(refund))

    def refund_failed(self, paise: int, refund: str, currency: str = "INR") -> Text:
        """A bank did not take money that was sent back."""
        return text(
            f"{money(paise, currency)} could not be sent back. It is safe with us, and the "
            "operator has been told. Refund ",
            code(refund),
        )

    def money_held(self, paise: int, payment: str, currency: str = "INR") -> Text:
        """More money came than the order needs."""
        return text(
            f"{money(paise, currency)} more arrived that fits no order. It is safe: the operator "
            "will honour it or send it back. Payment ",
            code(payment),
        )

    def checking(self) -> Text:
        """Answer "I've paid"."""
        return text("Asking Razorpay… your card changes as soon as the payment is there.")

    def cancelling(self) -> Text:
        """Answer the order's cancel button."""
        return text("Closing the link; if you have paid meanwhile, your hour comes all the same.")
