"""Mistakes, theirs and ours: one sentence each, that says that nothing was charged."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import grouped, minutes, plural
from store.hours import Unit


class Mistakes:
    """What somebody reads when something cannot be done."""

    def unknown_command(self, name: str) -> Text:
        """There is no such command."""
        return text(
            "I do not know ", code(f"/{name}"), ". Nothing was charged; /help lists what I can do."
        )

    def unknown_option(self, option: str, known: tuple[str, ...]) -> Text:
        """There is no such option."""
        listed = ", ".join(f"--{name}" for name in known)
        possible = f"Possible: {listed}" if known else "This command has no options"
        return text("I do not know ", code(option), f". {possible}. Nothing was charged.")

    def missing_prompt(self) -> Text:
        """A picture of what?"""
        return lines(
            [
                "Say what to draw, for example:",
                code("/image an orange cat in a meadow"),
                "Nothing was charged.",
            ]
        )

    def missing_scene(self) -> Text:
        """A clip of what?"""
        return lines(
            [
                "Say what to draw and animate, for example:",
                code("/video a boat on the sea at sunset"),
                "Or send this command together with a picture, or as an answer to one.",
                "Nothing was charged.",
            ]
        )

    def missing_option(self, command: str, option: str) -> Text:
        """A command lacks something."""
        return text(code(f"/{command}"), " needs ", code(option), ". Nothing was charged.")

    def missing_picture(self) -> Text:
        """A command needs a picture."""
        return text(
            "Send this command together with a picture, or as an answer to one. "
            "Nothing was charged."
        )

    def picture_gone(self) -> Text:
        """A picture that somebody sent could not be fetched."""
        return text(
            "I could not get that picture: it may be gone, or too large. "
            "Nothing was charged; please send it again."
        )

    def picture_unreadable(self) -> Text:
        """A file that somebody sent is no picture."""
        return text(
            "I cannot read that file as a picture. "
            "Nothing was charged; please send a PNG, JPEG or WebP."
        )

    def no_holes(self) -> Text:
        """Only what is see-through should be drawn, and nothing is."""
        return text(
            "That picture is see-through nowhere. Nothing was charged; erase what I should draw "
            "and send it as a PNG file, not as a photo, or leave out --fill."
        )

    def not_on_this_message(self) -> Text:
        """A menu was used on a message without a picture of ours."""
        return text(
            "This works on pictures that I drew, in the message with their buttons. "
            "Nothing was charged; /image draws one."
        )

    def bad_value(self, option: str, allowed: tuple[str, ...]) -> Text:
        """An option has a value it cannot have."""
        return text(code(option), f" can be: {', '.join(allowed)}. Nothing was charged.")

    def too_long(self, option: str, length: str) -> Text:
        """Too many characters."""
        return text(
            code(option), f" can have {length} characters. Nothing was charged; please shorten it."
        )

    def stale_button(self) -> Text:
        """A button of a version that is gone."""
        return text("This button is too old. Nothing was charged; /help shows what works now.")

    def not_yours(self) -> Text:
        """Somebody pressed another's button."""
        return text(
            "This button belongs to somebody else. "
            "Nothing was charged; send me /start for your own."
        )

    def not_found(self) -> Text:
        """A button whose subject is gone, or not there yet."""
        return text("There is nothing to show here. Nothing was charged.")

    def already_finished(self) -> Text:
        """Too late to cancel."""
        return text("Too late: this job has ended already, and its message says what was taken.")

    def no_hour(self) -> Text:
        """A picture without an hour."""
        return text("You need an hour for that. Nothing was charged.")

    def credits_spent(self, unit: Unit, limit: int) -> Text:
        """The hour's credits are used up."""
        name = {"image": "pictures", "video": "videos", "token": "text tokens"}[unit]
        if limit == 0:
            return text(f"Your plan has no {name}. Nothing was charged.")
        used = (
            f"Your 1 {name.removesuffix('s')} of this hour is used."
            if limit == 1
            else f"All {grouped(limit)} {name} of this hour are used."
        )
        return lines(
            [
                text(bold(used)),
                "Nothing was charged. Another hour starts full.",
            ]
        )

    def not_enough_for_all(self, count: int, possible: int) -> Text:
        """There are credits for some of the pictures."""
        return text(
            f"{count} pictures were asked for, and there are credits for {possible}. "
            "Nothing was charged; please ask for fewer."
        )

    def too_many_jobs(self, limit: int) -> Text:
        """One person's pictures fill the queue."""
        return text(
            f"You have {limit} pictures in the works. Nothing was charged; "
            "send this again when one is done."
        )

    def queue_full(self, waiting: int) -> Text:
        """Everybody's pictures and clips fill the queue."""
        return text(
            f"{grouped(waiting)} pictures and videos are waiting already, which is all I take. "
            "Nothing was charged; send this again in a few minutes."
        )

    def prompt_blocked(self, entry: str) -> Text:
        """Words that the operator does not let people draw."""
        return text(
            "I do not draw ", code(entry), ". Nothing was charged; leave it out and send it again."
        )

    def bad_request(self) -> Text:
        """The engine refuses the request as it stands."""
        return text(
            "The model cannot draw that as it stands. "
            "Nothing was charged; please change the words or the options."
        )

    def cannot_answer_here(self) -> Text:
        """The bot may not show its answer in this channel."""
        return text(
            "I may not show pictures in this channel. "
            "Nothing was charged; write to me in private, or ask an admin to let me."
        )

    def payments_off(self) -> Text:
        """Nothing can be sold."""
        return text("Payments are switched off on this bot. Nothing was charged.")

    def account_held(self, payment: str) -> Text:
        """Their bank is asked to take a payment back."""
        return text(
            "Your bank has been asked to take back the payment ",
            code(payment),
            ". Nothing was charged. Until the bank decides, your hours wait and nothing new can be "
            "bought or drawn; if that was a mistake, withdraw it at your bank and write to ",
            code("/paysupport"),
            ".",
        )

    def too_many_orders(self, seconds: int) -> Text:
        """One order after another."""
        wait = plural(minutes(seconds), "minute", "minutes")
        return text(
            "You have opened many orders within an hour. Nothing was charged, "
            f"and your hours are as they were; try again in {wait}."
        )

    def gateway_resting(self, seconds: int) -> Text:
        """Razorpay does not work."""
        wait = plural(max(1, minutes(seconds)), "minute", "minutes")
        return text(
            "Razorpay takes no payments from me just now. Nothing was charged, "
            f"and your hours are as they were; try again in {wait}."
        )

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
