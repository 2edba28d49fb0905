"""Pictures: their cards, captions and facts."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from chat.text import Text, code, italic, lines, quote, text
from handlers.texts.numbers import bar, minutes, plural, short
from store.jobs import Failure

Fact = Literal["seed", "size", "steps", "guidance", "sampler", "model", "duration", "id"]


class Pictures:
    """What somebody reads whose words become a picture."""

    cancel_job = "Cancel"
    again = "Again"
    original = "Original file"
    details = "Details"

    def job_queued(self, prompt: str, ahead: int, eta_s: int | None, left: int) -> Text:
        """A picture waits for the GPU."""
        place = f"Queued, {plural(ahead, 'job', 'jobs')} ahead" if ahead else "Queued, you are next"
        soon = f" · about {eta_s} s" if eta_s else ""
        return lines([quote(short(prompt)), f"{place}{soon}", self.job_cost(left)])

    def job_running(self, prompt: str, percent: int) -> Text:
        """A picture is being drawn."""
        return lines([quote(short(prompt)), text(code(bar(percent, 100)), f" {percent} %")])

    def began_again(self) -> Text:
        """The engine died under the job, and draws it from the beginning."""
        return text(italic("The engine stopped and begins again; nothing more is charged."))

    def job_cost(self, left: int) -> Text:
        """What the picture costs and what will be left."""
        return text(italic(f"Costs 1 picture · {left} left after this"))

    def job_done(self, prompt: str, facts: str, left: int, limit: int, seconds_left: int) -> Text:
        """A picture is ready; its caption."""
        if seconds_left > 0:
            hour = f"{left} of {limit} left · {plural(minutes(seconds_left), 'minute', 'minutes')}"
        else:
            hour = "your hour is over"
        return lines([quote(short(prompt)), italic(facts), text(f"1 picture taken · {hour}")])

    def given_back(self, seconds: int) -> Text:
        """Time that was spent waiting was returned."""
        return text(italic(f"{seconds} s of waiting were added to your hour"))

    def picture_lost(self) -> Text:
        """The file of a finished picture is gone."""
        return text("The picture's file was lost; please tell the operator to give it back.")

    def job_failed(self, prompt: str, reason: str, left: int) -> Text:
        """A picture could not be drawn."""
        pictures = plural(left, "picture", "pictures")
        return lines([quote(short(prompt)), reason, f"Nothing was charged. {pictures} left."])

    def job_cancelled(self, prompt: str, left: int) -> Text:
        """The user stopped a job."""
        pictures = plural(left, "picture", "pictures")
        return lines([quote(short(prompt)), f"Cancelled. Nothing was charged. {pictures} left."])

    fact_names: ClassVar[Mapping[Fact, str]] = {
        "seed": "seed",
        "size": "size",
        "steps": "steps",
        "guidance": "guidance",
        "sampler": "sampler",
        "model": "model",
        "duration": "drawn in",
        "id": "id",
    }

    def job_facts(self, prompt: str, negative: str, facts: list[tuple[Fact, str]]) -> Text:
        """All that a picture was made of."""
        shown = [text(f"{self.fact_names[fact]}: ", code(value)) for fact, value in facts]
        parts: list[Text] = [text(quote(short(prompt, 2000)))]
        if negative:
            parts.append(text("without: ", quote(short(negative, 500))))
        return lines([*parts, *shown])

    failures: ClassVar[Mapping[Failure, str]] = {
        "busy": "The picture engine has too much to do just now.",
        "crashed": "The picture engine stopped again and again while drawing this.",
        "failed": "The picture engine could not draw this.",
        "lost": "This job was lost in a failure.",
        "memory": "The picture is too large for the GPU just now.",
        "model_missing": "There is no picture model at {detail}; please tell the operator.",
        "size": "The model cannot draw this size; another shape may do.",
    }
