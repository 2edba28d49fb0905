"""Clips: their price, their cards and captions, and why there is none."""

from chat.text import Span, Text, bold, code, italic, lines, quote, text
from handlers.texts.numbers import minutes, plural, short


class Videos:
    """What somebody reads whose picture or words become a clip."""

    animate = "Animate"
    start_video = "Start"
    own_picture = "your picture"

    def video_offer(
        self, prompt: str, seconds: int, resolution: str, count: int, left: int
    ) -> Text:
        """What a clip would cost; nothing is begun."""
        said: list[Span | str] = [
            quote(short(prompt)),
            italic(f"video · {seconds} s · {resolution.replace('x', '×')}"),
            bold(f"Costs {count} of {plural(left, 'video', 'videos')}."),
        ]
        if count == left:
            said.append("None is left in this hour after it.")
        return lines([*said, "Nothing is charged before you press Start."])

    def video_unsteered(self) -> Text:
        """Words beside a picture do not say how it moves."""
        return text(italic("The model decides what moves in the picture; words do not."))

    def video_starts_hour(self) -> Text:
        """No hour runs yet."""
        return text("Your hour begins with it.")

    def video_dropped(self, prompt: str) -> Text:
        """A clip was not begun."""
        return lines([quote(short(prompt)), "Not started. Nothing was charged."])

    def video_settled(self) -> Text:
        """A price card was answered before."""
        return text("This was answered before. Nothing more is charged.")

    def video_done(
        self, prompt: str, facts: str, count: int, left: int, limit: int, seconds_left: int
    ) -> Text:
        """A clip is ready; its caption."""
        if seconds_left > 0:
            hour = f"{left} of {limit} left · {plural(minutes(seconds_left), 'minute', 'minutes')}"
        else:
            hour = "your hour is over"
        taken = plural(count, "video", "videos")
        return lines([quote(short(prompt)), italic(facts), text(f"{taken} taken · {hour}")])

    def video_lost(self) -> Text:
        """The file of a finished clip is gone."""
        return text("The clip's file was lost; please tell the operator to give it back.")

    def no_videos(self) -> Text:
        """Nothing here draws clips."""
        return text(
            "I cannot make videos just now: no video model is set up here. Nothing was charged; ",
            code("/image"),
            " draws pictures.",
        )

    def video_too_long(self, limit: int) -> Text:
        """A clip of a length that has no price any more."""
        return text(
            f"A video can be {limit} s long at most. Nothing was charged; please ask for less."
        )
