"""What somebody could not be shown: it is shown when they next do something.

A picture that took longer than an interaction lives, where the bot may neither write in the channel
nor in private; or a person who had blocked the bot meanwhile. The charge stands, so the picture is
owed.
"""

from chat.model import Incoming
from handlers.services import Services
from store import cards, users
from store.cards import Card
from store.database import Transaction

AT_ONCE = 3
"""Who was away for long is not flooded; the next click brings the next ones."""
DELAY_S = 5
"""What the person just asked for is answered first."""


async def pay_up(services: Services, incoming: Incoming) -> None:
    """Queue what is owed to a person, to be shown to them alone where they are now."""
    async with services.database.read() as tx:
        owed = await _owed(tx, incoming)
    if not owed:
        return
    who = incoming.user
    address = services.chats[who.platform].aside(incoming.address, who.id).to_json()

    async def decide(tx: Transaction) -> None:
        for card in await _owed(tx, incoming):
            await cards.move(tx, services.work, card, address, delay_s=DELAY_S)

    await services.database.write(decide)


async def _owed(tx: Transaction, incoming: Incoming) -> list[Card]:
    user = await users.find(tx, incoming.user.platform, incoming.user.id)
    return await cards.owed(tx, user.id, AT_ONCE) if user else []
