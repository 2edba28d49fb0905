"""/image: from words to a job that is paid for and will be drawn."""

import secrets
from dataclasses import asdict, replace

from billing.pricing import image_cost
from chat.commands import Command, Option, Options
from chat.errors import NotUnderstoodError
from chat.model import ButtonPress, CommandCall, Incoming, Reply
from engine.job import SAMPLERS, GenerationRequest
from handlers.people import conversation, digest_of, own_job, speaker
from handlers.services import ImageSettings, Services
from handlers.texts import texts
from store import cards, jobs, plans
from store.cards import Card
from store.database import Transaction
from store.jobs import Job

DRAW = "draw"
"""The kind of work that draws a job."""

SEED_BELOW = 2**32
PRIORITY_EPOCH = 1_767_225_600  # 2026-01-01: keeps queue priorities within 31 bits


class TooManyJobsError(NotUnderstoodError):
    """One person has enough pictures waiting or running."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def declaration(settings: ImageSettings) -> Command:
    """The command for the operator's shapes and styles."""
    prompt = Option(
        "prompt",
        {"en": "What to draw", "hi": "क्या बनाना है"},
        required=True,
        is_rest=True,
        length_max=settings.prompt_length_max,
    )
    no = Option(
        "no",
        {"en": "What should not be there", "hi": "क्या नहीं होना चाहिए"},
        length_max=settings.prompt_length_max,
    )
    style = Option("style", {"en": "A style", "hi": "शैली"}, choices=tuple(settings.styles))
    styles = (style,) if settings.styles else ()
    shape = Option("shape", {"en": "A shape", "hi": "आकार"}, choices=tuple(settings.shapes))
    seed = Option(
        "seed",
        {"en": "Same seed, same picture", "hi": "वही सीड, वही तस्वीर"},
        kind="integer",
        minimum=0,
        maximum=SEED_BELOW - 1,
    )
    steps = Option(
        "steps", {"en": "Drawing steps", "hi": "चरण"}, kind="integer", minimum=1, maximum=50
    )
    guidance = Option(
        "guidance",
        {"en": "How closely to follow the words", "hi": "शब्दों का कितना पालन"},
        kind="number",
        minimum=1,
        maximum=20,
    )
    sampler = Option("sampler", {"en": "The sampler", "hi": "सैंपलर"}, choices=SAMPLERS)
    about = {"en": "Draw a picture from words", "hi": "शब्दों से तस्वीर बनाएँ"}
    return Command("image", about, (prompt, *styles, shape, no, seed, steps, guidance, sampler))


def request_from(options: Options, settings: ImageSettings, seed: int) -> GenerationRequest:
    """Freeze what was asked for; `seed` is taken when the person named none."""
    default = next(iter(settings.shapes))
    width, height = settings.shapes[str(options.get("shape", default))]
    template = settings.styles.get(str(options.get("style", "")), "{prompt}")
    return GenerationRequest(
        prompt=template.replace("{prompt}", str(options["prompt"])),
        negative_prompt=str(options.get("no", settings.negative_prompt)),
        width=width,
        height=height,
        steps=int(options.get("steps", settings.steps)),
        guidance=float(options.get("guidance", settings.guidance)),
        seed=int(options.get("seed", seed)),
        sampler=str(options.get("sampler", settings.sampler)),
    )


async def image(services: Services, call: CommandCall, options: Options) -> None:
    """Answer /image: reserve a credit, accept the job, show its card; all of it or nothing."""
    request = request_from(options, services.images, secrets.randbelow(SEED_BELOW))
    request.check()
    await _accept(services, call, str(options["prompt"]), request)


async def again(services: Services, press: ButtonPress, job_id: str) -> None:
    """Draw the same words once more, with another seed."""
    shown, request = await _own_request(services, press, job_id)
    fresh = replace(request, seed=secrets.randbelow(SEED_BELOW))
    await _accept(services, press, shown, fresh)


async def cancel(services: Services, press: ButtonPress, job_id: str) -> Reply | None:
    """Stop a job: the credit goes back first, then the work is stopped."""

    async def decide(tx: Transaction) -> bool:
        await own_job(tx, press, job_id, services.clock())
        if not await jobs.end(tx, job_id, "cancelled", services.clock()):
            return False
        await services.hours.void(tx, job_id)
        await cards.touch(tx, services.work, "job", job_id)
        return True

    if not await services.database.write(decide):
        return Reply(texts(press.user.language).already_finished(), toast=True)
    services.engine.cancel(job_id)
    return None


def frozen_request(job: Job) -> GenerationRequest:
    """What the engine is to draw, the same at every try."""
    return GenerationRequest(**job.request["frozen"])


def job_id_of(incoming: Incoming) -> str:
    """A redelivered command has the same job id, so it cannot be charged twice."""
    return f"job_{digest_of(incoming)}"


async def _accept(
    services: Services, incoming: Incoming, prompt: str, request: GenerationRequest
) -> None:
    now = services.clock()
    job_id = job_id_of(incoming)

    async def decide(tx: Transaction) -> None:
        if await jobs.exists(tx, job_id):
            return
        user = await speaker(tx, incoming, now)
        live = len(await jobs.queued(tx, user.id))
        if live >= services.images.live_jobs_max:
            raise TooManyJobsError(services.images.live_jobs_max)
        cost = image_cost(request.width, request.height, 1)
        reservation = await services.hours.reserve(tx, user.id, "image", cost, job_id)
        job = Job(
            id=job_id,
            user_id=user.id,
            session_id=reservation.hour.id,
            conversation_id=await conversation(tx, user, incoming, now),
            kind="image",
            state="queued",
            request={
                "prompt": prompt,
                "left_after": reservation.left_after,
                "frozen": asdict(request),
            },
            cost=cost,
            created_at=now,
        )
        await jobs.add(tx, job)
        delay_s = (await plans.get(tx, reservation.hour.plan_id)).delay_s
        busy_s = live * round(services.engine.estimate_s(request))
        priority = now - PRIORITY_EPOCH + delay_s + busy_s
        await services.work.submit(tx, DRAW, job_id, priority=max(1, priority))
        await cards.add(tx, services.work, _card(incoming, job), now)

    await services.database.write(decide)


def _card(incoming: Incoming, job: Job) -> Card:
    """A picture's card is always a new message: a button's own message shows another picture."""
    address = incoming.address
    if isinstance(incoming, ButtonPress):
        address = replace(address, reply_to=address.message)
    below = replace(address, message=None)
    return Card(
        id=job.id,
        user_id=job.user_id,
        kind="job",
        subject=job.id,
        address=below.to_json(),
        revision=1,
        shown=0,
    )


async def _own_request(
    services: Services, press: ButtonPress, job_id: str
) -> tuple[str, GenerationRequest]:
    job = await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    return str(job.request["prompt"]), frozen_request(job)
