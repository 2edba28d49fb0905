"""Plans, orders and payments."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import buying
from handlers.texts.english.buying import Closed, Paid
from handlers.texts.numbers import clock_time, grouped, minutes, money, plural


class Buying(buying.Buying):
    """What a customer reads."""

    show_plans = "प्लान देखें"
    check_payment = "पैसे दे दिए, अभी जाँचें"
    cancel_order = "रद्द करें"
    buy_more = "एक घंटा ख़रीदें"
    show_qr = "क्यूआर दिखाएँ"
    qr_alt = "पेमेंट लिंक का क्यूआर कोड"

    def qr(self, until: int) -> Text:
        """The link as a picture."""
        return lines(
            [
                "इसे फ़ोन के कैमरे या UPI ऐप से स्कैन करें, पेमेंट का पेज खुल जाएगा।",
                f"{clock_time(until)} तक पेमेंट हो सकता है। पेमेंट करने तक कुछ नहीं कटता।",
            ]
        )

    def pay_support(self) -> Text:
        """Answer /paysupport."""
        return lines(
            [
                "पैसे दिए और घंटा नहीं मिला? मैं ख़ुद ढूँढता हूँ, और बटन से तुरंत पूछा जाता है।",
                "जो पैसे किसी ऑर्डर के नहीं, वे सुरक्षित रहते हैं और लौटते हैं।",
                "बैंक में अटका पेमेंट बैंक अक्सर 5 कामकाजी दिनों में लौटा देता है।",
            ]
        )

    def pay_support_order(self, order: str) -> Text:
        """The number that the operator wants to know."""
        return text("फिर भी अटका है? हमें लिखें और अपना ऑर्डर बताएँ: ", code(order))

    def trial_used(self) -> Text:
        """A second hour for nothing."""
        return text("मुफ़्त घंटा हर व्यक्ति को एक बार मिलता है, और आप ले चुके हैं। कुछ नहीं कटा।")

    def not_payable(self) -> Text:
        """A link that cannot be paid, or not yet."""
        return lines(
            [
                "इस ऑर्डर का अभी कोई लिंक नहीं जिससे पेमेंट हो सके; उसका कार्ड हाल बताता है।",
                "इससे कुछ नहीं कटा।",
            ]
        )

    def pay(self, paise: int, currency: str = "INR") -> str:
        """Open the payment page."""
        return f"{money(paise, currency)} दें"

    def choose_plan(self, name: str, paise: int, currency: str = "INR") -> str:
        """Take this plan; names and prices are the same in every language."""
        return f"{name} · {money(paise, currency)}"

    def upgrade(self, name: str) -> str:
        """Take the plan above."""
        return f"{name} पर जाएँ"

    def plan_line(
        self, name: str, paise: int, images: int, videos: int, tokens: int, currency: str = "INR"
    ) -> Text:
        """One plan on the list."""
        pictures = plural(images, "तस्वीर", "तस्वीरें")
        clips = f"{grouped(videos)} वीडियो" if videos else "वीडियो नहीं"
        return lines(
            [
                text(bold(name), " — ", bold(money(paise, currency)), " प्रति घंटा"),
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
                text("नियम: ", code("/terms"), " · ", code("/refunds")),
            ]
        )

    def item(self, plan: str, hours: int) -> str:
        """What was bought, without its price."""
        return f"{plan} · {plural(hours, 'घंटा', 'घंटे')}"

    def order_line(self, plan: str, hours: int, paise: int, currency: str = "INR") -> str:
        """What an order is about."""
        return f"{plan} · {plural(hours, 'घंटा', 'घंटे')} · {money(paise, currency)}"

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

    def order_takes_over(self, plan: str, seconds_left: int) -> Text:
        """Before a better plan is paid for while an hour runs."""
        return text(
            f"आपका {plan} घंटा चल रहा है, {minutes(seconds_left)} मिनट बाकी हैं। इसे आप तुरंत शुरू कर सकते "
            f"हैं: तब {plan} अपने समय और क्रेडिट के साथ रुकेगा और बाद में चलेगा। उसका कुछ नहीं जाएगा।"
        )

    def order_comes_after(self, plan: str) -> Text:
        """Before hours of the same or a lower plan are paid for while an hour runs."""
        return text(f"आपका {plan} घंटा चल रहा है। यह उसके पूरा होने तक आपके लिए रखा रहेगा।")

    paid: ClassVar[Mapping[Paid, str]] = {
        "can_start": "बटन दबाते ही, या पहली तस्वीर के साथ, आपका घंटा शुरू हो जाएगा।",
        "can_take_over": "बटन दबाते ही शुरू हो जाएगा। चल रहा घंटा तब तक अपने समय और क्रेडिट के साथ "
        "रुकेगा, और बाद में चलेगा।",
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

    def part_refunded(self, paise: int, currency: str = "INR") -> Text:
        """A part of what was paid went back."""
        return text(f"इसमें से {money(paise, currency)} लौटाए गए। बैंक में 5–7 कामकाजी दिनों में दिखेंगे।")

    def refund_under_way(self, paise: int, refund: str, currency: str = "INR") -> Text:
        """Money was sent back, and no bank has taken it yet."""
        return text(f"{money(paise, currency)} आपको लौटाए जा रहे हैं। रिफ़ंड ", code(refund))

    def refund_failed(self, paise: int, refund: str, currency: str = "INR") -> Text:
        """A bank did not take money that was sent back."""
        return text(
            f"{money(paise, currency)} लौटाए नहीं जा सके। पैसे हमारे पास सुरक्षित हैं, और संचालक को बता "
            "दिया गया है। रिफ़ंड ",
            code(refund),
        )

    def money_held(self, paise: int, payment: str, currency: str = "INR") -> Text:
        """More money came than the order needs."""
        return text(
            f"{money(paise, currency)} और आए, जो किसी ऑर्डर से मेल नहीं खाते। पैसे सुरक्षित हैं: "
            "संचालक या तो घंटा देंगे या पैसे लौटा देंगे। पेमेंट ",
            code(payment),
        )

    def checking(self) -> Text:
        """Answer "I've paid"."""
        return text("Razorpay से पूछ रहा हूँ… पेमेंट आते ही आपका कार्ड बदल जाएगा।")

    def cancelling(self) -> Text:
        """Answer the order's cancel button."""
        return text("लिंक बंद कर रहा हूँ; अगर आप पैसे दे चुके हैं, तो घंटा फिर भी मिलेगा।")
