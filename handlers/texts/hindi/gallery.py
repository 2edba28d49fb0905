"""Pictures of earlier: the list, and one shown again."""

from chat.text import Text, bold, code, italic, lines, quote, text
from handlers.texts.english import gallery
from handlers.texts.numbers import date_time, short


class Gallery(gallery.Gallery):
    """What somebody reads who looks for what they drew."""

    def pictures_found(self) -> Text:
        """A list, one button each."""
        return lines(
            [
                bold("आपकी तस्वीरें, नई सबसे पहले"),
                text("शब्दों से ढूँढने के लिए: ", code("/pictures boat")),
                "तस्वीर दोबारा देखने का कुछ नहीं लगता।",
            ]
        )

    def no_pictures(self, searched: str) -> Text:
        """There is none, or none with these words."""
        if searched:
            return lines([quote(short(searched)), "आपकी किसी तस्वीर में ये शब्द नहीं हैं।"])
        return lines(["अभी आपकी कोई तस्वीर नहीं है। पहली बनाएँ:", code("/image a boat at sunset")])

    def picture_again(self, prompt: str, resolution: str, seed: int, moment: int) -> Text:
        """The caption of a picture that is shown again."""
        size = resolution.replace("x", "×")
        facts = f"{size} · seed {seed} · {date_time(moment)}"
        return lines([quote(short(prompt)), italic(facts), "दोबारा देखने का कुछ नहीं कटा।"])
