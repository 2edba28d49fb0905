"""Mistakes, theirs and ours: one sentence each, that says that nothing was charged."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import mistakes
from handlers.texts.numbers import grouped, minutes
from store.hours import Unit


class Mistakes(mistakes.Mistakes):
    """What somebody reads when something cannot be done."""

    def unknown_command(self, name: str) -> Text:
        """There is no such command."""
        return text(code(f"/{name}"), " मुझे नहीं आता। कुछ नहीं कटा; /help बताता है कि मैं क्या कर सकता हूँ।")

    def unknown_option(self, option: str, known: tuple[str, ...]) -> Text:
        """There is no such option."""
        listed = ", ".join(f"--{name}" for name in known)
        possible = f"ये चलते हैं: {listed}" if known else "इस कमांड में कोई विकल्प नहीं है"
        return text(code(option), f" मुझे समझ नहीं आया। {possible}। कुछ नहीं कटा।")

    def missing_prompt(self) -> Text:
        """A picture of what?"""
        return lines(
            [
                "बताइए क्या बनाना है, जैसे:",
                code("/image an orange cat in a meadow"),
                "कुछ नहीं कटा।",
            ]
        )

    def missing_scene(self) -> Text:
        """A clip of what?"""
        return lines(
            [
                "बताइए किसका वीडियो बनाना है, जैसे:",
                code("/video a boat on the sea at sunset"),
                "या यह कमांड किसी तस्वीर के साथ भेजें, या किसी तस्वीर के जवाब में।",
                "कुछ नहीं कटा।",
            ]
        )

    def missing_option(self, command: str, option: str) -> Text:
        """A command lacks something."""
        return text(code(f"/{command}"), " के साथ ", code(option), " भी चाहिए। कुछ नहीं कटा।")

    def missing_picture(self) -> Text:
        """A command needs a picture."""
        return text("यह कमांड किसी तस्वीर के साथ भेजें, या किसी तस्वीर के जवाब में। कुछ नहीं कटा।")

    def picture_gone(self) -> Text:
        """A picture that somebody sent could not be fetched."""
        return text(
            "वह तस्वीर मुझे नहीं मिल सकी: शायद वह हट चुकी है, या बहुत बड़ी है। कुछ नहीं कटा; कृपया फिर भेजें।"
        )

    def picture_unreadable(self) -> Text:
        """A file that somebody sent is no picture."""
        return text("वह फ़ाइल तस्वीर की तरह नहीं खुलती। कुछ नहीं कटा; कृपया कोई दूसरी तस्वीर भेजें।")

    def no_holes(self) -> Text:
        """Only what is see-through should be drawn, and nothing is."""
        return text(
            "वह तस्वीर कहीं भी पारदर्शी नहीं है। कुछ नहीं कटा; जो बनवाना है उसे मिटाकर "
            "फ़ाइल की तरह भेजें, फ़ोटो की तरह नहीं, या --fill हटा दें।"
        )

    def not_on_this_message(self) -> Text:
        """A menu was used on a message without a picture of ours."""
        return text(
            "यह मेरी बनाई तस्वीरों पर चलता है, उस संदेश पर जिसमें उनके बटन हैं। "
            "कुछ नहीं कटा; /image से तस्वीर बनती है।"
        )

    def bad_value(self, option: str, allowed: tuple[str, ...]) -> Text:
        """An option has a value it cannot have."""
        return text(code(option), f" में ये चलते हैं: {', '.join(allowed)}। कुछ नहीं कटा।")

    def too_long(self, option: str, length: str) -> Text:
        """Too many characters."""
        return text(code(option), f" में {length} अक्षर आ सकते हैं। कुछ नहीं कटा; थोड़ा छोटा करके भेजें।")

    def stale_button(self) -> Text:
        """A button of a version that is gone."""
        return text("यह बटन बहुत पुराना है। कुछ नहीं कटा; /help में देखें कि अब क्या चलता है।")

    def not_yours(self) -> Text:
        """Somebody pressed another's button."""
        return text("यह बटन किसी और का है। कुछ नहीं कटा; अपने लिए मुझे /start भेजें।")

    def not_found(self) -> Text:
        """A button whose subject is gone, or not there yet."""
        return text("यहाँ दिखाने को कुछ नहीं है। कुछ नहीं कटा।")

    def already_finished(self) -> Text:
        """Too late to cancel."""
        return text("देर हो गई: यह काम पूरा हो चुका है; क्या कटा, उसी संदेश में लिखा है।")

    def no_hour(self) -> Text:
        """A picture without an hour."""
        return text("इसके लिए एक घंटा चाहिए। कुछ नहीं कटा।")

    def credits_spent(self, unit: Unit, limit: int) -> Text:
        """The hour's credits are used up."""
        name = {"image": "तस्वीरें", "video": "वीडियो", "token": "टेक्स्ट टोकन"}[unit]
        if limit == 0:
            return text(f"आपके प्लान में {name} नहीं हैं। कुछ नहीं कटा।")
        return lines(
            [
                text(bold(f"इस घंटे की सभी {grouped(limit)} {name} इस्तेमाल हो चुकी हैं।"))
                if unit == "image"
                else text(bold(f"इस घंटे के सभी {grouped(limit)} {name} इस्तेमाल हो चुके हैं।")),
                "कुछ नहीं कटा। अगला घंटा पूरे क्रेडिट से शुरू होता है।",
            ]
        )

    def not_enough_for_all(self, count: int, possible: int) -> Text:
        """There are credits for some of the pictures."""
        return text(f"{count} तस्वीरें माँगी गईं, और क्रेडिट {possible} के लिए हैं। कुछ नहीं कटा; कृपया कम माँगें।")

    def too_many_jobs(self, limit: int) -> Text:
        """One person's pictures fill the queue."""
        return text(f"आपकी {limit} तस्वीरें अभी बन रही हैं। कुछ नहीं कटा; एक बन जाए तो यह फिर भेजें।")

    def queue_full(self, waiting: int) -> Text:
        """Everybody's pictures and clips fill the queue."""
        return text(
            f"अभी {grouped(waiting)} तस्वीरें और वीडियो कतार में हैं, इससे ज़्यादा नहीं ले सकता। "
            "कुछ नहीं कटा; कुछ मिनट बाद यह फिर भेजें।"
        )

    def prompt_blocked(self, entry: str) -> Text:
        """Words that the operator does not let people draw."""
        return text("मैं ", code(entry), " नहीं बनाता। कुछ नहीं कटा; इसे हटाकर फिर भेजें।")

    def bad_request(self) -> Text:
        """The engine refuses the request as it stands."""
        return text("मॉडल इसे इस रूप में नहीं बना सकता। कुछ नहीं कटा; शब्द या विकल्प बदलकर देखें।")

    def cannot_answer_here(self) -> Text:
        """The bot may not show its answer in this channel."""
        return text(
            "मुझे इस चैनल में तस्वीरें दिखाने की इजाज़त नहीं है। "
            "कुछ नहीं कटा; मुझे निजी चैट में लिखें, या एडमिन से इजाज़त दिलाएँ।"
        )

    def payments_off(self) -> Text:
        """Nothing can be sold."""
        return text("इस बॉट पर पेमेंट बंद हैं। कुछ नहीं कटा।")

    def account_held(self, payment: str) -> Text:
        """Their bank is asked to take a payment back."""
        return text(
            "आपके बैंक से यह पेमेंट वापस लेने को कहा गया है: ",
            code(payment),
            "। कुछ नहीं कटा। बैंक के फ़ैसले तक आपके घंटे रुके रहेंगे और नया कुछ न खरीदा जा सकता है, न "
            "बनाया; अगर यह भूल से हुआ, तो बैंक में उसे वापस लें और यहाँ लिखें: ",
            code("/paysupport"),
        )

    def too_many_orders(self, seconds: int) -> Text:
        """One order after another."""
        wait = grouped(minutes(seconds))
        return text(
            "आपने एक घंटे में बहुत सारे ऑर्डर खोले हैं। कुछ नहीं कटा, "
            f"आपके घंटे जैसे थे वैसे ही हैं; {wait} मिनट बाद फिर कोशिश करें।"
        )

    def gateway_resting(self, seconds: int) -> Text:
        """Razorpay does not work."""
        wait = grouped(max(1, minutes(seconds)))
        return text(
            "Razorpay अभी मुझसे पेमेंट नहीं ले रहा। कुछ नहीं कटा, "
            f"आपके घंटे जैसे थे वैसे ही हैं; {wait} मिनट बाद फिर कोशिश करें।"
        )

    def store_unavailable(self) -> Text:
        """The database refuses to write."""
        return text("मैं अभी कुछ सहेज नहीं पा रहा। कुछ नहीं कटा; थोड़ी देर में फिर कोशिश करें।")

    def unexpected(self, incident: str) -> Text:
        """A mistake of ours."""
        return text(
            "मेरी तरफ़ से कुछ गड़बड़ हो गई। कुछ नहीं कटा। फिर हो तो संचालक को यह बताएँ: ",
            code(incident),
        )
