"""One wallet on both apps: its code, its questions, and what cannot be linked."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import minutes, plural


class Linking:
    """What somebody reads who has two accounts."""

    link_now = "Yes, make it one wallet"
    open_other = "Open the other app"
    unlink_now = "Yes, separate this app"

    def link_code(self, typed: str, limit: int) -> Text:
        """Answer /link."""
        return lines(
            [
                bold("One wallet on both apps"),
                f"Send me this on the other app within {plural(limit, 'minute', 'minutes')}:",
                code(f"/link {typed}"),
                "It works once. Do not give it away: who enters it can share your hours.",
            ]
        )

    def link_question(self, here: str, mine: Text, there: str, theirs: Text) -> Text:
        """Show both wallets before they become one."""
        return lines(
            [
                bold(here),
                mine,
                "",
                bold(there),
                theirs,
                "",
                "Shall these become one wallet, with all hours, credits and pictures?",
                "If an hour runs on both sides, the better one goes on and the other waits.",
                "Press only if both accounts are yours; else do nothing.",
            ]
        )

    def linked(self, names: str) -> Text:
        """Two accounts have become one."""
        return lines([text(bold("One wallet ✓ "), names), "Buy on one app, draw on the other."])

    def unlink_question(self, here: str, others: str) -> Text:
        """Say what separating means."""
        return lines(
            [
                text(bold(here), " would get an empty wallet of its own."),
                text("All hours, credits and pictures stay with ", bold(others), "."),
            ]
        )

    def unlinked(self) -> Text:
        """An account has a wallet of its own."""
        return text("This app has a wallet of its own now. ", code("/link"), " joins them again.")

    def nothing_to_link(self) -> Text:
        """There is no other platform."""
        return text("I am on this app only, so there is nothing to link. Nothing was charged.")

    def already_linked(self) -> Text:
        """They are one already."""
        return text(
            "Your apps share one wallet already. Nothing was charged; ",
            code("/unlink"),
            " separates them.",
        )

    def same_platform(self) -> Text:
        """A code came back to where it was made."""
        return text(
            "This code was made on this app. Nothing was charged; send it to me on the other one."
        )

    def linked_elsewhere(self) -> Text:
        """Two accounts on one platform cannot share a wallet."""
        return text(
            "One of these is linked with another account already. Nothing was charged or changed; ",
            code("/unlink"),
            " there first.",
        )

    def wrong_code(self) -> Text:
        """No such code, or not any more."""
        return text(
            "This code is wrong, used, or too old. Nothing was charged or changed; send ",
            code("/link"),
            " on the other app for a new one.",
        )

    def too_many_codes(self, seconds: int) -> Text:
        """One wrong code after another."""
        wait = plural(minutes(seconds), "minute", "minutes")
        return text(f"Too many wrong codes. Nothing was charged or changed; try again in {wait}.")

    def not_linked(self) -> Text:
        """There is nothing to separate."""
        return text(
            "This app has a wallet of its own. Nothing was charged; ",
            code("/link"),
            " joins it with another.",
        )
