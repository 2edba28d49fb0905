"""/trial: one hour for nothing, once per person, where the operator offers it."""

from chat.commands import Command, Options
from chat.errors import NotUnderstoodError
from chat.model import CommandCall
from handlers.order_card import add_card
from handlers.people import speaker
from handlers.services import Services
from store import trials
from store.database import Transaction

ACTOR = "trial"
TRIAL = Command(
    "trial",
    {"en": "One hour free, once per person", "hi": "एक घंटा मुफ़्त, हर व्यक्ति को एक बार"},
    is_private=True,
    names={"hi": "मुफ़्त"},
)


class TrialUsedError(NotUnderstoodError):
    """This person had their free hour."""


async def trial(services: Services, call: CommandCall, _options: Options) -> None:
    """Answer /trial: the hour, the note that it was had and the card are one transaction.

    Raises:
        TrialUsedError: It was had before, under this account or another of the same wallet.
    """
    plan_id, now, who = services.hours.settings.trial_plan, services.clock(), call.user

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, call, now)
        if await trials.was_had(tx, user.id, who.platform, who.id):
            raise TrialUsedError
        order = await services.orders.grant(tx, user.id, plan_id, 1, ACTOR, "free trial")
        await trials.add(tx, user.id, who.platform, who.id, order.id, now)
        home = services.chats[who.platform].home(who.id)
        await add_card(services, tx, call, user.id, order.id, home)

    await services.database.write(decide)
