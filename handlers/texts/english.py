"""What the bot says, in English."""

from typing import ClassVar, Literal

from chat.text import Text, bold, code, italic, lines, quote, text
from handlers.texts.numbers import bar, clock_time, grouped, minutes, rupees

PROMPT_SHOWN_MAX = 300


def plural(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{grouped(count)} {one if count == 1 else many}"


class English:
    """The sentences: what happened, what was charged, what is left, and one next step."""

    # Buttons

    show_plans = "See plans"
    show_session = "My hour"
    how_to = "How it works"
    check_payment = "I've paid, check now"
    cancel_order = "Cancel"
    start_hour = "Start my hour"
    next_hour = "Start my next hour"
    cancel_job = "Cancel"
    again = "Again"
    original = "Original file"
    details = "Details"
    buy_more = "Buy an hour"
    open_chat = "Open our chat"

    def pay(self, paise: int) -> str:
        """Open the payment page."""
        return f"Pay {rupees(paise)}"

    def choose_plan(self, name: str, paise: int) -> str:
        """Take this plan."""
        return f"{name} · {rupees(paise)}"

    def upgrade(self, name: str, paise: int) -> str:
        """Take the plan above."""
        return f"Upgrade to {name} · {rupees(paise)}"

    # Welcome and help

    def welcome(self, name: str) -> Text:
        """Answer /start."""
        return lines(
            [
                bold(f"Welcome, {name}!"),
                "I draw pictures from words.",
                "",
                "Buy an hour with UPI or card, start it when you like, then write",
                code("/image a red balloon over the sea"),
                "",
                "You pay by the hour. A picture that fails is never charged.",
            ]
        )

    def help(self, commands: list[tuple[str, str]]) -> Text:
        """Answer /help."""
        listed = [text(code(f"/{name}"), f" — {about}") for name, about in commands]
        return lines(
            [
                bold("What I can do"),
                *listed,
                "",
                bold("Options of /image"),
                text(code("--style anime"), ", ", code("--shape portrait"), ", ", code("--seed 7")),
                text(code("--no blurry"), " names what should not be there."),
            ]
        )

    def write_image(self, prompt: str) -> Text:
        """Answer words that are no command."""
        return lines(
            [
                "To have that drawn, send it as a command:",
                code(f"/image {prompt[:PROMPT_SHOWN_MAX]}"),
            ]
        )

    # Buying

    def plan_line(self, name: str, paise: int, images: int, videos: int, tokens: int) -> Text:
        """One plan on the list."""
        pictures = plural(images, "picture", "pictures")
        clips = plural(videos, "video", "videos") if videos else "no videos"
        return lines(
            [
                text(bold(name), " — ", bold(rupees(paise)), " an hour"),
                f"{pictures} · {clips} · {grouped(tokens)} text tokens",
            ]
        )

    def plans(self, listed: list[Text], keep_days: int) -> Text:
        """Answer /buy."""
        parts: list[Text | str] = []
        for plan in listed:
            parts += [plan, ""]
        return lines(
            [
                *parts,
                f"An hour starts when you say so; unstarted hours keep {keep_days} days.",
                text("Several at once: ", code("/buy pro --hours 3")),
            ]
        )

    def buy_in_private(self) -> Text:
        """Answer /buy in a group."""
        return text("Buying is between you and me. Open our chat to see the plans.")

    def order_line(self, plan: str, hours: int, paise: int) -> str:
        """What an order is about."""
        return f"{plan} · {plural(hours, 'hour', 'hours')} · {rupees(paise)}"

    def order_opening(self, what: str) -> Text:
        """A payment link has been asked for."""
        return lines([bold(what), "Preparing your payment link…"])

    def order_slow(self, what: str) -> Text:
        """The gateway has not answered clearly yet."""
        return lines(
            [
                bold(what),
                "Razorpay is slow to answer. I keep trying and will show the link here.",
                "Nothing was charged.",
            ]
        )

    def order_open(self, what: str, until: int) -> Text:
        """A payment link is ready."""
        return lines(
            [
                bold(what),
                f"Pay by UPI, card or netbanking. The link is valid until {clock_time(until)}.",
                "I see the payment by myself; the button below is for the impatient.",
            ]
        )

    def order_paid(self, what: str, payment: str, *, is_started: bool) -> Text:
        """The money is here and the hours are granted."""
        start = "Your hour starts when you press the button, or with your first picture."
        return lines(
            [
                text(bold("Paid ✓ "), what),
                text("Payment ", code(payment)),
                "",
                "Thank you!" if is_started else start,
            ]
        )

    closed: ClassVar[dict[str, list[str]]] = {
        "expired": [
            "The payment link has expired. Nothing was charged.",
            "If money did leave your account, I will see it and tell you here.",
        ],
        "cancelled": ["Cancelled. Nothing was charged."],
        "rejected": [
            "Razorpay did not accept this order. Nothing was charged.",
            "Please try again in a few minutes.",
        ],
        "refunded": ["Refunded. Your bank shows it in 5–7 working days."],
    }

    def order_closed(
        self, status: Literal["expired", "cancelled", "rejected", "refunded"], what: str
    ) -> Text:
        """An order that cannot be paid any more."""
        return lines([bold(what), *self.closed[status]])

    def order_review(self, what: str) -> Text:
        """Money came that does not fit the order."""
        return lines(
            [
                bold(what),
                "A payment arrived that does not fit this order, so no hour was opened yet.",
                "The money is safe: the operator will honour it or send it back.",
            ]
        )

    def checking(self) -> Text:
        """Answer "I've paid"."""
        return text("Asking Razorpay… your card changes as soon as the payment is there.")

    def cancelling(self) -> Text:
        """Answer the order's cancel button."""
        return text("Cancelling the link…")

    # The hour

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
        """Credits that came back after their hour."""
        return text(f"Carried over from a failed job: {plural(images, 'picture', 'pictures')}")

    def hour_started(self, plan: str, ends_at: int) -> Text:
        """An hour begins."""
        return lines(
            [
                text(bold(f"Your {plan} hour is running"), f" until {clock_time(ends_at)}."),
                text("Try ", code("/image a beautiful sunset over mountains")),
            ]
        )

    # Pictures

    def job_queued(self, prompt: str, ahead: int, eta_s: int | None, left: int) -> Text:
        """A picture waits for the GPU."""
        place = f"Queued, {plural(ahead, 'job', 'jobs')} ahead" if ahead else "Queued, you are next"
        soon = f" · about {eta_s} s" if eta_s else ""
        return lines([quote(_short(prompt)), f"{place}{soon}", self.job_cost(left)])

    def job_running(self, prompt: str, percent: int) -> Text:
        """A picture is being drawn."""
        return lines([quote(_short(prompt)), text(code(bar(percent, 100)), f" {percent} %")])

    def job_cost(self, left: int) -> Text:
        """What the picture costs and what will be left."""
        return text(italic(f"Costs 1 picture · {left} left after this"))

    def job_done(self, prompt: str, facts: str, left: int, limit: int, seconds_left: int) -> Text:
        """A picture is ready; its caption."""
        if seconds_left > 0:
            hour = f"{left} of {limit} left · {plural(minutes(seconds_left), 'minute', 'minutes')}"
        else:
            hour = "your hour is over"
        return lines([quote(_short(prompt)), italic(facts), text(f"1 picture taken · {hour}")])

    def given_back(self, seconds: int) -> Text:
        """Time that was spent waiting was returned."""
        return text(italic(f"{seconds} s of waiting were added to your hour"))

    def job_failed(self, prompt: str, reason: str, left: int) -> Text:
        """A picture could not be drawn."""
        return lines(
            [
                quote(_short(prompt)),
                reason,
                f"Nothing was charged. {plural(left, 'picture', 'pictures')} left.",
            ]
        )

    def job_cancelled(self, prompt: str, left: int) -> Text:
        """The user stopped a job."""
        return lines(
            [
                quote(_short(prompt)),
                f"Cancelled. Nothing was charged. {plural(left, 'picture', 'pictures')} left.",
            ]
        )

    def job_facts(self, prompt: str, negative: str, facts: list[tuple[str, str]]) -> Text:
        """All that a picture was made of."""
        shown = [text(f"{name}: ", code(value)) for name, value in facts]
        parts: list[Text] = [text(quote(prompt[:2000]))]
        if negative:
            parts.append(text("without: ", quote(negative[:500])))
        return lines([*parts, *shown])

    def already_finished(self) -> Text:
        """Too late to cancel."""
        return text("It is finished already.")

    failures: ClassVar[dict[str, str]] = {
        "crashed": "The picture engine stopped again and again while drawing this.",
        "failed": "The picture engine could not draw this.",
        "memory": "The picture is too large for the GPU just now.",
        "model_missing": "The picture model is not installed; the operator has been told.",
        "size": "The model cannot draw this size.",
        "lost": "This job was lost in a failure.",
    }

    # Mistakes

    def unknown_command(self, name: str) -> Text:
        """There is no such command."""
        return text("I do not know ", code(f"/{name}"), ". /help lists what I can do.")

    def unknown_option(self, option: str, known: tuple[str, ...]) -> Text:
        """There is no such option."""
        listed = ", ".join(f"--{name}" for name in known)
        return text("I do not know ", code(option), f". Possible: {listed}. Nothing was charged.")

    def missing_prompt(self) -> Text:
        """A picture of what?"""
        return lines(
            [
                "Say what to draw, for example:",
                code("/image an orange cat in a meadow"),
                "Nothing was charged.",
            ]
        )

    def missing_option(self, command: str, option: str) -> Text:
        """A command lacks something."""
        return text(code(f"/{command}"), " needs ", code(option), ". Nothing was charged.")

    def bad_value(self, option: str, allowed: tuple[str, ...]) -> Text:
        """An option has a value it cannot have."""
        listed = ", ".join(allowed)
        return text(code(option), f" can be: {listed}. Nothing was charged.")

    def too_long(self, option: str, length: str) -> Text:
        """Too many characters."""
        return text(
            code(option), f" can have {length} characters. Nothing was charged; please shorten it."
        )

    def stale_button(self) -> Text:
        """A button of a version that is gone."""
        return text("This button is from an older version. /help shows what works now.")

    def not_yours(self) -> Text:
        """Somebody pressed another's button."""
        return text("This button belongs to somebody else. Send me /start for your own.")

    def no_hour(self) -> Text:
        """A picture without an hour."""
        return text("You need an hour for that. Nothing was charged.")

    def credits_spent(self, unit: str, limit: int) -> Text:
        """The hour's credits are used up."""
        names = {"image": "pictures", "video": "videos", "token": "text tokens"}
        if limit == 0:
            return text(f"Your plan has no {names[unit]}. Nothing was charged.")
        return lines(
            [
                text(bold(f"All {grouped(limit)} {names[unit]} of this hour are used.")),
                "Nothing was charged. Another hour starts full.",
            ]
        )

    def too_many_jobs(self, limit: int) -> Text:
        """One person's pictures fill the queue."""
        return text(
            f"You have {limit} pictures in the works. Nothing was charged; "
            "send this again when one is done."
        )

    def nothing_to_start(self) -> Text:
        """No hour is waiting."""
        return text("There is no hour to start. Nothing was charged.")

    def bad_size(self) -> Text:
        """The engine refuses the request as it stands."""
        return text("The model cannot draw that as it stands. Nothing was charged.")

    def engine_busy(self) -> Text:
        """The queue is full."""
        return text("The queue is full. Nothing was charged; please try again in a few minutes.")

    def payments_off(self) -> Text:
        """Nothing can be sold."""
        return text("Payments are switched off on this bot. Nothing was charged.")

    def not_found(self) -> Text:
        """A button whose subject is gone."""
        return text("That is not there any more.")

    def store_unavailable(self) -> Text:
        """The database refuses to write."""
        return text("I cannot save anything just now. Nothing was charged; please try again soon.")

    def unexpected(self, incident: str) -> Text:
        """A mistake of ours."""
        return text(
            "Something went wrong on my side. Nothing was charged. "
            "If it happens again, tell the operator: ",
            code(incident),
        )


def _short(prompt: str) -> str:
    if len(prompt) <= PROMPT_SHOWN_MAX:
        return prompt
    return prompt[: PROMPT_SHOWN_MAX - 1] + "…"
