"""Terms, privacy, refunds, contact, complaints: written from the operator's own particulars."""

from collections.abc import Mapping
from typing import ClassVar

from billing.business import BusinessSettings
from chat.text import Text, bold, code, lines, text
from handlers.texts.english import legal
from handlers.texts.english.legal import Page


class Legal(legal.Legal):
    """What the law wants a shop to say; short enough for one message on every platform."""

    open_page = "पेज पर देखें"
    legal_titles: ClassVar[Mapping[Page, str]] = {
        "terms": "उपयोग की शर्तें",
        "privacy": "निजता",
        "refunds": "रिफ़ंड और रद्द करना",
        "contact": "संपर्क",
        "grievance": "शिकायत",
    }

    def seller(self, business: BusinessSettings) -> str:
        """Who sells."""
        return business.name or "इस बॉट के संचालक"

    def _since(self, business: BusinessSettings) -> list[str]:
        date = business.effective_date
        return ["", f"{date} से लागू।"] if date else []

    def terms(self, business: BusinessSettings, keep_days: int) -> Text:
        """Answer /terms."""
        courts = f"; न्यायालय {business.state} के" if business.state else ""
        return lines(
            [
                text(
                    f"{self.seller(business)} यहाँ घंटे बेचते हैं, जिनमें यह बॉट आपके लिए तस्वीरें बनाता "
                    "है। इसका उपयोग करने वाला इन बातों से सहमत है:"
                ),
                "",
                text(
                    bold("आप क्या ख़रीदते हैं। "),
                    "किसी प्लान का एक घंटा, उतनी तस्वीरों, वीडियो और टेक्स्ट टोकन के साथ जितने ",
                    code("/buy"),
                    " में लिखे हैं। दाम रुपयों में हैं और उनमें सारे कर शामिल हैं। जो घंटा शुरू नहीं हुआ वह "
                    f"{keep_days} दिन रखा रहता है; समय पूरा होने पर जो बचा हो, वह भी ख़त्म हो जाता है।",
                ),
                text(
                    bold("हमारी ज़िम्मेदारी। "),
                    "जो तस्वीर न बने, उसका कुछ नहीं कटता। बॉट जितनी देर बंद रहा, और जितनी लंबी "
                    "प्रतीक्षा हुई, उतना समय आपके घंटे में जोड़ दिया जाता है।",
                ),
                text(
                    bold("क्या मना है। "),
                    "भारत के क़ानून के ख़िलाफ़ कुछ भी; नाबालिगों की यौन तस्वीरें; असली लोगों के बारे में धोखा "
                    "देने या उन्हें नुक़सान पहुँचाने वाली तस्वीरें; सीमाओं से बचना या पहुँच बेचना। ऐसा करने "
                    "वाले की पहुँच बंद की जा सकती है।",
                ),
                text(
                    bold("तस्वीरें। "),
                    "इन्हें मशीन बनाती है: वे ग़लत या किसी और जैसी हो सकती हैं। आप उनका क्या करते हैं, यह "
                    "आपकी ज़िम्मेदारी है।",
                ),
                text(
                    bold("देनदारी। "),
                    "जहाँ तक क़ानून अनुमति दे, उतनी ही जितना आपने उस घंटे के लिए दिया।",
                ),
                text(bold("उम्र और क़ानून। "), f"आप 18 या उससे बड़े हैं। भारत का क़ानून लागू है{courts}।"),
                *self._since(business),
            ]
        )

    def privacy(self, business: BusinessSettings, *, elsewhere: bool) -> Text:
        """Answer /privacy."""
        write = f" लिखें: {business.email}" if business.email else ""
        drawn = (
            " बनाने के लिए आपके शब्द और आपकी भेजी तस्वीर संचालक के चुने दूसरे सर्वरों पर जा सकते हैं।"
            if elsewhere
            else ""
        )
        return lines(
            [
                text(f"आपके डेटा के लिए {self.seller(business)} ज़िम्मेदार हैं।"),
                "",
                text(
                    bold("क्या रखा जाता है। "),
                    "इस ऐप में आपके खाते का नंबर, नाम और भाषा; आपके ऑर्डर और पेमेंट; आपने जो बनवाया और "
                    "उसकी तस्वीरें।",
                ),
                text(
                    bold("पेमेंट। "),
                    "पैसे आप पेमेंट कंपनी के पेज पर देते हैं। कार्ड का नंबर हम कभी नहीं देखते। वह हमें रकम, "
                    "पैसे देने का तरीका, और वहाँ दिया गया फ़ोन नंबर, ई-मेल या UPI पता बताती है।",
                ),
                text(
                    bold("किसलिए। "),
                    "तस्वीर बनाने, सही पैसे काटने, आपको जवाब देने और क़ानून के अनुसार हिसाब रखने के लिए। कुछ "
                    "भी बेचा नहीं जाता, और कोई विज्ञापन नहीं है।",
                ),
                text(
                    bold("कहाँ। "),
                    "संचालक के अपने डेटाबेस और फ़ाइलों में। जिस ऐप से आप लिखते हैं और पेमेंट कंपनी के अपने "
                    "नियम हैं। तस्वीरें निजी हैं: उनके लिंक सिर्फ़ आपके लिए होते हैं और एक दिन बाद नहीं चलते।",
                    drawn,
                ),
                text(
                    bold("आपके अधिकार। "),
                    "आप पूछ सकते हैं कि क्या रखा है, और उसे ठीक करा या मिटवा सकते हैं; सिर्फ़ वही रहता है जो "
                    f"कर क़ानून के लिए रखना ज़रूरी है।{write}",
                ),
                *self._since(business),
            ]
        )

    def refund_policy(self, business: BusinessSettings, keep_days: int) -> Text:
        """Answer /refunds."""
        write = f"{business.email} पर लिखें" if business.email else "लिखें"
        return lines(
            [
                text(
                    bold("घंटा शुरू होने से पहले "),
                    f"पैसे देने के {keep_days} दिन के अंदर आप उन्हें वापस ले सकते हैं: {write} और ऑर्डर का "
                    "नंबर बताएँ।",
                ),
                text(
                    bold("शुरू होने के बाद "),
                    "पैसे नहीं लौटते, सिवाय वहाँ जहाँ चूक हमारी हो: जो तस्वीर न बनी उसका कुछ नहीं कटता, और "
                    "बॉट बंद रहने का समय वापस मिलता है; जब तक कुछ न बन सके, घंटे रुके रहते हैं या आप चाहें तो "
                    "उनके पैसे लौटते हैं।",
                ),
                text(
                    bold("दो बार, देर से, या दूसरी रकम दे दी? "),
                    "जो पैसे किसी ऑर्डर से मेल नहीं खाते, उनका घंटा दिया जाता है या वे बिना कहे लौटा दिए "
                    "जाते हैं।",
                ),
                text(
                    bold("कैसे। "),
                    "उसी खाते में जिससे आपने दिए, और कहीं नहीं। बैंक में 5–7 कामकाजी दिनों में दिखते हैं; ऑर्डर "
                    "का संदेश बताता है कि कब भेजे गए।",
                ),
                text(
                    bold("पैसे कट गए और घंटा नहीं मिला? "),
                    "जो पेमेंट बीच में रुक गया, उसे आपका बैंक आम तौर पर 5 कामकाजी दिनों में लौटा देता है। "
                    "ऑर्डर रद्द करने का कुछ नहीं लगता।",
                ),
                *self._since(business),
            ]
        )

    contact_names: ClassVar[Mapping[str, str]] = {
        "name": "विक्रेता",
        "address": "पता",
        "email": "ई-मेल",
        "phone": "फ़ोन",
        "gstin": "GSTIN",
    }

    def contact(self, business: BusinessSettings) -> Text:
        """Answer /contact."""
        shown = [
            text(bold(f"{label}: "), value)
            for field, label in self.contact_names.items()
            if (value := getattr(business, field))
        ]
        return lines(shown or [text("संचालक ने अभी अपना पता नहीं लिखा है।")])

    def grievance(self, business: BusinessSettings) -> Text:
        """Answer /grievance."""
        reach = [way for way in (business.email, business.phone, business.address) if way]
        return lines(
            [
                text(
                    bold("शिकायत अधिकारी: "),
                    business.grievance_officer or self.seller(business),
                ),
                *reach,
                "",
                text(
                    "क्या हुआ, यह ऑर्डर के नंबर के साथ लिखें। 48 घंटे में शिकायत के नंबर के साथ पावती मिलती "
                    "है, और 1 महीने में निपटारा होता है।"
                ),
                text("उससे काम न बने तो राष्ट्रीय उपभोक्ता हेल्पलाइन 1915 पर बात करें।"),
            ]
        )
