"""What the bot says, in Hindi."""

from handlers.texts.english import English
from handlers.texts.hindi.admin import Admin
from handlers.texts.hindi.buying import Buying
from handlers.texts.hindi.coupons import Coupons
from handlers.texts.hindi.disputes import Disputes
from handlers.texts.hindi.findings import Findings
from handlers.texts.hindi.gallery import Gallery
from handlers.texts.hindi.gifts import Gifts
from handlers.texts.hindi.hours import HourTexts
from handlers.texts.hindi.legal import Legal
from handlers.texts.hindi.linking import Linking
from handlers.texts.hindi.mistakes import Mistakes
from handlers.texts.hindi.pictures import Pictures
from handlers.texts.hindi.receipts import Receipts
from handlers.texts.hindi.standstills import Standstills
from handlers.texts.hindi.stars import Stars
from handlers.texts.hindi.topups import TopUps
from handlers.texts.hindi.videos import Videos
from handlers.texts.hindi.welcome import Welcome


class Hindi(
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
    English,
):
    """Every sentence and every button."""
