"""What can go wrong in a conversation.

ChatError
├── NotUnderstoodError          the user's words
│   ├── UnknownCommandError
│   ├── UnknownOptionError
│   ├── MissingOptionError
│   ├── BadValueError
│   ├── MissingPictureError
│   ├── PictureGoneError
│   ├── NotOnThisMessageError
│   └── StaleButtonError
├── CannotAnswerHereError       the place
├── DeliveryError               the platform's answer
│   ├── UnreachableError
│   ├── MessageGoneError
│   ├── TryLaterError
│   └── RefusedError
│       └── TooLargeError
└── TokenRejectedError          the operator's settings
"""


class ChatError(Exception):
    """Something about the conversation itself."""


class NotUnderstoodError(ChatError):
    """The user's words do not fit what the bot understands."""


class UnknownCommandError(NotUnderstoodError):
    """There is no such command."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UnknownOptionError(NotUnderstoodError):
    """The command has no such option."""

    def __init__(self, option: str, known: tuple[str, ...]) -> None:
        super().__init__(option)
        self.option = option
        self.known = known


class MissingOptionError(NotUnderstoodError):
    """The command needs an option that was not given."""

    def __init__(self, command: str, option: str) -> None:
        super().__init__(command, option)
        self.command = command
        self.option = option


class BadValueError(NotUnderstoodError):
    """An option's value is not one it can have."""

    def __init__(self, option: str, value: str, allowed: tuple[str, ...]) -> None:
        super().__init__(option, value)
        self.option = option
        self.value = value
        self.allowed = allowed
        """The choices, or one sentence-less description such as `1–50`."""


class MissingPictureError(NotUnderstoodError):
    """The command needs a picture, and none came along."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


class PictureGoneError(NotUnderstoodError):
    """The platform does not give a picture that it told of."""


class NotOnThisMessageError(NotUnderstoodError):
    """A menu's item was used on a message that it has nothing to do with."""


class StaleButtonError(NotUnderstoodError):
    """A button whose data no version of the bot understands any more."""


class CannotAnswerHereError(ChatError):
    """The bot may not show its answer in this channel, so nothing was begun."""


class DeliveryError(ChatError):
    """The platform did not take a message."""


class UnreachableError(DeliveryError):
    """The person blocked the bot, or the chat is gone."""


class MessageGoneError(DeliveryError):
    """The message to edit is not there any more."""


class TryLaterError(DeliveryError):
    """The platform is busy, or cannot be reached."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:.1f} s")
        self.seconds = seconds


class RefusedError(DeliveryError):
    """The platform will never accept this message."""


class TooLargeError(RefusedError):
    """The platform takes no file of this size here."""


class TokenRejectedError(ChatError):
    """The platform does not know the bot's token; only the operator can help."""

    def __init__(self, platform: str) -> None:
        super().__init__(f"{platform} does not accept the bot's token")
        self.platform = platform
