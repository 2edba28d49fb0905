"""The hour: what runs, what waits, what is used."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import bar, clock_time, grouped, minutes, plural


class HourTexts:
    """What somebody with hours reads."""

    show_session = "My hour"
    start_hour = "Start my hour"
    next_hour = "Start my next hour"

    def session_none(self) -> Text:
        """Answer /session of someone without hours."""
        return text("You have no hour yet. Nothing is charged until you buy one.")

    def session_running(self, plan: str, seconds_left: int, ends_at: int) -> Text:
        """The headline of a running hour."""
        left = plural(minutes(seconds_left), "minute", "minutes")
        return text(bold(plan), f" · {left} left, until {clock_time(ends_at)}")

    def session_unstarted(self, counts: list[tuple[str, int]]) -> Text:
        """The hours that wait."""
        listed = ", ".join(f"{count} × {plan}" for plan, count in counts)
        return text(f"Not started yet: {listed}")

    def session_waiting(self, plan: str, seconds_left: int) -> Text:
        """An hour that a higher plan interrupted."""
        left = plural(minutes(seconds_left), "minute", "minutes")
        return text(f"{plan} waits with {left} and goes on afterwards")

    def usage_images(self, used: int, limit: int) -> Text:
        """How many pictures of the hour are used."""
        return text(code(bar(used, limit)), f" {used} / {limit} pictures")

    def usage_videos(self, used: int, limit: int) -> Text:
        """How many videos of the hour are used."""
        return text(code(bar(used, limit)), f" {used} / {limit} videos")

    def usage_tokens(self, used: int, limit: int) -> Text:
        """How many text tokens of the hour are used."""
        return text(code(bar(used, limit)), f" {grouped(used)} / {grouped(limit)} text tokens")

    def carry_over(self, images: int) -> Text:
        """Picture credits that came back after their hour."""
        pictures = plural(images, "picture", "pictures")
        return text(f"Came back after its hour: {pictures}. Your next ", code("/image"), " uses it")

    def carry_over_videos(self, videos: int) -> Text:
        """Video credits that came back after their hour."""
        clips = plural(videos, "video", "videos")
        return text(f"Came back after its hour: {clips}. Your next ", code("/video"), " uses it")

    def hour_started(self, plan: str, ends_at: int) -> Text:
        """An hour begins."""
        return lines(
            [
                text(bold(f"Your {plan} hour is running"), f" until {clock_time(ends_at)}."),
                text("Try ", code("/image a beautiful sunset over mountains")),
            ]
        )

    def nothing_to_start(self, *, is_running: bool) -> Text:
        """No hour can be started now."""
        if is_running:
            return text(
                "Your hour is running already, and this one cannot take its place. "
                "Nothing was charged."
            )
        return text("There is no hour to start here. Nothing was charged; /buy shows the plans.")
