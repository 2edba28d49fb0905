"""Every sentence a user can read. English is complete; another language overrides all of it."""

from handlers.texts.english import English
from handlers.texts.hindi import Hindi

LANGUAGES: dict[str, English] = {"en": English(), "hi": Hindi()}


def texts(language: str) -> English:
    """The sentences for a BCP 47 tag: `hi-IN` speaks Hindi, an unknown one English."""
    return LANGUAGES.get(language.partition("-")[0].lower(), LANGUAGES["en"])
