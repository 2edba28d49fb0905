"""Gifts: what the giver sees of one, and how the other opens it."""

from billing.gifts import Gift
from chat.commands import Command, Option, Options
from chat.model import CommandCall, Incoming, Reply
from chat.text import Text, lines
from handlers.codes import decide_on_code
from handlers.people import speaker
from handlers.services import Services
from handlers.session import next_step
from handlers.texts import texts
from handlers.texts.english import English
from store import cards, orders, plans
from store import gifts as rows
from store.database import Transaction

DEEP_LINK = "g_"
"""How a link's payload begins that carries a gift's code."""
TYPED_MAX = 40
LISTED_MAX = 10

CLAIM = Command(
    "claim",
    {"en": "Open a gift by its code", "hi": "कोड से तोहफ़ा खोलें"},
    (
        Option(
            "code",
            {"en": "The gift's code", "hi": "तोहफ़े का कोड"},
            length_max=TYPED_MAX,
            is_rest=True,
            names={"hi": "कोड"},
        ),
    ),
    is_private=True,
    names={"hi": "तोहफ़ा"},
)


async def claim(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /claim: open a gift or, without a code, show those that one gave and that wait."""
    typed = str(options.get("code", ""))
    if not typed:
        return await _given(services, call)
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, call, services.clock())
        order = await services.gifts.claim(tx, typed, user.id, call.user.tag)
        await _tell_giver(services, tx, order.id)
        hour, buttons = await next_step(services, tx, order, user.id, words)
        plan = await plans.get(tx, order.plan_id)
        says = words.gift_received(words.item(plan.name, order.hours), hour)
        return Reply(says, buttons, private=True)

    return await decide_on_code(services, call, decide)


async def bring_home(services: Services) -> None:
    """Give back what nobody claimed in time, and say so."""

    async def decide(tx: Transaction) -> None:
        for order_id in await services.gifts.bring_home(tx):
            await _tell_giver(services, tx, order_id)

    await services.database.write(decide)


def shown(services: Services, gift: Gift, words: English) -> list[Text]:
    """What the giver is to know: the code, or what became of it."""
    if gift.account == "":
        return [words.gift_came_home()]
    if gift.claimed_at is not None:
        return [words.gift_claimed(gift.claimed_at)]
    assert gift.expires_at is not None, "a paid gift has its time"
    code = services.gifts.code(gift)
    links = (chat.deep_link(f"{DEEP_LINK}{code}") for chat in services.chats.values())
    link = next((url for url in links if url), "")
    return [words.gift_code(code, gift.expires_at), *([words.gift_link(link)] if link else [])]


async def _given(services: Services, incoming: Incoming) -> Reply:
    words = texts(incoming.user.language)

    async def decide(tx: Transaction) -> list[Text]:
        user = await speaker(tx, incoming, services.clock())
        return [
            line
            for gift in await rows.waiting_of(tx, user.id, LISTED_MAX)
            for line in (await _what(tx, gift, words), *shown(services, gift, words))
        ]

    listed = await services.database.write(decide)
    return Reply(lines([words.claim_how(), *listed]), private=True)


async def _what(tx: Transaction, gift: Gift, words: English) -> Text:
    order = await orders.get(tx, gift.order_id)
    assert order is not None, "a gift is an order"
    plan = await plans.get(tx, order.plan_id)
    return words.gift_given(words.item(plan.name, order.hours))


async def _tell_giver(services: Services, tx: Transaction, order_id: str) -> None:
    """Draw the order's card again, and show it anew: edits notify nobody."""
    await cards.touch(tx, services.work, "order", order_id)
    card_id = f"crd_claimed_{order_id}"
    await cards.announce(tx, services.work, "order", order_id, card_id, services.clock())
