"""What the operator reads: people, orders and money."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import admin
from handlers.texts.numbers import plural, rupees


class Admin(admin.Admin):
    """Answers to /admin."""

    admin_confirm = "हाँ, करें"
    admin_drop = "नहीं"

    def admin_usage(self) -> Text:
        """Answer /admin alone."""
        return lines(
            [
                bold("एडमिन के लिए"),
                text(code("/admin user telegram:123456"), " एक व्यक्ति, उनके घंटे और ऑर्डर"),
                text(code('/admin grant telegram:123456 flash 2 "why"'), " घंटे देना"),
                text(
                    code("/admin orders paid"), " सबसे नए; या ", code("open"), ", ", code("review")
                ),
                text(code("/admin order ord_…"), " एक ऑर्डर और उसके पैसे"),
                text(code('/admin refund pay_… 50 "why"'), " रकम न लिखें तो पूरे पैसे"),
                text(code("/admin suspense"), " पैसे जो किसी ऑर्डर से मेल नहीं खाते"),
                text(code("/admin invariants"), " हिसाब सही है या नहीं"),
            ]
        )

    def admin_unknown(self, target: str) -> Text:
        """An id that names nothing."""
        return text(code(target), " नाम का कुछ नहीं मिला। कुछ नहीं बदला।")

    def admin_nothing(self) -> Text:
        """An empty list."""
        return text("ऐसा कुछ नहीं है।")

    def admin_suspense(self, count: int) -> Text:
        """The headline of money that fits nothing."""
        return text(
            bold(f"किसी ऑर्डर से मेल न खाने वाले {plural(count, 'पेमेंट', 'पेमेंट')}"),
            ", लौटाने के लिए: ",
            code('/admin refund pay_… "why"'),
        )

    def admin_ask_grant(self, target: str, what: str, reason: str) -> Text:
        """Ask whether to give hours."""
        return lines([text(code(target), " को ", bold(what), " दें?"), f"“{reason}”"])

    def admin_granted(self, target: str, what: str, order: str) -> Text:
        """Hours were given."""
        return text(bold("दे दिया ✓ "), code(target), f" को {what}, ऑर्डर ", code(order))

    def admin_ask_refund(self, payment: str, paise: int, left: int, reason: str) -> Text:
        """Ask whether to send money back."""
        return lines(
            [
                text(code(payment), f" के {rupees(left)} में से ", bold(rupees(paise)), " लौटाएँ?"),
                f"“{reason}”",
            ]
        )

    def admin_refund_takes(self, begun: int, unbegun: int) -> Text:
        """What becomes of the hours when all of the money goes back."""
        return text(f"इसके {begun} घंटे शुरू हो चुके हैं और रहेंगे; {unbegun} शुरू नहीं हुए और वापस ले लिए जाएँगे।")

    def admin_refunding(self, payment: str, paise: int, refund: str) -> Text:
        """Money is on its way back."""
        return text(
            bold("लौटाए जा रहे हैं ✓ "), code(payment), f" के {rupees(paise)}, रिफ़ंड ", code(refund)
        )

    def admin_not_refundable(self, left: int) -> Text:
        """More than can be sent back."""
        return text(f"इस पेमेंट के {rupees(left)} लौटाए जा सकते हैं। कुछ नहीं बदला।")

    def admin_refunded_before(self, refund: str) -> Text:
        """The same reason again may be the same refund again."""
        return text(
            "इस पेमेंट का इसी कारण से रिफ़ंड पहले से है: ",
            code(refund),
            "। कुछ नहीं बदला; अगर यह दूसरा रिफ़ंड है, तो कारण अलग लिखें।",
        )

    def admin_dropped(self) -> Text:
        """An admin changed their mind."""
        return text("रहने दिया। कुछ नहीं बदला।")

    def admin_settled(self) -> Text:
        """The button was pressed before."""
        return text("इसका जवाब पहले दिया जा चुका है। अब कुछ नहीं बदला।")

    def admin_sound(self, checks: int) -> Text:
        """No invariant is broken."""
        return text(bold("हिसाब सही है ✓ "), plural(checks, "जाँच", "जाँचें"))

    def admin_breaches(self, broken: int) -> Text:
        """Invariants are broken."""
        return text(bold(f"हिसाब में गड़बड़ है: {plural(broken, 'जगह', 'जगहें')}"))
