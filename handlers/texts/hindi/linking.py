"""One wallet on both apps: its code, its questions, and what cannot be linked."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import linking
from handlers.texts.numbers import grouped, minutes


class Linking(linking.Linking):
    """What somebody reads who has two accounts."""

    link_now = "हाँ, एक ही बटुआ करें"
    open_other = "दूसरा ऐप खोलें"
    unlink_now = "हाँ, इस ऐप को अलग करें"

    def link_code(self, typed: str, limit: int) -> Text:
        """Answer /link."""
        return lines(
            [
                bold("दोनों ऐप पर एक ही बटुआ"),
                f"{grouped(limit)} मिनट के अंदर दूसरे ऐप पर मुझे यह भेजें:",
                code(f"/link {typed}"),
                "यह एक ही बार चलता है। किसी को न दें: जो इसे डालेगा, वह आपके घंटे बाँट सकता है।",
            ]
        )

    def link_question(self, here: str, mine: Text, there: str, theirs: Text) -> Text:
        """Show both wallets before they become one."""
        return lines(
            [
                bold(here),
                mine,
                "",
                bold(there),
                theirs,
                "",
                "क्या सारे घंटों, क्रेडिट और तस्वीरों के साथ इन्हें एक बटुआ कर दूँ?",
                "दोनों ओर घंटा चल रहा हो तो बेहतर वाला चलता रहेगा और दूसरा रुका रहेगा।",
                "दोनों खाते आपके हों तभी दबाएँ; नहीं तो कुछ न करें।",
            ]
        )

    def linked(self, names: str) -> Text:
        """Two accounts have become one."""
        return lines([text(bold("एक ही बटुआ ✓ "), names), "एक ऐप पर ख़रीदें, दूसरे पर बनाएँ।"])

    def unlink_question(self, here: str, others: str) -> Text:
        """Say what separating means."""
        return lines(
            [
                text(bold(here), " को अपना ख़ाली बटुआ मिलेगा।"),
                text("सारे घंटे, क्रेडिट और तस्वीरें ", bold(others), " के पास रहेंगी।"),
            ]
        )

    def unlinked(self) -> Text:
        """An account has a wallet of its own."""
        return text("अब इस ऐप का अपना बटुआ है। ", code("/link"), " से फिर जुड़ जाएँगे।")

    def nothing_to_link(self) -> Text:
        """There is no other platform."""
        return text("मैं सिर्फ़ इसी ऐप पर हूँ, इसलिए जोड़ने को कुछ नहीं है। कुछ नहीं कटा।")

    def already_linked(self) -> Text:
        """They are one already."""
        return text("आपके ऐप का बटुआ पहले से एक है। कुछ नहीं कटा; ", code("/unlink"), " से अलग होते हैं।")

    def same_platform(self) -> Text:
        """A code came back to where it was made."""
        return text("यह कोड इसी ऐप पर बना है। कुछ नहीं कटा; इसे दूसरे ऐप पर मुझे भेजें।")

    def linked_elsewhere(self) -> Text:
        """Two accounts on one platform cannot share a wallet."""
        return text(
            "इनमें से एक पहले से किसी और खाते से जुड़ा है। कुछ नहीं कटा, कुछ नहीं बदला; पहले वहाँ ",
            code("/unlink"),
            " भेजें।",
        )

    def wrong_code(self) -> Text:
        """No such code, or not any more."""
        return text(
            "यह कोड ग़लत है, इस्तेमाल हो चुका है या पुराना है। ",
            "कुछ नहीं कटा, कुछ नहीं बदला; नए के लिए दूसरे ऐप पर ",
            code("/link"),
            " भेजें।",
        )

    def too_many_codes(self, seconds: int) -> Text:
        """One wrong code after another."""
        wait = grouped(minutes(seconds))
        return text(f"बहुत सारे ग़लत कोड। कुछ नहीं कटा, कुछ नहीं बदला; {wait} मिनट बाद फिर कोशिश करें।")

    def not_linked(self) -> Text:
        """There is nothing to separate."""
        return text("इस ऐप का अपना बटुआ है। कुछ नहीं कटा; ", code("/link"), " से दूसरे के साथ जुड़ेगा।")
