"""/paysupport: help with a payment. Telegram's terms want every bot that sells to answer to it."""

from chat.commands import Command, Options
from chat.model import Button, CommandCall, Reply
from chat.text import lines
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from store import orders
from store.database import Transaction

PAYSUPPORT = Command(
    "paysupport",
    {"en": "Help with a payment", "hi": "पेमेंट में मदद"},
    is_private=True,
    names={"hi": "पेमेंट_मदद"},
)


async def paysupport(services: Services, call: CommandCall, _options: Options) -> Reply:
    """Answer /paysupport: what to do oneself, the number to name, and whom to write to."""
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> str:
        user = await speaker(tx, call, services.clock())
        newest = await orders.of_user(tx, user.id, 1)
        return newest[0].id if newest else ""

    order_id = await services.database.write(decide)
    said = [words.pay_support(), *([words.pay_support_order(order_id)] if order_id else [])]
    check = Button(words.check_payment, press=f"v1:check:{order_id}")
    buttons = ((check,),) if order_id and services.payments else ()
    return Reply(lines([*said, "", words.contact(services.business)]), buttons, private=True)
