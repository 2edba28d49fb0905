"""Clips: their price, their cards and captions, and why there is none."""

from chat.text import Span, Text, bold, code, italic, lines, quote, text
from handlers.texts.english import videos
from handlers.texts.numbers import grouped, minutes, short


class Videos(videos.Videos):
    """What somebody reads whose picture or words become a clip."""

    animate = "वीडियो बनाएँ"
    start_video = "शुरू करें"
    own_picture = "आपकी तस्वीर"

    def video_offer(
        self, prompt: str, seconds: int, resolution: str, count: int, left: int
    ) -> Text:
        """What a clip would cost; nothing is begun."""
        said: list[Span | str] = [
            quote(short(prompt)),
            italic(f"वीडियो · {seconds} सेकंड · {resolution.replace('x', '×')}"),
            bold(f"{count} वीडियो कटेगा, आपके पास {grouped(left)} हैं।"),
        ]
        if count == left:
            said.append("इसके बाद इस घंटे में कोई वीडियो नहीं बचेगा।")
        return lines([*said, "शुरू दबाने से पहले कुछ नहीं कटेगा।"])

    def video_unsteered(self) -> Text:
        """Words beside a picture do not say how it moves."""
        return text(italic("तस्वीर में क्या हिलेगा, यह मॉडल तय करता है, शब्द नहीं।"))

    def video_starts_hour(self) -> Text:
        """No hour runs yet."""
        return text("आपका घंटा इसी से शुरू होगा।")

    def video_dropped(self, prompt: str) -> Text:
        """A clip was not begun."""
        return lines([quote(short(prompt)), "शुरू नहीं किया। कुछ नहीं कटा।"])

    def video_settled(self) -> Text:
        """A price card was answered before."""
        return text("इसका जवाब पहले ही मिल चुका है। और कुछ नहीं कटेगा।")

    def video_done(
        self, prompt: str, facts: str, count: int, left: int, limit: int, seconds_left: int
    ) -> Text:
        """A clip is ready; its caption."""
        if seconds_left > 0:
            hour = f"{limit} में से {left} बाकी · {grouped(minutes(seconds_left))} मिनट"
        else:
            hour = "आपका घंटा पूरा हुआ"
        return lines([quote(short(prompt)), italic(facts), text(f"{count} वीडियो कटा · {hour}")])

    def video_lost(self) -> Text:
        """The file of a finished clip is gone."""
        return text("वीडियो की फ़ाइल खो गई; संचालक से कहें कि वे क्रेडिट लौटा दें।")

    def no_videos(self) -> Text:
        """Nothing here draws clips."""
        return text(
            "मैं अभी वीडियो नहीं बना सकता: यहाँ वीडियो का मॉडल नहीं है। कुछ नहीं कटा; ",
            code("/image"),
            " से तस्वीर बनती है।",
        )

    def video_too_long(self, limit: int) -> Text:
        """A clip of a length that has no price any more."""
        return text(f"वीडियो {limit} सेकंड तक का हो सकता है। कुछ नहीं कटा; कृपया कम माँगें।")
