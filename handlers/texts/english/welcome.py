"""Hello, help, and the way from words to a picture."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.numbers import PROMPT_SHOWN_MAX


class Welcome:
    """What newcomers read."""

    how_to = "How it works"

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
                text(
                    "Small print: ",
                    code("/terms"),
                    " · ",
                    code("/privacy"),
                    " · ",
                    code("/contact"),
                ),
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
                text(
                    code("--style watercolor"),
                    ", ",
                    code("--shape portrait"),
                    ", ",
                    code("--seed 7"),
                ),
                text(code("--no blurry"), " names what should not be there."),
                text(code("a (red:1.4) boat"), " makes words count more; below 1, less."),
            ]
        )

    def write_image(self, prompt: str) -> Text:
        """Answer words that are no command."""
        if len(prompt) > PROMPT_SHOWN_MAX:
            return text("To have that drawn, put ", code("/image"), " in front of it.")
        return lines(["To have that drawn, send it as a command:", code(f"/image {prompt}")])
