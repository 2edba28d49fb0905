"""/image: from words to a job that is paid for and will be drawn."""

import secrets
from dataclasses import replace

from chat.commands import Command, Option, Options, Words
from chat.errors import MissingOptionError
from chat.model import ButtonPress, CommandCall, Reply
from chat.values import check
from engine.job import SAMPLERS, GenerationRequest
from handlers.accepting import SEED_BELOW, Asked, accept, asked_of
from handlers.people import own_job
from handlers.services import Services
from handlers.settings import ImageSettings
from handlers.texts import texts
from store import cards, jobs
from store.database import Transaction

COUNT_MAX = 4
"""Pictures of one request; all of them fit under one message on every platform."""


def declaration(settings: ImageSettings) -> Command:
    """The command for the operator's shapes and styles."""
    about = {"en": "Draw a picture from words", "hi": "शब्दों से तस्वीर बनाएँ"}
    shape = Option(
        "shape",
        {"en": "A shape", "hi": "आकार"},
        choices=tuple(settings.shapes),
        names={"hi": "आकार"},
    )
    prompt, *others = word_options(settings, {"en": "What to draw", "hi": "क्या बनाना है"})
    count = Option(
        "count",
        {"en": "How many pictures", "hi": "कितनी तस्वीरें"},
        kind="integer",
        minimum=1,
        maximum=COUNT_MAX,
        names={"hi": "गिनती"},
    )
    options = (prompt, shape, count, *others, *fine_tuning())
    return Command("image", about, options, names={"hi": "तस्वीर"})


def word_options(settings: ImageSettings, about: Words) -> tuple[Option, ...]:
    """The prompt, described by `about`, and what else every picture can be told."""
    prompt = Option(
        "prompt",
        about,
        required=True,
        is_rest=True,
        length_max=settings.prompt_length_max,
        names={"hi": "विवरण"},
    )
    style = Option(
        "style", {"en": "A style", "hi": "शैली"}, choices=tuple(settings.styles), names={"hi": "शैली"}
    )
    no = Option(
        "no",
        {"en": "What should not be there", "hi": "क्या नहीं होना चाहिए"},
        length_max=settings.prompt_length_max,
        names={"hi": "बिना"},
    )
    spoiler = Option(
        "spoiler",
        {"en": "Cover it until somebody taps it", "hi": "टैप करने तक ढकी रहे"},
        kind="flag",
        names={"hi": "ढका"},
    )
    return (prompt, *((style,) if settings.styles else ()), no, spoiler)


def checked_prompt(settings: ImageSettings, words: str) -> str:
    """The words that somebody wrote into a form, as a prompt.

    Raises:
        BadValueError: There are too many of them.
        MissingOptionError: There are none.
    """
    prompt_option, *_ = word_options(settings, {})
    if not words.strip():
        raise MissingOptionError("image", prompt_option.name)
    return str(check(prompt_option, words.strip()))


def new_seed() -> int:
    """A seed for those who name none; drawn once, so that every try draws the same picture."""
    return secrets.randbelow(SEED_BELOW)


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
        guidance_until=settings.guidance_until,
    )


async def image(services: Services, call: CommandCall, options: Options) -> None:
    """Answer /image: reserve a credit, accept the job, show its card; all of it or nothing."""
    request = request_from(options, services.images, new_seed())
    request.check()
    is_covered = bool(options.get("spoiler", False))
    asked = Asked(str(options["prompt"]), request, is_covered, count=int(options.get("count", 1)))
    await accept(services, call, asked)


async def again(services: Services, press: ButtonPress, job_id: str) -> None:
    """Draw the same words once more, with another seed."""
    job = await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    asked = asked_of(job)
    await accept(services, press, replace(asked, request=replace(asked.request, seed=new_seed())))


async def cancel(services: Services, press: ButtonPress, job_id: str) -> Reply | None:
    """Stop a job: the credit goes back first, then the work is stopped."""

    async def decide(tx: Transaction) -> list[str]:
        await own_job(tx, press, job_id, services.clock())
        ended = [
            part.id
            for part in await jobs.parts(tx, job_id)
            if await jobs.end(tx, part.id, "cancelled", services.clock())
        ]
        for part_id in ended:
            await services.hours.void(tx, part_id)
        if ended:
            await cards.touch(tx, services.work, "job", job_id)
        return ended

    ended = await services.database.write(decide)
    if not ended:
        return Reply(texts(press.user.language).already_finished(), toast=True)
    for part_id in ended:
        services.engine.cancel(part_id)
    return None


def fine_tuning() -> tuple[Option, ...]:
    """What people who know the samplers may set."""
    seed = Option(
        "seed",
        {"en": "Same seed, same picture", "hi": "वही सीड, वही तस्वीर"},
        kind="integer",
        minimum=0,
        maximum=SEED_BELOW - 1,
        names={"hi": "सीड"},
    )
    steps = Option(
        "steps",
        {"en": "Drawing steps", "hi": "चरण"},
        kind="integer",
        minimum=1,
        maximum=50,
        names={"hi": "चरण"},
    )
    guidance = Option(
        "guidance",
        {"en": "How closely to follow the words", "hi": "शब्दों का कितना पालन"},
        kind="number",
        minimum=1,
        maximum=20,
        names={"hi": "पालन"},
    )
    sampler = Option(
        "sampler", {"en": "The sampler", "hi": "सैंपलर"}, choices=SAMPLERS, names={"hi": "सैंपलर"}
    )
    return (seed, steps, guidance, sampler)
