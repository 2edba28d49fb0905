"""Pictures of earlier: the list, and one shown again."""

from chat.text import Text, bold, code, italic, lines, quote, text
from handlers.texts.numbers import date_time, short


class Gallery:
    """What somebody reads who looks for what they drew."""

    def pictures_found(self) -> Text:
        """A list, one button each."""
        return lines(
            [
                bold("Your pictures, the newest first"),
                text("To find one by its words: ", code("/pictures boat")),
                "Showing a picture again costs nothing.",
            ]
        )

    def no_pictures(self, searched: str) -> Text:
        """There is none, or none with these words."""
        if searched:
            return lines([quote(short(searched)), "No picture of yours has these words."])
        return lines(
            ["You have no pictures yet. Draw your first:", code("/image a boat at sunset")]
        )

    def picture_again(self, prompt: str, resolution: str, seed: int, moment: int) -> Text:
        """The caption of a picture that is shown again."""
        size = resolution.replace("x", "×")
        facts = f"{size} · seed {seed} · {date_time(moment)}"
        return lines([quote(short(prompt)), italic(facts), "Nothing is charged for showing it."])
