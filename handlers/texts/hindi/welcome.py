"""Hello, help, and the way from words to a picture."""

from chat.text import Text, bold, code, lines, text
from handlers.texts.english import welcome
from handlers.texts.numbers import PROMPT_SHOWN_MAX


class Welcome(welcome.Welcome):
    """What newcomers read."""

    how_to = "कैसे चलता है"

    def welcome(self, name: str) -> Text:
        """Answer /start."""
        return lines(
            [
                bold(f"नमस्ते, {name}!"),
                "मैं शब्दों से तस्वीरें बनाता हूँ।",
                "",
                "UPI या कार्ड से एक घंटा ख़रीदें, जब मन हो शुरू करें, फिर लिखें",
                code("/image a red balloon over the sea"),
                "",
                "आप घंटे के पैसे देते हैं। जो तस्वीर न बने, उसका कभी कुछ नहीं कटता।",
                text("नियम: ", code("/terms"), " · ", code("/privacy"), " · ", code("/contact")),
            ]
        )

    def help(self, commands: list[tuple[str, str]]) -> Text:
        """Answer /help."""
        listed = [text(code(f"/{name}"), f" — {about}") for name, about in commands]
        return lines(
            [
                bold("मैं क्या कर सकता हूँ"),
                *listed,
                "",
                text(bold("/image के विकल्प")),
                text(
                    code("--style watercolor"),
                    ", ",
                    code("--shape portrait"),
                    ", ",
                    code("--seed 7"),
                ),
                text(code("--no blurry"), " से बताएँ कि तस्वीर में क्या न हो।"),
                text(code("a (red:1.4) boat"), " से शब्दों का असर बढ़ता है, 1 से कम हो तो घटता है।"),
            ]
        )

    def write_image(self, prompt: str) -> Text:
        """Answer words that are no command."""
        if len(prompt) > PROMPT_SHOWN_MAX:
            return text("इसकी तस्वीर चाहिए तो इसके आगे ", code("/image"), " लिखकर भेजें।")
        return lines(["इसकी तस्वीर चाहिए तो ऐसे भेजें:", code(f"/image {prompt}")])
