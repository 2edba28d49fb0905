"""Plans, orders and payments."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import buying
from handlers.texts.english.buying import Closed, Paid
from handlers.texts.numbers import clock_time, grouped, plural, rupees


class Buying(buying.Buying):
    """What a customer reads."""

    show_plans = "प्लान देखें"
    check_payment = "पैसे दे दिए, अभी जाँचें"
    cancel_order = "रद्द करें"
    buy_more = "एक घंटा ख़रीदें"

    def pay(self, paise: int) -> str:
        """Open the payment page."""
        return f"{rupees(paise)} दें"

    def choose_plan(self, name: str, paise: int) -> str:
        """Take this plan; names and prices are the same in every language."""
        return f"{name} · {rupees(paise)}"

    def upgrade(self, name: str, paise: int) -> str:
        """Take the plan above."""
        return f"{name} पर जाएँ · {rupees(paise)}"

    def plan_line(self, name: str, paise: int, images: int, videos: int, tokens: int) -> Text:
        """One plan on the list."""
        pictures = plural(images, "तस्वीर", "तस्वीरें")
        clips = f"{grouped(videos)} वीडियो" if videos else "वीडियो नहीं"
        return lines(
            [
                text(bold(name), " — ", bold(rupees(paise)), " प्रति घंटा"),
                f"{pictures} · {clips} · {grouped(tokens)} टेक्स्ट टोकन",
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
                f"घंटा तभी शुरू होता है जब आप कहें; ख़रीदे हुए घंटे {keep_days} दिन तक रखे रहते हैं।",
                text("एक साथ कई घंटे: ", code("/buy pro --hours 3")),
            ]
        )

    def order_line(self, plan: str, hours: int, paise: int) -> str:
        """What an order is about."""
        return f"{plan} · {plural(hours, 'घंटा', 'घंटे')} · {rupees(paise)}"

    def order_opening(self, what: str) -> Text:
        """A payment link has been asked for."""
        return lines([bold(what), "आपका पेमेंट लिंक बन रहा है… जब तक आप पैसे न दें, कुछ नहीं कटेगा।"])

    def order_slow(self, what: str) -> Text:
        """The gateway has not answered clearly yet."""
        return lines(
            [
                bold(what),
                "Razorpay से जवाब आने में देर हो रही है। मैं कोशिश में हूँ, लिंक यहीं दिखेगा।",
                "कुछ नहीं कटा।",
            ]
        )

    def order_open(self, what: str, until: int) -> Text:
        """A payment link is ready."""
        return lines(
            [
                bold(what),
                f"UPI, कार्ड या नेटबैंकिंग से पैसे दें। लिंक {clock_time(until)} बजे तक चलेगा।",
                "पेमेंट मुझे अपने आप दिख जाता है; जल्दी हो तो नीचे का बटन दबाएँ।",
            ]
        )

    paid: ClassVar[Mapping[Paid, str]] = {
        "can_start": "बटन दबाते ही, या पहली तस्वीर के साथ, आपका घंटा शुरू हो जाएगा।",
        "must_wait": "यह आपके लिए रखा है; चल रहा घंटा पूरा होने पर शुरू हो सकता है।",
        "started": "धन्यवाद!",
    }

    def order_paid(self, what: str, payment: str, hour: Paid) -> Text:
        """The money is here and the hours are granted."""
        paid = text(bold("पैसे मिल गए ✓ "), what)
        return lines([paid, text("पेमेंट ", code(payment)), "", self.paid[hour]])

    closed: ClassVar[Mapping[Closed, list[str]]] = {
        "expired": [
            "पेमेंट लिंक का समय निकल गया। कुछ नहीं कटा।",
            "अगर आपके खाते से पैसे निकले हैं, तो मुझे दिख जाएँगे और मैं यहीं बताऊँगा।",
        ],
        "cancelled": ["रद्द हो गया। कुछ नहीं कटा।"],
        "rejected": [
            "Razorpay ने यह ऑर्डर नहीं लिया। कुछ नहीं कटा।",
            "थोड़ी देर बाद फिर कोशिश करें।",
        ],
        "refunded": ["पैसे लौटा दिए गए। बैंक में 5–7 कामकाजी दिनों में दिखेंगे।"],
    }

    def order_review(self, what: str) -> Text:
        """Money came that does not fit the order."""
        return lines(
            [
                bold(what),
                "जो पेमेंट आया वह इस ऑर्डर से मेल नहीं खाता, इसलिए घंटा अभी नहीं खुला।",
                "पैसे सुरक्षित हैं: संचालक या तो घंटा देंगे या पैसे लौटा देंगे।",
            ]
        )

    def order_given(self, what: str, hour: Paid) -> Text:
        """Hours that cost nothing."""
        given = text(bold("संचालक की ओर से भेंट ✓ "), what)
        return given if hour == "started" else lines([given, "", self.paid[hour]])

    def part_refunded(self, paise: int) -> Text:
        """A part of what was paid went back."""
        return text(f"इसमें से {rupees(paise)} लौटाए गए। बैंक में 5–7 कामकाजी दिनों में दिखेंगे।")

    def checking(self) -> Text:
        """Answer "I've paid"."""
        return text("Razorpay से पूछ रहा हूँ… पेमेंट आते ही आपका कार्ड बदल जाएगा।")

    def cancelling(self) -> Text:
        """Answer the order's cancel button."""
        return text("लिंक बंद कर रहा हूँ; अगर आप पैसे दे चुके हैं, तो घंटा फिर भी मिलेगा।")
