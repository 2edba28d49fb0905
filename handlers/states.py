"""Where a buyer lives: what a seller who is registered for the tax has to ask, once."""

from billing.gst import STATES
from chat.commands import Command, Options
from chat.errors import StaleButtonError
from chat.model import Button, ButtonPress, CommandCall, Reply
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from store import users
from store.database import Transaction

STATE = Command(
    "state",
    {"en": "The State you live in, for your invoices", "hi": "आपका राज्य, बिल के लिए"},
    is_private=True,
    names={"hi": "राज्य"},
)
CODES = sorted(STATES, key=STATES.__getitem__)
LISTED = 18
"""With the button for more, no more than a message can have on any platform."""
ROW = 2


async def state(_services: Services, call: CommandCall, _options: Options) -> Reply:
    """Answer /state."""
    return ask(call.user.language)


def ask(language: str, then: str = "", page: int = 0, *, edit: bool = False) -> Reply:
    """Ask for the State; `then` is the choice of plan, `flash:3`, that waits for the answer."""
    words = texts(language)
    shown = CODES[page * LISTED : (page + 1) * LISTED]
    buttons = [Button(STATES[code], press=f"v1:home:{code}:{then}") for code in shown]
    rows = [tuple(buttons[start : start + ROW]) for start in range(0, len(buttons), ROW)]
    other = (page + 1) % -(-len(CODES) // LISTED)
    rows.append((Button(words.more_states, press=f"v1:homes:{other}:{then}"),))
    return Reply(words.ask_state(), tuple(rows), edit=edit, private=True)


async def turn_page(_services: Services, press: ButtonPress, argument: str) -> Reply:
    """Show the other States."""
    page, _, then = argument.partition(":")
    if not page.isdecimal() or int(page) * LISTED >= len(CODES):
        raise StaleButtonError(press.data)
    return ask(press.user.language, then, int(page), edit=True)


async def remember(services: Services, press: ButtonPress, code: str) -> Reply:
    """Keep the answer."""
    if code not in STATES:
        raise StaleButtonError(press.data)

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, press, services.clock())
        await users.set_state(tx, user.id, STATES[code])

    await services.database.write(decide)
    words = texts(press.user.language)
    return Reply(words.state_kept(STATES[code]), edit=True, private=True)
