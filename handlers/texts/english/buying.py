"""Plans, orders and payments."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import clock_time, grouped, plural, rupees

Closed = Literal["expired", "cancelled", "rejected", "refunded"]
Paid = Literal["can_start", "must_wait", "started"]


class Buying:
    """What a customer reads."""

    show_plans = "See plans"
    check_payment = "I've paid, check now"
    cancel_order = "Cancel"
    buy_more = "Buy an hour"

    def pay(self, paise: int) -> str:
        """Open the payment page."""
        return f"Pay {rupees(paise)}"

    def choose_plan(self, name: str, paise: int) -> str:
        """Take this plan."""
        return f"{name} · {rupees(paise)}"

    def upgrade(self, name: str, paise: int) -> str:
        """Take the plan above."""
        return f"Upgrade to {name} · {rupees(paise)}"

    def plan_line(self, name: str, paise: int, images: int, videos: int, tokens: int) -> Text:
        """One plan on the list."""
        pictures = plural(images, "picture", "pictures")
        clips = plural(videos, "video", "videos") if videos else "no videos"
        return lines(
            [
                text(bold(name), " — ", bold(rupees(paise)), " an hour"),
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
            ]
        )

    def order_line(self, plan: str, hours: int, paise: int) -> str:
        """What an order is about."""
        return f"{plan} · {plural(hours, 'hour', 'hours')} · {rupees(paise)}"

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

    paid: ClassVar[Mapping[Paid, str]] = {
        "can_start": "Your hour starts when you press the button, or with your first picture.",
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

    def part_refunded(self, paise: int) -> Text:
        """A part of what was paid went back."""
        return text(f"{rupees(paise)} of it were refunded. Your bank shows it in 5–7 working days.")

    def checking(self) -> Text:
        """Answer "I've paid"."""
        return text("Asking Razorpay… your card changes as soon as the payment is there.")

    def cancelling(self) -> Text:
        """Answer the order's cancel button."""
        return text("Closing the link; if you have paid meanwhile, your hour comes all the same.")
