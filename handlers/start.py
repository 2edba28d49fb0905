"""/start, /help, and words that are no command."""

from chat.commands import Command, Option, Options
from chat.model import Button, CommandCall, PlainText, Reply
from handlers import buy, session
from handlers.services import Services
from handlers.texts import texts

START = Command(
    "start",
    {"en": "Begin here", "hi": "यहाँ से शुरू करें"},
    (Option("payload", {"en": "Where a link leads", "hi": "लिंक कहाँ ले जाता है"}, is_rest=True),),
)
HELP = Command("help", {"en": "What I can do", "hi": "मैं क्या कर सकता हूँ"})


async def start(services: Services, call: CommandCall, options: Options) -> Reply | None:
    """Welcome a person; a link that led here may ask for the plans at once."""
    match options.get("payload"):
        case "buy":
            return await buy.show_plans(services, call)
        case "session":
            return await session.show(services, call)
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
