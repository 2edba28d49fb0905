"""What does not agree with the gateway's books, for admins."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, bold, code, text
from handlers.texts.english import findings
from handlers.texts.numbers import date_time


class Findings(findings.Findings):
    """What a comparison has found."""

    findings: ClassVar[Mapping[str, str]] = {
        "unknown_order": "ऐसे ऑर्डर का पेमेंट है जो हिसाब में नहीं है, जैसे बैकअप लौटाने के बाद। "
        "/admin grant से घंटे दें, या Razorpay के डैशबोर्ड से पैसे लौटाएँ",
        "unsettled": "Razorpay में कुछ और है और हिसाब में कुछ और, दोबारा देखने से भी नहीं सुधरा",
        "other_amount": "की रकम Razorpay में कुछ और है और हिसाब में कुछ और",
        "missing": "हिसाब में है पर Razorpay के पेमेंट में नहीं",
        "silence": "को आख़िरी वेबहुक आया था, और उसके बाद पैसे आए हैं: Razorpay के डैशबोर्ड में "
        "देखें कि वेबहुक बंद तो नहीं",
        "payout": "से बैंक में उतने पैसे नहीं आए जितने उसकी लाइनों का जोड़ है: Razorpay के सपोर्ट से पूछें",
        "settled_otherwise": "का भुगतान हिसाब से अलग रकम या शुल्क के साथ हुआ",
        "unknown_refund": "रिफ़ंड के रूप में काटा गया, और हिसाब में ऐसा कोई रिफ़ंड नहीं",
        "deduction": "भुगतान से काटा गया, और हिसाब में कोई हारा हुआ विवाद इसे नहीं समझाता",
        "unsettled_payment": "हिसाब में है, और दस दिन बाद भी किसी सेटलमेंट रिपोर्ट में नहीं",
        "unsettled_refund": "हिसाब में लौटाया जा चुका है, और दस दिन बाद भी किसी सेटलमेंट रिपोर्ट में नहीं",
    }

    def alarm_found(self, finding: str, subject: str) -> Text:
        """Tell admins what does not agree with Razorpay's payments and payouts."""
        means = self.findings[finding]
        shown = date_time(int(subject)) if finding == "silence" else subject
        return text(bold("पेमेंट मेल नहीं खाते: "), code(shown), f" {means}।")
