"""The price of a clip comes first: a card that is taken by *Start*, or dropped by *Cancel*.

Until then nothing is bound and nothing is drawn. The offer waits in the database, so its buttons
work after a restart, once, for the one who asked; the word and the job are one transaction.
"""

from functools import partial

from billing.pricing import video_cost
from chat.model import Button, ButtonPress, Incoming, Reply
from chat.text import lines
from engine.errors import CannotAnimateError
from handlers.accepting import check_room, queue
from handlers.blocked import refuse_blocked
from handlers.people import NotFoundError, check_owner, conversation, digest_of, speaker
from handlers.scene import Scene
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from store import cards, offers
from store.cards import Card
from store.database import Transaction
from store.jobs import Job
from store.offers import Offer
from store.users import User

_PREFIX = "off_"
KEEP_S = 7 * 24 * 3600
"""How long a price waits for its person's word."""
_AT_ONCE = 100


def check_animates(services: Services) -> None:
    """Refuse what nobody here could draw.

    Raises:
        CannotAnimateError: There is no video model.
    """
    if not services.engine.animates:
        raise CannotAnimateError


def offer_id_of(incoming: Incoming) -> str:
    """A redelivered command makes the same offer."""
    return f"{_PREFIX}{digest_of(incoming)}"


async def offer(services: Services, incoming: Incoming, scene: Scene) -> Reply:
    """Say what a clip would cost.

    Raises:
        BillingError: There are no credits for it.
        PromptBlockedError: The operator does not let people draw that.
    """
    offer_id, now = offer_id_of(incoming), services.clock()
    await refuse_blocked(services, incoming, offer_id, _words(scene))
    cost = video_cost(scene.seconds, services.videos.credits)
    words = texts(incoming.user.language)

    async def decide(tx: Transaction) -> Reply:
        user = await speaker(tx, incoming, now)
        quote = await services.hours.quote(tx, user.id, "video", cost)
        await offers.add(tx, Offer(offer_id, user.id, scene.to_json(), cost, now))
        said = [
            words.video_offer(
                shown_prompt(scene.prompt, words),
                scene.seconds,
                f"{scene.clip.width}x{scene.clip.height}",
                cost,
                quote.left,
            ),
            *([words.video_unsteered()] if scene.source and scene.prompt else []),
            *([words.video_starts_hour()] if quote.starts_hour else []),
        ]
        return Reply(lines(said), _choices(offer_id, words))

    return await services.database.write(decide)


async def start(services: Services, press: ButtonPress, offer_id: str) -> Reply | None:
    """Pay for what was offered and queue it; its card takes the place of the price.

    Raises:
        BillingError: The credits were spent on something else meanwhile.
        TooManyJobsError: This person has to wait for their other jobs first.
        QueueFullError: So has everybody.
    """
    check_animates(services)
    now = services.clock()

    async def decide(tx: Transaction) -> bool:
        user, offered = await _own_offer(tx, press, offer_id, now)
        if not await offers.settle(tx, offer_id, now):
            return False
        live = await check_room(services, tx, user.id)
        job = await _accept(services, tx, press, offered, live)
        address = press.address.to_json()
        card = Card(id=job.id, user_id=user.id, kind="job", subject=job.id, address=address)
        await cards.add(tx, services.work, card, now)
        return True

    return None if await services.database.write(decide) else _settled(press)


async def drop(services: Services, press: ButtonPress, offer_id: str) -> Reply:
    """Leave alone what was offered."""
    now = services.clock()

    async def decide(tx: Transaction) -> Offer | None:
        _, offered = await _own_offer(tx, press, offer_id, now)
        return offered if await offers.settle(tx, offer_id, now) else None

    offered = await services.database.write(decide)
    if offered is None:
        return _settled(press)
    await _forget_source(services, offered)
    scene, words = Scene.from_json(offered.request), texts(press.user.language)
    return Reply(words.video_dropped(shown_prompt(scene.prompt, words)), edit=True)


async def forget_old(services: Services) -> None:
    """Forget what nobody has answered for a week, with the pictures that were sent for it."""
    before = services.clock() - KEEP_S
    async with services.database.read() as tx:
        old = await offers.open_since(tx, before, _AT_ONCE)
    for offered in old:
        # In this order: who presses Start at this moment has either the picture or no offer.
        if await services.database.write(partial(_forgotten, offered)):
            await _forget_source(services, offered)


async def _forgotten(offered: Offer, tx: Transaction) -> bool:
    return await offers.forget(tx, offered.id)


async def _forget_source(services: Services, offered: Offer) -> None:
    """Delete the picture of an offer that was sent for it alone."""
    source = Scene.from_json(offered.request).source
    if source is not None and offered.id in source:
        await services.blobs.delete(source)


async def is_kept(services: Services, offer_id: str) -> bool:
    """Whether something was offered under this id."""
    async with services.database.read() as tx:
        return await offers.get(tx, offer_id) is not None


def shown_prompt(prompt: str, words: English) -> str:
    """What a card calls a clip: by its words, or by the picture that came without any."""
    return prompt or words.own_picture


async def _accept(
    services: Services, tx: Transaction, press: ButtonPress, offered: Offer, live: int
) -> Job:
    scene, now = Scene.from_json(offered.request), services.clock()
    job_id = f"job_{offered.id.removeprefix(_PREFIX)}"
    user = await speaker(tx, press, now)
    place = await conversation(tx, user, press, now)
    reservation = await services.hours.reserve(tx, user.id, "video", offered.cost, job_id)
    job = Job(
        id=job_id,
        user_id=user.id,
        session_id=reservation.hour.id,
        conversation_id=place,
        kind="video",
        state="queued",
        request={**offered.request, "left_after": reservation.left_after},
        cost=offered.cost,
        created_at=now,
    )
    await queue(services, tx, job, reservation.hour, live * round(_estimate_s(services, scene)))
    return job


async def _own_offer(
    tx: Transaction, press: ButtonPress, offer_id: str, now: int
) -> tuple[User, Offer]:
    user = await speaker(tx, press, now)
    offered = await offers.get(tx, offer_id)
    if offered is None:
        raise NotFoundError
    check_owner(user, offered.user_id)
    return user, offered


def _estimate_s(services: Services, scene: Scene) -> float:
    picture_s = services.engine.estimate_s(scene.picture) if scene.picture else 0.0
    return picture_s + services.engine.estimate_s(scene.clip)


def _choices(offer_id: str, words: English) -> tuple[tuple[Button, ...], ...]:
    take = Button(words.start_video, press=f"v1:video_start:{offer_id}")
    return ((take, Button(words.cancel_job, press=f"v1:video_drop:{offer_id}")),)


def _settled(press: ButtonPress) -> Reply:
    return Reply(texts(press.user.language).video_settled(), toast=True)


def _words(scene: Scene) -> str:
    """What is looked through for words that are not drawn."""
    return scene.picture.prompt if scene.picture else scene.prompt
