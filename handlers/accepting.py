"""A request becomes a job: paid for, in the queue, and shown on a card; all of it or nothing."""

from dataclasses import asdict, dataclass, replace

from billing.errors import InsufficientCreditsError
from billing.pricing import image_cost
from chat.errors import NotUnderstoodError
from chat.model import Incoming
from engine.errors import CannotDrawOverError
from engine.job import GenerationRequest
from handlers.blocked import refuse_blocked
from handlers.people import conversation, digest_of, speaker
from handlers.services import Services
from store import cards, jobs, plans
from store.cards import Card
from store.database import Transaction
from store.hours import Hour
from store.jobs import Job

DRAW = "draw"
"""The kind of work that draws a picture."""

FILM = "film"
"""The kind of work that draws a clip, for which no picture is to wait."""

SEED_BELOW = 2**32

PRIORITY_EPOCH = 1_767_225_600  # 2026-01-01: keeps queue priorities within 31 bits


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants drawn, and how it is shown."""

    prompt: str
    """Their words, as the card says them."""
    request: GenerationRequest
    """Without the picture that it starts from, which can be large."""
    is_covered: bool = False
    source: str | None = None
    """Where the picture that it starts from is kept; nowhere without one."""
    holes: str | None = None
    """Where it is kept in which places that one may be drawn over; without, everywhere."""
    count: int = 1
    """How many pictures, alike but for their seeds."""


class TooManyJobsError(NotUnderstoodError):
    """One person has enough pictures waiting or running."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class QueueFullError(NotUnderstoodError):
    """So much waits already that nobody should pay for more."""

    def __init__(self, waiting: int) -> None:
        super().__init__(waiting)
        self.waiting = waiting


class NotEnoughForAllError(NotUnderstoodError):
    """There are credits for fewer pictures than somebody asked for at once."""

    def __init__(self, count: int, possible: int) -> None:
        super().__init__(count, possible)
        self.count = count
        self.possible = possible


def check_draws_over(services: Services) -> None:
    """Refuse what nobody here could draw.

    Raises:
        CannotDrawOverError: No back end draws over pictures.
    """
    if not services.engine.draws_over:
        raise CannotDrawOverError


async def accept(services: Services, incoming: Incoming, asked: Asked) -> None:
    """Reserve the credits, queue the job and show its card; a repetition changes nothing.

    Raises:
        CannotDrawOverError: It starts from a picture, and nobody here draws over one.
        PromptBlockedError: The operator does not let people draw that.
        TooManyJobsError: This person has to wait for their own pictures first.
        QueueFullError: So has everybody.
        NotEnoughForAllError: There are credits for some of the pictures, not for all.
        BillingError: There are no credits for it.
    """
    now, job_id = services.clock(), job_id_of(incoming)
    if asked.source is not None:
        check_draws_over(services)
    await refuse_blocked(services, incoming, job_id, asked.request.prompt)

    async def decide(tx: Transaction) -> None:
        if await jobs.exists(tx, job_id):
            return
        user = await speaker(tx, incoming, now)
        live = await check_room(services, tx, user.id)
        place = await conversation(tx, user, incoming, now)
        accepted = [
            await _accept_one(services, tx, part, user.id, place, live + number)
            for number, part in enumerate(_parts(job_id, asked))
        ]
        await cards.add(tx, services.work, _card(incoming, accepted[0]), now)

    await services.database.write(decide)


async def check_room(services: Services, tx: Transaction, user_id: int) -> int:
    """How many requests of this person wait or run, if they may have another.

    Raises:
        TooManyJobsError: They may not.
        QueueFullError: Nobody may.
    """
    live = len(set(map(jobs.first_of, await jobs.queued(tx, user_id))))
    if live >= services.images.live_jobs_max:
        raise TooManyJobsError(services.images.live_jobs_max)
    waiting, _ = await jobs.live(tx)
    if waiting >= services.images.queue_max:
        raise QueueFullError(waiting)
    return live


async def queue(services: Services, tx: Transaction, job: Job, hour: Hour, busy_s: int) -> None:
    """Add a job that is paid by this hour, behind so many seconds of its person's other jobs."""
    await jobs.add(tx, job)
    delay_s = (await plans.get(tx, hour.plan_id)).delay_s
    priority = job.created_at - PRIORITY_EPOCH + delay_s + busy_s
    kind = FILM if job.kind == "video" else DRAW
    await services.work.submit(tx, kind, job.id, priority=max(1, priority))


@dataclass(frozen=True, slots=True)
class _Part:
    """One picture of what somebody asked for."""

    id: str
    number: int
    asked: Asked


def _parts(job_id: str, asked: Asked) -> list[_Part]:
    """Each picture with a seed of its own; the first has the one that was asked for."""
    parts = [_Part(job_id, 0, asked)]
    for number in range(1, asked.count):
        request = replace(asked.request, seed=(asked.request.seed + number) % SEED_BELOW)
        parts.append(_Part(f"{job_id}.{number + 1}", number, replace(asked, request=request)))
    return parts


async def _accept_one(
    services: Services, tx: Transaction, part: _Part, user_id: int, place: int, before: int
) -> Job:
    """Pay for one picture and queue it, behind so many others of this person."""
    asked, request, now = part.asked, part.asked.request, services.clock()
    cost = image_cost(request.width, request.height, 1)
    try:
        reservation = await services.hours.reserve(tx, user_id, "image", cost, part.id)
    except InsufficientCreditsError as error:
        if part.number == 0:
            raise
        raise NotEnoughForAllError(asked.count, part.number) from error
    job = Job(
        id=part.id,
        user_id=user_id,
        session_id=reservation.hour.id,
        conversation_id=place,
        kind="image",
        state="queued",
        request={
            "prompt": asked.prompt,
            "is_covered": asked.is_covered,
            "source": asked.source,
            "holes": asked.holes,
            "left_after": reservation.left_after,
            "frozen": asdict(request),
        },
        cost=cost,
        created_at=now,
    )
    busy_s = before * round(services.engine.estimate_s(request))
    await queue(services, tx, job, reservation.hour, busy_s)
    return job


def asked_of(job: Job) -> Asked:
    """What a job was accepted for, the same at every try."""
    return Asked(
        str(job.request["prompt"]),
        GenerationRequest(**job.request["frozen"]),
        # Jobs of older bots have none of these.
        is_covered=bool(job.request.get("is_covered", False)),
        source=job.request.get("source"),
        holes=job.request.get("holes"),
    )


def job_id_of(incoming: Incoming) -> str:
    """A redelivered command has the same job id, so it cannot be charged twice."""
    return f"job_{digest_of(incoming)}"


def _card(incoming: Incoming, job: Job) -> Card:
    """A picture's card is always a new message: a button's own message shows another picture."""
    address = incoming.address
    if address.message is not None:
        address = replace(address, reply_to=address.message)
    below = replace(address, message=None)
    return Card(
        id=job.id,
        user_id=job.user_id,
        kind="job",
        subject=job.id,
        address=below.to_json(),
    )
