"""/topup: more pictures or videos for the hour that runs."""

from billing.topups import COUNT_MAX, ToppedUnit
from chat.commands import Command, Option, Options
from chat.errors import StaleButtonError
from chat.model import Button, ButtonPress, CommandCall, Incoming, Reply
from handlers.buy import place_of
from handlers.order_card import add_card
from handlers.paying import RAZORPAY, PaymentsOffError, gateway_for
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from store.database import Transaction

COUNTS = (1, 3, 5, 10)
UNITS: dict[str, ToppedUnit] = {"pictures": "image", "videos": "video"}


def declaration(sold: tuple[ToppedUnit, ...]) -> Command:
    """The command for what is sold by itself."""
    count = Option(
        "count",
        {"en": "How many more", "hi": "और कितने"},
        kind="integer",
        minimum=1,
        maximum=COUNT_MAX,
        names={"hi": "गिनती"},
    )
    what = Option(
        "what",
        {"en": "Pictures or videos", "hi": "तस्वीरें या वीडियो"},
        choices=tuple(name for name, unit in UNITS.items() if unit in sold),
        names={"hi": "क्या"},
    )
    about = {"en": "More for your running hour", "hi": "चल रहे घंटे के लिए और"}
    return Command("topup", about, (count, what), is_private=True, names={"hi": "और"})


async def topup(services: Services, call: CommandCall, options: Options) -> Reply | None:
    """Answer /topup: with a count open an order, without one show what can be had."""
    sold = services.topups.units
    unit = UNITS[str(options["what"])] if "what" in options else sold[0]
    if "count" not in options or not call.address.private:
        return await _offer(services, call, unit)
    return await _order(services, call, unit, int(options["count"]))


async def show(services: Services, press: ButtonPress, unit: str) -> Reply:
    """The button where the credits of an hour are spent."""
    return await _offer(services, press, _unit(press, unit))


async def choose(services: Services, press: ButtonPress, choice: str) -> Reply | None:
    """So many were chosen, `image:3`: their order takes the place of the list."""
    unit, _, count = choice.partition(":")
    if not count.isdecimal() or not 1 <= int(count) <= COUNT_MAX:
        raise StaleButtonError(press.data)
    wanted = _unit(press, unit)
    if not press.address.private:
        return await _offer(services, press, wanted)
    return await _order(services, press, wanted, int(count))


def _unit(press: ButtonPress, name: str) -> ToppedUnit:
    unit = next((unit for unit in UNITS.values() if unit == name), None)
    if unit is None:
        raise StaleButtonError(press.data)
    return unit


async def _offer(services: Services, incoming: Incoming, unit: ToppedUnit) -> Reply:
    _check(services, incoming)
    words = texts(incoming.user.language)
    choices = tuple(
        (
            Button(
                words.topup_choice(count, unit, services.topups.price(unit, count)),
                press=f"v1:topup:{unit}:{count}",
            ),
        )
        for count in COUNTS
    )
    return Reply(words.topup_how(), choices, private=True)


async def _order(
    services: Services, incoming: Incoming, unit: ToppedUnit, count: int
) -> Reply | None:
    _check(services, incoming)
    now = services.clock()

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, incoming, now)
        await services.hours.check_hold(tx, user.id)
        opened = await services.topups.open(tx, user.id, unit, count)
        place = place_of(incoming, is_new=False)
        await add_card(services, tx, incoming, user.id, opened.order.id, place)

    await services.database.write(decide)
    return None


def _check(services: Services, incoming: Incoming) -> None:
    """Raises PaymentsOffError where nothing is sold for rupees."""
    if gateway_for(services, incoming) != RAZORPAY:
        raise PaymentsOffError
