"""/start, /help, and words that are no command."""

from chat.commands import Command, Option, Options
from chat.model import Button, CommandCall, PlainText, Reply
from handlers import gifts, link, session
from handlers.price_list import show_plans
from handlers.services import Services
from handlers.texts import texts

START = Command(
    "start",
    {"en": "Begin here", "hi": "यहाँ से शुरू करें"},
    (
        Option(
            "payload",
            {"en": "Where a link leads", "hi": "लिंक कहाँ ले जाता है"},
            is_rest=True,
            names={"hi": "लिंक"},
        ),
    ),
    names={"hi": "शुरू"},
)
HELP = Command("help", {"en": "What I can do", "hi": "मैं क्या कर सकता हूँ"}, names={"hi": "मदद"})


async def start(services: Services, call: CommandCall, options: Options) -> Reply | None:
    """Welcome a person; a link that led here may ask for more at once."""
    payload = str(options.get("payload", ""))
    if payload == "buy":
        return await show_plans(services, call)
    if payload == "session":
        return await session.show(services, call)
    if payload.startswith(link.DEEP_LINK):
        return await link.link(services, call, {"code": payload.removeprefix(link.DEEP_LINK)})
    if payload.startswith(gifts.DEEP_LINK):
        code = payload.removeprefix(gifts.DEEP_LINK)
        return await gifts.claim(services, call, {"code": code})
    words = texts(call.user.language)
    return Reply(
        words.welcome(call.user.name),
        (
            (Button(words.show_plans, press="v1:plans:"),),
            (Button(words.show_session, press="v1:session:"),),
            (Button(words.how_to, press="v1:help:"),),
        ),
    )


def help_(commands: tuple[Command, ...], language: str) -> Reply:
    """List what everyone may ask for."""
    words = texts(language)
    key = language.partition("-")[0]
    listed = [
        (command.name, command.description.get(key, command.description["en"]))
        for command in commands
        if command.audience == "everyone" and command.name != START.name
    ]
    return Reply(words.help(listed))


async def plain_text(_services: Services, said: PlainText) -> Reply:
    """Show how words become a picture; nothing is charged for talking."""
    return Reply(texts(said.user.language).write_image(said.text))
