"""A finished picture: its facts, its file, and who may have it."""

from chat.model import Button, ButtonPress, Media, Reply
from handlers.people import NotFoundError, own_job
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english.pictures import Fact
from store import jobs, videos
from store.database import Transaction
from store.jobs import Generation


async def details(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Show all that a picture was made of."""
    generation = await own_generation(services, press, job_id)
    made = generation.parameters
    facts: list[tuple[Fact, str]] = [
        ("seed", str(generation.seed)),
        ("size", generation.resolution),
        ("steps", str(made["steps"])),
        ("guidance", f"{made['guidance']:g}"),
        ("sampler", str(made["sampler"])),
        ("model", generation.model_used),
        ("duration", f"{generation.took_ms / 1000:.1f} s"),
        ("id", generation.id),
    ]
    words = texts(press.user.language)
    shown = words.job_facts(str(made["prompt"]), str(made["negative_prompt"]), facts)
    return Reply(shown, private=True)


async def original(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Send the file as it was drawn, which chats would otherwise compress."""
    generation = await own_generation(services, press, job_id)
    data = await services.blobs.get(generation.image_url)
    width, height = (int(side) for side in generation.resolution.split("x"))
    media = Media("document", f"{job_id}.png", data, width, height, alt=generation.prompt)
    words = texts(press.user.language)
    url = services.links.media(job_id, generation.user_id)
    buttons = ((Button(words.original, url=url),),) if url else ()
    return Reply(words.job_facts(generation.prompt, "", []), buttons, media=media)


async def media_key(services: Services, job_id: str, user_id: int) -> str | None:
    """Where the picture or clip of this person's job is kept; None when there is none of theirs."""
    async with services.database.read() as tx:
        generation, video = await jobs.get_generation(tx, job_id), await videos.get(tx, job_id)
    if generation is not None and generation.user_id == user_id:
        return generation.image_url
    if video is not None and video.user_id == user_id:
        return video.video_url
    return None


async def own_generation(services: Services, press: ButtonPress, job_id: str) -> Generation:
    """This person's finished picture.

    Raises:
        NotFoundError: There is no such picture, or not yet.
        NotYoursError: It is somebody else's.
    """

    async def decide(tx: Transaction) -> Generation | None:
        await own_job(tx, press, job_id, services.clock())
        return await jobs.get_generation(tx, job_id)

    generation = await services.database.write(decide)
    if generation is None:
        raise NotFoundError
    return generation
