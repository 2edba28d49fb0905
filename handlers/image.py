"""/image: from words to a job that is paid for and will be drawn."""

import hashlib
import secrets
from dataclasses import asdict, replace

from billing.pricing import image_cost
from chat.commands import Command, Option, Options
from chat.errors import NotUnderstoodError
from chat.model import Button, ButtonPress, CommandCall, Incoming, Media, Reply
from engine.job import SAMPLERS, GenerationRequest
from handlers.people import NotFoundError, check_owner, conversation, speaker
from handlers.services import ImageSettings, Services
from handlers.texts import texts
from store import cards, jobs
from store.cards import Card
from store.database import Transaction
from store.jobs import Generation, Job

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
    return Command("image", about, (prompt, style, shape, no, seed, steps, guidance, sampler))


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
        await _own_job(services, tx, press, job_id)
        if not await jobs.end(tx, job_id, "cancelled", services.clock()):
            return False
        await services.hours.void(tx, job_id)
        await cards.touch(tx, services.work, "job", job_id)
        return True

    if not await services.database.write(decide):
        return Reply(texts(press.user.language).already_finished(), toast=True)
    services.engine.cancel(job_id)
    return None


async def details(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Show all that a picture was made of."""
    generation = await _own_generation(services, press, job_id)
    made = generation.parameters
    facts = [
        ("seed", str(generation.seed)),
        ("size", generation.resolution),
        ("steps", str(made["steps"])),
        ("guidance", f"{made['guidance']:g}"),
        ("sampler", str(made["sampler"])),
        ("model", generation.model_used),
        ("drawn in", f"{generation.took_ms / 1000:.1f} s"),
        ("id", generation.id),
    ]
    words = texts(press.user.language)
    shown = words.job_facts(str(made["prompt"]), str(made["negative_prompt"]), facts)
    return Reply(shown, private=True)


async def original(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Send the file as it was drawn, which chats would otherwise compress."""
    generation = await _own_generation(services, press, job_id)
    data = await services.blobs.get(generation.image_url)
    width, height = (int(side) for side in generation.resolution.split("x"))
    media = Media("document", f"{job_id}.png", data, width, height, alt=generation.prompt)
    words = texts(press.user.language)
    url = services.links.media(job_id, generation.user_id)
    buttons = ((Button(words.original, url=url),),) if url else ()
    return Reply(words.job_facts(generation.prompt, "", []), buttons, media=media)


async def picture_key(services: Services, job_id: str, user_id: int) -> str | None:
    """Where the picture of this person's job is kept; None when there is none of theirs."""
    async with services.database.read() as tx:
        generation = await jobs.get_generation(tx, job_id)
    if generation is None or generation.user_id != user_id:
        return None
    return generation.image_url


def frozen_request(job: Job) -> GenerationRequest:
    """What the engine is to draw, the same at every try."""
    return GenerationRequest(**job.request["frozen"])


def job_id_of(incoming: Incoming) -> str:
    """A redelivered command has the same job id, so it cannot be charged twice."""
    digest = hashlib.blake2s(incoming.id.encode(), digest_size=10).hexdigest()
    return f"job_{digest}"


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
        delay_s = services.plans.get(reservation.hour.plan_id).delay_s
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


async def _own_job(services: Services, tx: Transaction, press: ButtonPress, job_id: str) -> Job:
    user = await speaker(tx, press, services.clock())
    job = await jobs.get(tx, job_id)
    if job is None:
        raise NotFoundError
    check_owner(user, job.user_id)
    return job


async def _own_request(
    services: Services, press: ButtonPress, job_id: str
) -> tuple[str, GenerationRequest]:
    job = await services.database.write(lambda tx: _own_job(services, tx, press, job_id))
    return str(job.request["prompt"]), frozen_request(job)


async def _own_generation(services: Services, press: ButtonPress, job_id: str) -> Generation:
    async def decide(tx: Transaction) -> Generation | None:
        await _own_job(services, tx, press, job_id)
        return await jobs.get_generation(tx, job_id)

    generation = await services.database.write(decide)
    if generation is None:
        raise NotFoundError
    return generation
