"""Receipts: the names of what stands on them, in the chat and on paper."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Text, code, text
from handlers.texts.english import receipts
from handlers.texts.english.receipts import Document, ReceiptField


class Receipts(receipts.Receipts):
    """What a payer keeps."""

    receipt = "रसीद"
    receipt_titles: ClassVar[Mapping[Document, str]] = {
        "receipt": "रसीद",
        "invoice": "कर बीजक (Tax invoice)",
    }
    receipt_names: ClassVar[Mapping[ReceiptField, str]] = {
        "serial": "नंबर",
        "date": "तारीख़",
        "seller": "विक्रेता",
        "address": "पता",
        "contact": "संपर्क",
        "gstin": "GSTIN",
        "buyer": "ख़रीदार",
        "state": "आपूर्ति का राज्य",
        "order": "ऑर्डर",
        "payment": "पेमेंट",
        "method": "भुगतान का तरीका",
        "item": "किसके लिए",
        "discount": "छूट, पहले ही घटाई हुई",
        "sac": "SAC",
        "taxable": "कर योग्य मूल्य",
        "cgst": "CGST 9%",
        "sgst": "SGST 9%",
        "utgst": "UTGST 9%",
        "igst": "IGST 18%",
        "total": "कुल",
        "refunded": "लौटाए गए",
    }
    receipt_notes: ClassVar[Mapping[Document, str]] = {
        "receipt": "कंप्यूटर से बनी रसीद; हस्ताक्षर की ज़रूरत नहीं।",
        "invoice": "कंप्यूटर से बना बीजक; हस्ताक्षर की ज़रूरत नहीं। रिवर्स चार्ज: नहीं।",
    }

    more_states = "और राज्य…"

    def ask_state(self) -> Text:
        """What the tax wants to know before anything is sold."""
        return text(
            "आप किस राज्य में रहते हैं? बिल में यह लिखना ज़रूरी है; एक ही बार पूछता हूँ, और ",
            code("/state"),
            " से बदल सकते हैं। कुछ नहीं कटा।",
        )

    def state_kept(self, state: str) -> Text:
        """The answer was kept."""
        return text(f"लिख लिया: {state}। आगे के बिलों में यही होगा; प्लान देखने के लिए ", code("/buy"))

    def no_receipt(self) -> Text:
        """Nothing was paid, or not by this person."""
        return text(
            "इस नाम से आपका कोई पेमेंट नहीं मिला। कुछ नहीं कटा। ",
            code("/receipt"),
            " से आपकी पिछली रसीद दिखती है।",
        )
