"""/session: the hour, what is left of it, and its start."""

from collections import Counter
from collections.abc import Mapping

from billing.hours import Wallet
from billing.orders import Order
from chat.commands import Command, Options
from chat.model import Button, ButtonPress, CommandCall, Incoming, Reply
from chat.text import Text, lines
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.english.buying import Paid
from store import cards, plans
from store.database import Transaction

SESSION = Command(
    "session",
    {"en": "Time and credits left", "hi": "बचा समय और क्रेडिट"},
    is_private=True,
    names={"hi": "सत्र"},
)


async def session(services: Services, call: CommandCall, _options: Options) -> Reply:
    """Answer /session."""
    return await show(services, call)


async def show(services: Services, incoming: Incoming) -> Reply:
    """Time left, what is used of what, and what waits."""

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, incoming, services.clock())
        return await wallet_of(services, tx, user.id, incoming.user.language)

    return await services.database.write(decide)


async def wallet_of(services: Services, tx: Transaction, user_id: int, language: str) -> Reply:
    """Somebody's wallet as a message."""
    wallet = await services.hours.wallet(tx, user_id)
    held = (wallet.running, *wallet.waiting, *wallet.unstarted)
    ids = {hour.plan_id for hour in held if hour}
    plan_names = {plan_id: (await plans.get(tx, plan_id)).name for plan_id in ids}
    return overview(wallet, plan_names, language)


async def start_hour(services: Services, press: ButtonPress, hour_id: str) -> Reply:
    """Start an hour; the card that offered it is drawn again without its button."""

    async def decide(tx: Transaction) -> tuple[str, int]:
        user = await speaker(tx, press, services.clock())
        hour = await services.hours.start(tx, user.id, hour_id or None)
        await cards.touch(tx, services.work, "order", hour.order_id)
        assert hour.ends_at is not None, "a started hour has an end"
        return (await plans.get(tx, hour.plan_id)).name, hour.ends_at

    plan_name, ends_at = await services.database.write(decide)
    words = texts(press.user.language)
    button = Button(words.show_session, press="v1:session:")
    started = words.hour_started(plan_name, ends_at)
    return Reply(started, ((button,),), private=True)


async def next_step(
    services: Services, tx: Transaction, order: Order, user_id: int, words: English
) -> tuple[Paid, tuple[tuple[Button, ...], ...]]:
    """What the owner of an order's hours can do with them now."""
    wallet = await services.hours.wallet(tx, user_id)
    unstarted = [hour for hour in wallet.unstarted if hour.order_id == order.id]
    show = (Button(words.show_session, press="v1:session:"),)
    if not unstarted:
        return "started", (show,)
    rank = services.plans.rank
    if wallet.running and rank(order.plan_id) <= rank(wallet.running.plan_id):
        return "must_wait", (show,)
    can: Paid = "can_take_over" if wallet.running else "can_start"
    return can, ((Button(words.start_hour, press=f"v1:start:{unstarted[0].id}"),), show)


def overview(wallet: Wallet, plan_names: Mapping[str, str], language: str) -> Reply:
    """The wallet as a message."""
    words = texts(language)
    shown: list[Text | str] = []
    if wallet.running:
        running = wallet.running
        assert running.ends_at is not None, "a running hour has an end"
        name = plan_names[running.plan_id]
        shown.append(words.session_running(name, wallet.seconds_left, running.ends_at))
        shown += _usage(wallet, language)
    for hour in wallet.waiting:
        shown.append(words.session_waiting(plan_names[hour.plan_id], hour.seconds_left))
    if wallet.unstarted:
        counted = Counter(plan_names[hour.plan_id] for hour in wallet.unstarted)
        shown.append(words.session_unstarted(list(counted.items())))
    if carried := wallet.carry_over.get("image", 0):
        shown.append(words.carry_over(carried))
    if carried := wallet.carry_over.get("video", 0):
        shown.append(words.carry_over_videos(carried))
    return Reply(lines(shown or [words.session_none()]), _buttons(wallet, language), private=True)


def _usage(wallet: Wallet, language: str) -> list[Text]:
    words = texts(language)
    image, video, token = (wallet.usage[unit] for unit in ("image", "video", "token"))
    shown = [words.usage_images(image.used + image.reserved, image.limit)]
    if video.limit:
        shown.append(words.usage_videos(video.used + video.reserved, video.limit))
    shown.append(words.usage_tokens(token.used + token.reserved, token.limit))
    return shown


def _buttons(wallet: Wallet, language: str) -> tuple[tuple[Button, ...], ...]:
    words = texts(language)
    if wallet.unstarted and not wallet.running:
        return ((Button(words.start_hour, press=f"v1:start:{wallet.unstarted[0].id}"),),)
    return ((Button(words.show_plans, press="v1:plans:"),),)
