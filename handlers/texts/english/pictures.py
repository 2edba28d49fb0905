"""Pictures: their cards, captions and facts."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from chat.text import Span, Text, code, italic, lines, quote, text
from handlers.texts.numbers import bar, duration, minutes, plural, short
from store.hours import Unit
from store.jobs import Failure

Fact = Literal[
    "seed",
    "size",
    "length",
    "frames",
    "steps",
    "guidance",
    "sampler",
    "motion",
    "model",
    "duration",
    "id",
]


class Pictures:
    """What somebody reads whose words become a picture."""

    cancel_job = "Cancel"
    again = "Again"
    vary = "Variation"
    reword = "Edit prompt"
    new_words = "What to draw"
    original = "Original file"
    details = "Details"

    def reword_how(self, prompt: str) -> Text:
        """Ask for other words by a message that is to be answered."""
        return lines(
            [
                "Answer this message with the new words; size, style and seed stay. So far:",
                code(short(prompt, 1000)),
            ]
        )

    def templates_offered(self, templates: Mapping[str, str]) -> Text:
        """The operator's prompts with a blank."""
        listed = [text(code(name), f": {template}") for name, template in templates.items()]
        return lines(["Choose one; I ask for what belongs in the blank.", *listed])

    def template_how(self, template: str, blank: str) -> Text:
        """Ask for what belongs in a blank by a message that is to be answered."""
        return lines([quote(short(template)), f"Answer this message with: {blank}"])

    def amount(self, unit: Unit, count: int) -> str:
        """So many pictures or clips."""
        one, many = {
            "image": ("picture", "pictures"),
            "video": ("video", "videos"),
            "token": ("text token", "text tokens"),
        }[unit]
        return plural(count, one, many)

    def job_queued(
        self, prompt: str, ahead: int, eta_s: int | None, unit: Unit, count: int, left: int
    ) -> Text:
        """A picture or clip waits for the GPU."""
        place = f"Queued, {plural(ahead, 'job', 'jobs')} ahead" if ahead else "Queued, you are next"
        soon = f" · about {duration(eta_s)}" if eta_s else ""
        return lines([quote(short(prompt)), f"{place}{soon}", self.job_cost(unit, count, left)])

    def job_running(self, prompt: str, percent: int) -> Text:
        """A picture or clip is being drawn."""
        return lines([quote(short(prompt)), text(code(bar(percent, 100)), f" {percent} %")])

    def began_again(self) -> Text:
        """The engine died under the job, and draws it from the beginning."""
        return text(italic("The engine stopped and begins again; nothing more is charged."))

    def job_cost(self, unit: Unit, count: int, left: int) -> Text:
        """What the picture or clip costs and what will be left."""
        return text(italic(f"Costs {self.amount(unit, count)} · {left} left after this"))

    def job_done(self, prompt: str, facts: str, left: int, limit: int, seconds_left: int) -> Text:
        """A picture is ready; its caption."""
        if seconds_left > 0:
            hour = f"{left} of {limit} left · {plural(minutes(seconds_left), 'minute', 'minutes')}"
        else:
            hour = "your hour is over"
        return lines([quote(short(prompt)), italic(facts), text(f"1 picture taken · {hour}")])

    def album_running(self, prompt: str, done: int, count: int, percent: int, left: int) -> Text:
        """Several pictures of one request are being drawn."""
        cost = f"Costs {count} pictures · {left} left after this"
        drawn = text(code(bar(percent, 100)), f" {percent} % · {done}/{count}")
        return lines([quote(short(prompt)), drawn, italic(cost)])

    def album_done(
        self,
        prompt: str,
        resolution: str,
        seed: int,
        taken: int,
        missing: int,
        left: int,
        seconds_left: int,
    ) -> Text:
        """The pictures of one request are ready, but for those that failed or were stopped."""
        facts = f"{resolution} · seeds from {seed}"
        time = plural(minutes(seconds_left), "minute", "minutes")
        hour = f"{left} left · {time}" if seconds_left > 0 else "your hour is over"
        said: list[Span | str] = [
            quote(short(prompt)),
            italic(facts),
            f"{plural(taken, 'picture', 'pictures')} taken · {hour}",
        ]
        if missing:
            said.append(f"{plural(missing, 'picture', 'pictures')} not drawn and not charged.")
        said.append("A number shows that picture with its buttons.")
        return lines(said)

    def given_back(self, seconds: int) -> Text:
        """Time that was spent waiting was returned."""
        return text(italic(f"{seconds} s of waiting were added to your hour"))

    def picture_lost(self) -> Text:
        """The file of a finished picture is gone."""
        return text("The picture's file was lost; please tell the operator to give it back.")

    def too_large_here(self, *, has_link: bool) -> Text:
        """A file that this chat does not take."""
        if has_link:
            return text("The file is too large for this chat; the button below opens it.")
        return text("The file is too large for this chat. It is kept; please ask the operator.")

    def job_failed(self, prompt: str, reason: str, unit: Unit, left: int) -> Text:
        """A picture or clip could not be drawn."""
        kept = f"Nothing was charged. {self.amount(unit, left)} left."
        return lines([quote(short(prompt)), reason, kept])

    def job_cancelled(self, prompt: str, unit: Unit, left: int) -> Text:
        """The user stopped a job."""
        kept = f"Cancelled. Nothing was charged. {self.amount(unit, left)} left."
        return lines([quote(short(prompt)), kept])

    def no_edits(self) -> Text:
        """Nothing here draws over pictures."""
        return text(
            "I cannot draw over pictures just now: what draws here takes words only. "
            "Nothing was charged; ",
            code("/image"),
            " draws new ones.",
        )

    fact_names: ClassVar[Mapping[Fact, str]] = {
        "seed": "seed",
        "size": "size",
        "steps": "steps",
        "guidance": "guidance",
        "sampler": "sampler",
        "model": "model",
        "length": "plays",
        "frames": "frames",
        "motion": "motion",
        "duration": "drawn in",
        "id": "id",
    }

    def job_facts(self, prompt: str, negative: str, facts: list[tuple[Fact, str]]) -> Text:
        """All that a picture or clip was made of."""
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
        "no_videos": "No video model is set up here any more.",
        "size": "The model cannot draw this size; another shape may do.",
        "unreachable": "No picture engine can be reached just now.",
        "withheld": "The safety check does not let this picture be shown, and it was not kept; "
        "other words may do.",
    }
