"""What the bot says, in Hindi."""

from handlers.texts.english import English


class Hindi(English):
    """The same sentences."""
