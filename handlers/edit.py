"""/edit: draw over a picture that somebody sent; and variations of one that was drawn here."""

from collections.abc import Mapping
from dataclasses import replace

from billing.errors import BillingError
from chat.commands import Command, Option, Options
from chat.errors import ChatError, NotUnderstoodError
from chat.model import ButtonPress, CommandCall
from handlers.accepting import Asked, accept, asked_of, check_draws_over, job_id_of
from handlers.image import fine_tuning, new_seed, request_from, word_options
from handlers.people import NotFoundError, own_job, speaker
from handlers.services import Services
from handlers.settings import ImageSettings
from handlers.uploads import received
from store import jobs
from store.database import Transaction
from store.jobs import Generation, Job

STRENGTH = 0.6
"""How much of a picture changes unless its person says: colours and places stay, lines do not."""
STRENGTH_OF_HOLES = 1.0
"""In holes there is nothing that could stay."""


class NoHolesError(NotUnderstoodError):
    """Somebody wants the holes of a picture filled that has none."""


def declaration(settings: ImageSettings) -> Command:
    """The command for the operator's styles."""
    about = {"en": "Draw over a picture you send", "hi": "भेजी हुई तस्वीर को बदलें"}
    prompt, *others = word_options(settings, {"en": "What it should become", "hi": "वह क्या बन जाए"})
    strength = Option(
        "strength",
        {"en": "How much may change: 0.1 little, 1 all", "hi": "कितना बदले: 0.1 कम, 1 पूरा"},
        kind="number",
        minimum=0.1,
        maximum=1,
        names={"hi": "बदलाव"},
    )
    fill = Option(
        "fill",
        {"en": "Draw only where the picture is see-through", "hi": "सिर्फ़ पारदर्शी जगह भरें"},
        kind="flag",
        names={"hi": "भरें"},
    )
    picture = Option(
        "picture",
        {"en": "The picture to draw over", "hi": "बदलने के लिए तस्वीर"},
        required=True,
        names={"hi": "मूल"},
    )
    return Command(
        "edit",
        about,
        (prompt, strength, fill, *others, *fine_tuning()),
        picture=picture,
        names={"hi": "बदलें"},
    )


async def edit(services: Services, call: CommandCall, options: Options) -> None:
    """Answer /edit: keep the picture, then accept the job as for /image.

    Raises:
        NoHolesError: Holes are to be filled, and there are none.
    """
    check_draws_over(services)
    upload = await received(services, call)
    holes = upload.holes if options.get("fill", False) else None
    if holes == b"":
        raise NoHolesError
    request = request_from(options, services.images, new_seed())
    width, height = nearest_shape((upload.width, upload.height), services.images.shapes)
    strength = float(options.get("strength", STRENGTH if holes is None else STRENGTH_OF_HOLES))
    request = replace(request, width=width, height=height, strength=strength)
    replace(request, image=upload.png, mask=holes).check()
    user = await services.database.write(lambda tx: speaker(tx, call, services.clock()))
    prefix = f"{user.id}/{job_id_of(call)}"
    source, filled = f"{prefix}.source.png", f"{prefix}.holes.png" if holes else None
    await services.blobs.put(source, upload.png)
    if holes and filled:
        await services.blobs.put(filled, holes)
    is_covered = bool(options.get("spoiler", False))
    asked = Asked(str(options["prompt"]), request, is_covered, source, filled)
    try:
        await accept(services, call, asked)
    except (ChatError, BillingError):
        for key in filter(None, (source, filled)):
            await services.blobs.delete(key)  # what is refused leaves nothing behind
        raise


async def vary(services: Services, press: ButtonPress, job_id: str) -> None:
    """Draw a picture of ours once more, alike and yet another."""

    async def decide(tx: Transaction) -> tuple[Job, Generation | None]:
        job = await own_job(tx, press, job_id, services.clock())
        return job, await jobs.get_generation(tx, job_id)

    job, generation = await services.database.write(decide)
    if generation is None:
        raise NotFoundError
    asked = asked_of(job)
    request = replace(asked.request, seed=new_seed(), strength=STRENGTH)
    asked = replace(asked, request=request, source=generation.image_url, holes=None)
    await accept(services, press, asked)


def nearest_shape(like: tuple[int, int], shapes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """The size on offer whose sides are most alike; of those the first."""

    def unlike(size: tuple[int, int]) -> float:
        ratio = (size[0] * like[1]) / (size[1] * like[0])
        return max(ratio, 1 / ratio)

    return min(shapes.values(), key=unlike)
