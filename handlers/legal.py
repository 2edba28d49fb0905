"""What the law wants a shop to say: terms, privacy, refunds, contact, complaints."""

from collections.abc import Mapping

from chat.commands import Command, Options
from chat.model import Button, CommandCall, Reply
from chat.text import Text, bold, lines
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english.legal import Page

COMMANDS: Mapping[Page, Command] = {
    "terms": Command("terms", {"en": "What you agree to", "hi": "शर्तें"}, names={"hi": "शर्तें"}),
    "privacy": Command(
        "privacy", {"en": "What I keep about you", "hi": "आपकी निजता"}, names={"hi": "निजता"}
    ),
    "refunds": Command(
        "refunds", {"en": "When money goes back", "hi": "पैसे कब लौटते हैं"}, names={"hi": "वापसी"}
    ),
    "contact": Command(
        "contact", {"en": "Who sells here", "hi": "यहाँ कौन बेचता है"}, names={"hi": "संपर्क"}
    ),
    "grievance": Command(
        "grievance", {"en": "How to complain", "hi": "शिकायत कैसे करें"}, names={"hi": "शिकायत"}
    ),
}


async def show(services: Services, page: Page, call: CommandCall, _options: Options) -> Reply:
    """Answer /terms and the like; the same words stand on a page of the web."""
    language = call.user.language
    words = texts(language)
    said = lines([bold(words.legal_titles[page]), "", body(services, page, language)])
    url = services.links.page(page, language)
    return Reply(said, ((Button(words.open_page, url=url),),) if url else ())


def body(services: Services, page: Page, language: str) -> Text:
    """What a page says below its title."""
    words, business, days = texts(language), services.business, services.keep_days
    match page:
        case "terms":
            return words.terms(business, days)
        case "privacy":
            return words.privacy(business, elsewhere=services.draws_elsewhere)
        case "refunds":
            return words.refund_policy(business, days)
        case "contact":
            return words.contact(business)
        case "grievance":
            return words.grievance(business)
