"""What the operator reads: people, orders and money."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import admin
from handlers.texts.numbers import date_time, money, plural


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
                text(code("/admin dispute pay_…"), " बैंक के लिए छपे हुए सबूत"),
                text(code("/admin coupon DIWALI 20% uses 100 until 2026-12-31"), " कूपन बनाना"),
                text(code("/admin coupon DIWALI stop"), ", ", code("/admin coupons"), " सूची"),
                text(code("/admin blocked"), " किसने ऐसे शब्द भेजे जो नहीं बनाए जाते"),
                text(code("/admin health"), " तस्वीरें कौन बना रहा है, और हाल कैसा है"),
                text(code("/admin invariants"), " हिसाब सही है या नहीं"),
            ]
        )

    def alarm_refund_failed(
        self, paise: int, payment: str, refund: str, currency: str = "INR"
    ) -> Text:
        """Tell admins of a refund that no bank took."""
        return text(
            bold("एक रिफ़ंड नहीं हो सका: "),
            code(payment),
            f" के {money(paise, currency)}, रिफ़ंड ",
            code(refund),
            "। पैसे अभी आपके पास हैं; फिर कोशिश करने के लिए ",
            code(f'/admin refund {payment} "why"'),
        )

    def alarm_held(self, amount: str, payment: str) -> Text:
        """Tell admins of money that fits nothing."""
        return text(
            bold("पैसे जो किसी ऑर्डर के नहीं: "),
            f"{amount}, ",
            code(payment),
            "। वे सुरक्षित हैं; फ़ैसला करने के लिए ",
            code("/admin suspense"),
            "।",
        )

    def alarm_dispute(self, payment: str, status: str, respond_by: int | None) -> Text:
        """Tell admins of a payer's complaint to a bank."""
        until = f" {date_time(respond_by)} तक जवाब दें।" if respond_by else ""
        return text(
            bold("एक पेमेंट पर विवाद है: "),
            code(payment),
            ", ",
            code(status),
            f"।{until} सबूत Razorpay के डैशबोर्ड में दें।",
        )

    def alarm_dispute_soon(self, payment: str, respond_by: int) -> Text:
        """Remind admins of a dispute that nobody has answered."""
        return text(
            bold("इस विवाद का जवाब अभी बाकी है: "),
            code(payment),
            f", {date_time(respond_by)} तक। सबूत यहाँ से छपता है: ",
            code(f"/admin dispute {payment}"),
        )

    def alarm_gateway_down(self, name: str, trouble: str) -> Text:
        """Tell admins that a gateway is left alone."""
        return text(
            bold(f"{name} काम नहीं कर रहा: "),
            code(trouble),
            "। ठीक होने तक कुछ नहीं बिकेगा; बार-बार कोशिश होती रहेगी। हाल देखने के लिए ",
            code("/admin health"),
            "।",
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

    def admin_honour(self, tail: str) -> str:
        """Let held money buy what was ordered."""
        return f"मान लें …{tail}"

    def admin_send_back(self, tail: str) -> str:
        """Return held money."""
        return f"लौटाएँ …{tail}"

    def admin_ask_honour(self, payment: str, what: str) -> Text:
        """Ask whether held money shall buy what was ordered."""
        return lines(
            [
                text(code(payment), " से ", bold(what), " दे दें?"),
                "घंटे मिल जाएँगे, और ग्राहक को बता दिया जाएगा।",
            ]
        )

    def admin_honoured(self, payment: str, order: str) -> Text:
        """Held money has bought what was ordered."""
        return text(bold("मान लिया ✓ "), code(payment), " से ऑर्डर ", code(order), " ख़रीदा गया")

    def admin_not_honourable(self) -> Text:
        """Held money that cannot buy anything."""
        return text(
            "यह पेमेंट नहीं माना जा सकता: यह किसी बिना पैसे दिए ऑर्डर की ठीक रकम नहीं है, या लौटाया जा "
            "रहा है। कुछ नहीं बदला; लौटाने के लिए ",
            code("/admin refund"),
        )

    def admin_ask_grant(self, target: str, what: str, reason: str) -> Text:
        """Ask whether to give hours."""
        return lines([text(code(target), " को ", bold(what), " दें?"), f"“{reason}”"])

    def admin_granted(self, target: str, what: str, order: str) -> Text:
        """Hours were given."""
        return text(bold("दे दिया ✓ "), code(target), f" को {what}, ऑर्डर ", code(order))

    def admin_ask_refund(
        self, payment: str, paise: int, left: int, reason: str, currency: str = "INR"
    ) -> Text:
        """Ask whether to send money back."""
        return lines(
            [
                text(
                    code(payment),
                    f" के {money(left, currency)} में से ",
                    bold(money(paise, currency)),
                    " लौटाएँ?",
                ),
                f"“{reason}”",
            ]
        )

    def admin_refund_takes(self, begun: int, unbegun: int) -> Text:
        """What becomes of the hours when all of the money goes back."""
        return text(f"इसके {begun} घंटे शुरू हो चुके हैं और रहेंगे; {unbegun} शुरू नहीं हुए और वापस ले लिए जाएँगे।")

    def admin_refunding(self, payment: str, paise: int, refund: str, currency: str = "INR") -> Text:
        """Money is on its way back."""
        return text(
            bold("लौटाए जा रहे हैं ✓ "),
            code(payment),
            f" के {money(paise, currency)}, रिफ़ंड ",
            code(refund),
        )

    def admin_not_refundable(self, left: int, currency: str = "INR") -> Text:
        """More than can be sent back."""
        return text(f"इस पेमेंट के {money(left, currency)} लौटाए जा सकते हैं। कुछ नहीं बदला।")

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

    def admin_engine(self, running: int, queued: int, *, is_ready: bool) -> Text:
        """How drawing is doing."""
        ready = "तैयार ✓" if is_ready else "तैयार नहीं ✗"
        return text(bold(f"तस्वीरें बनाना: {ready}"), f" · {running} बन रही हैं, {queued} इंतज़ार में")

    def admin_backend(self, name: str, drawn: int, failed: int, rest_s: int, trouble: str) -> Text:
        """One of several back ends."""
        state = f"{rest_s} सेकंड तक आराम पर" if rest_s else "काम में"
        last = text(", पिछली दिक्कत ", code(trouble)) if trouble else ""
        return text(code(name), f": {state} · {drawn} बनीं, {failed} नहीं बनीं", last)

    def admin_gateway(self, name: str, rest_s: int, trouble: str) -> Text:
        """How a payment gateway is doing."""
        state = f"{rest_s} सेकंड तक आराम पर" if rest_s else "काम में"
        last = text(", पिछली दिक्कत ", code(trouble)) if trouble else ""
        return text(bold(f"पेमेंट: {name}"), f" · {state}", last)

    def admin_sound(self, checks: int) -> Text:
        """No invariant is broken."""
        return text(bold("हिसाब सही है ✓ "), plural(checks, "जाँच", "जाँचें"))

    def admin_breaches(self, broken: int) -> Text:
        """Invariants are broken."""
        return text(bold(f"हिसाब में गड़बड़ है: {plural(broken, 'जगह', 'जगहें')}"))
