"""The hour: what runs, what waits, what is used."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import hours
from handlers.texts.numbers import bar, clock_time, grouped, minutes, plural


class HourTexts(hours.HourTexts):
    """What somebody with hours reads."""

    show_session = "मेरा घंटा"
    start_hour = "मेरा घंटा शुरू करें"
    next_hour = "मेरा अगला घंटा शुरू करें"

    def session_none(self) -> Text:
        """Answer /session of someone without hours."""
        return text("आपके पास अभी कोई घंटा नहीं है। जब तक आप ख़रीदें नहीं, कुछ नहीं कटेगा।")

    def session_running(self, plan: str, seconds_left: int, ends_at: int) -> Text:
        """The headline of a running hour."""
        left = grouped(minutes(seconds_left))
        return text(bold(plan), f" · {left} मिनट बाकी, {clock_time(ends_at)} बजे तक")

    def session_unstarted(self, counts: list[tuple[str, int]]) -> Text:
        """The hours that wait."""
        listed = ", ".join(f"{count} × {plan}" for plan, count in counts)
        return text(f"अभी शुरू नहीं हुए: {listed}")

    def session_waiting(self, plan: str, seconds_left: int) -> Text:
        """An hour that a higher plan interrupted."""
        left = grouped(minutes(seconds_left))
        return text(f"{plan} के {left} मिनट बचे हैं; वह इसके बाद फिर चलेगा")

    def usage_images(self, used: int, limit: int) -> Text:
        """How many pictures of the hour are used."""
        return text(code(bar(used, limit)), f" {used} / {limit} तस्वीरें")

    def usage_videos(self, used: int, limit: int) -> Text:
        """How many videos of the hour are used."""
        return text(code(bar(used, limit)), f" {used} / {limit} वीडियो")

    def usage_tokens(self, used: int, limit: int) -> Text:
        """How many text tokens of the hour are used."""
        return text(code(bar(used, limit)), f" {grouped(used)} / {grouped(limit)} टेक्स्ट टोकन")

    def carry_over(self, images: int) -> Text:
        """Credits that came back after their hour."""
        pictures = plural(images, "तस्वीर", "तस्वीरें")
        return text(
            f"घंटा पूरा होने के बाद लौटी: {pictures}। आपका अगला ", code("/image"), " इसी से चलेगा"
        )

    def carry_over_videos(self, videos: int) -> Text:
        """Video credits that came back after their hour."""
        return text(
            f"घंटा पूरा होने के बाद लौटा: {grouped(videos)} वीडियो। आपका अगला ",
            code("/video"),
            " इसी से चलेगा",
        )

    def hour_started(self, plan: str, ends_at: int) -> Text:
        """An hour begins."""
        return lines(
            [
                text(bold(f"आपका {plan} घंटा चल रहा है"), f", {clock_time(ends_at)} बजे तक।"),
                text("लिखकर देखें: ", code("/image a beautiful sunset over mountains")),
            ]
        )

    def nothing_to_start(self, *, is_running: bool) -> Text:
        """No hour can be started now."""
        if is_running:
            return text("आपका घंटा पहले से चल रहा है, यह उसकी जगह नहीं ले सकता। कुछ नहीं कटा।")
        return text("यहाँ शुरू करने के लिए कोई घंटा नहीं है। कुछ नहीं कटा; प्लान /buy में हैं।")
