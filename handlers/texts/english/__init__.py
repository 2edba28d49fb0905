"""What the bot says, in English: what happened, what was charged, what is left, one next step."""

from handlers.texts.english.admin import Admin
from handlers.texts.english.buying import Buying
from handlers.texts.english.coupons import Coupons
from handlers.texts.english.disputes import Disputes
from handlers.texts.english.findings import Findings
from handlers.texts.english.gallery import Gallery
from handlers.texts.english.gifts import Gifts
from handlers.texts.english.hours import HourTexts
from handlers.texts.english.legal import Legal
from handlers.texts.english.linking import Linking
from handlers.texts.english.mistakes import Mistakes
from handlers.texts.english.pictures import Pictures
from handlers.texts.english.receipts import Receipts
from handlers.texts.english.standstills import Standstills
from handlers.texts.english.stars import Stars
from handlers.texts.english.topups import TopUps
from handlers.texts.english.videos import Videos
from handlers.texts.english.welcome import Welcome


class English(
    Admin,
    Welcome,
    Buying,
    Coupons,
    Disputes,
    Findings,
    Gallery,
    Gifts,
    HourTexts,
    Legal,
    Linking,
    Pictures,
    Receipts,
    Standstills,
    Stars,
    TopUps,
    Videos,
    Mistakes,
):
    """Every sentence and every button."""
