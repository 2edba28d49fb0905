"""What the bot says, in English: what happened, what was charged, what is left, one next step."""

from handlers.texts.english.admin import Admin
from handlers.texts.english.buying import Buying
from handlers.texts.english.hours import HourTexts
from handlers.texts.english.linking import Linking
from handlers.texts.english.mistakes import Mistakes
from handlers.texts.english.pictures import Pictures
from handlers.texts.english.welcome import Welcome


class English(Admin, Welcome, Buying, HourTexts, Linking, Pictures, Mistakes):
    """Every sentence and every button."""
