"""A finished picture or clip: its facts, its file, and who may have it."""

from chat.model import Button, ButtonPress, Media, Reply
from handlers.offering import shown_prompt
from handlers.people import NotFoundError, own_job
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english.pictures import Fact
from store import jobs, videos
from store.database import Transaction
from store.jobs import Generation
from store.videos import Video


async def details(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Show all that a picture or clip was made of."""
    one = await _own(services, press, job_id)
    words = texts(press.user.language)
    facts: list[tuple[Fact, str]] = [
        ("seed", str(one.seed)),
        ("size", one.resolution),
        *(_of_clip(one) if isinstance(one, Video) else _of_picture(one)),
        ("model", one.model_used),
        ("duration", f"{one.took_ms / 1000:.1f} s"),
        ("id", one.id),
    ]
    made = one.parameters
    prompt = str(made.get("prompt", shown_prompt(one.prompt, words)))
    shown = words.job_facts(prompt, str(made.get("negative_prompt", "")), facts)
    return Reply(shown, private=True)


def _of_picture(picture: Generation) -> list[tuple[Fact, str]]:
    made = picture.parameters
    return [
        ("steps", str(made["steps"])),
        ("guidance", f"{made['guidance']:g}"),
        ("sampler", str(made["sampler"])),
    ]


def _of_clip(clip: Video) -> list[tuple[Fact, str]]:
    made = clip.parameters
    return [
        ("length", f"{made['duration_s']:.1f} s"),
        ("frames", f"{made['frames']} · {made['fps']}/s"),
        ("steps", str(made["steps"])),
        ("guidance", f"{made['guidance']:g}"),
        ("motion", str(made["motion"])),
    ]


async def original(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Send the file as it was drawn, which chats would otherwise compress."""
    one = await _own(services, press, job_id)
    words = texts(press.user.language)
    key, ending = (one.video_url, "mp4") if isinstance(one, Video) else (one.image_url, "png")
    told = shown_prompt(one.prompt, words)
    data = await services.blobs.get(key)
    width, height = (int(side) for side in one.resolution.split("x"))
    media = Media("document", f"{job_id}.{ending}", data, width, height, alt=told)
    url = services.links.media(job_id, one.user_id)
    buttons = ((Button(words.original, url=url),),) if url else ()
    return Reply(words.job_facts(told, "", []), buttons, media=media)


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
    one = await _own(services, press, job_id)
    if not isinstance(one, Generation):
        raise NotFoundError
    return one


async def _own(services: Services, press: ButtonPress, job_id: str) -> Generation | Video:
    """This person's finished picture or clip; raises as `own_generation`."""

    async def decide(tx: Transaction) -> Generation | Video | None:
        await own_job(tx, press, job_id, services.clock())
        return await jobs.get_generation(tx, job_id) or await videos.get(tx, job_id)

    one = await services.database.write(decide)
    if one is None:
        raise NotFoundError
    return one
