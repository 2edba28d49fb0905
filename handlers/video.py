"""/video: from words or a picture to a clip; *Animate*, and *Again* under a clip."""

from dataclasses import replace

from billing.errors import BillingError
from chat.commands import Command, Option, Options
from chat.errors import ChatError, MissingOptionError
from chat.model import ButtonPress, CommandCall, Reply
from engine.clip import MOTION_MAX, VideoRequest
from engine.job import GenerationRequest
from handlers.accepting import SEED_BELOW, asked_of
from handlers.edit import nearest_shape
from handlers.image import new_seed, request_from, word_options
from handlers.offering import check_animates, is_kept, offer, offer_id_of
from handlers.people import NotFoundError, own_job, speaker
from handlers.picture import own_generation
from handlers.scene import Scene
from handlers.services import Services
from handlers.settings import ImageSettings, VideoSettings
from handlers.texts import texts
from handlers.uploads import received
from store import jobs, users
from store.jobs import Generation


def declaration(images: ImageSettings, videos: VideoSettings, *, is_offered: bool) -> Command:
    """The command for the operator's shapes, styles and lengths."""
    prompt, *others = word_options(
        images, {"en": "What to draw and animate", "hi": "किसका वीडियो बनाना है"}
    )
    return Command(
        "video",
        {"en": "A short video, from words or a picture", "hi": "शब्दों या तस्वीर से छोटा वीडियो"},
        (replace(prompt, required=False), *_clip_options(videos), *others, *_fine_tuning()),
        picture=Option(
            "picture",
            {"en": "The picture to animate", "hi": "जिस तस्वीर में हलचल हो"},
            names={"hi": "मूल"},
        ),
        is_offered=is_offered,
        names={"hi": "वीडियो"},
    )


async def video(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /video with the price; a picture that came along is kept first."""
    check_animates(services)
    if call.picture is not None:
        return await _from_upload(services, call, options)
    if words := str(options.get("of", "")):
        return await _from_earlier(services, call, words, options)
    if "prompt" not in options:
        raise MissingOptionError("video", "prompt")
    size = _shape(services, options)
    picture = _first_picture(services, options, size)
    picture.check()
    return await offer(
        services, call, _scene(services, options, size, picture.seed, picture=picture)
    )


async def animate(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Say what it would cost to animate a picture that was drawn here."""
    check_animates(services)
    generation = await own_generation(services, press, job_id)
    job = await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    scene = _of_generation(services, generation, {})
    return await offer(services, press, replace(scene, is_covered=asked_of(job).is_covered))


async def again(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Say what it would cost to draw a clip once more, with another seed."""
    check_animates(services)
    job = await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    if job.kind != "video":
        raise NotFoundError
    scene, seed = Scene.from_json(job.request), new_seed()
    picture = replace(scene.picture, seed=seed) if scene.picture else None
    return await offer(
        services, press, replace(scene, picture=picture, clip=replace(scene.clip, seed=seed))
    )


async def _from_upload(services: Services, call: CommandCall, options: Options) -> Reply:
    upload = await received(services, call)
    user = await services.database.write(lambda tx: speaker(tx, call, services.clock()))
    offer_id = offer_id_of(call)
    source = f"{user.id}/{offer_id}.source.png"
    await services.blobs.put(source, upload.png)
    size = _shape(services, options, like=(upload.width, upload.height))
    scene = _scene(services, options, size, new_seed(), source=source)
    try:
        return await offer(services, call, scene)
    except (ChatError, BillingError):
        # What is refused leaves nothing behind; what was offered before, it may be drawn from now.
        if not await is_kept(services, offer_id):
            await services.blobs.delete(source)
        raise


async def _from_earlier(
    services: Services, call: CommandCall, words: str, options: Options
) -> Reply:
    """Offer to animate the newest picture of this person that has these words."""
    async with services.database.read() as tx:
        user = await users.find(tx, call.user.platform, call.user.id)
        found = await jobs.generations(tx, user.id, words, 1) if user else []
    if not found:
        return Reply(texts(call.user.language).no_pictures(words), private=True)
    return await offer(services, call, _of_generation(services, found[0], options))


def _of_generation(services: Services, generation: Generation, options: Options) -> Scene:
    width, height = (int(side) for side in generation.resolution.split("x"))
    size = _shape(services, options, like=(width, height))
    told = {"prompt": generation.prompt, **options}
    return _scene(services, told, size, new_seed(), source=generation.image_url)


def _scene(
    services: Services,
    options: Options,
    size: tuple[int, int],
    seed: int,
    *,
    picture: GenerationRequest | None = None,
    source: str | None = None,
) -> Scene:
    settings = services.videos
    seconds = int(options.get("seconds", settings.seconds))
    pace = settings.pace(seconds)
    clip = VideoRequest(
        image=b"",
        width=size[0],
        height=size[1],
        frames=pace.frames,
        fps=pace.fps,
        segments=pace.segments,
        between=pace.between,
        steps=settings.steps,
        guidance=settings.guidance,
        motion=int(options.get("motion", settings.motion)),
        seed=int(options.get("seed", seed)),
    )
    return Scene(
        prompt=str(options.get("prompt", "")),
        seconds=seconds,
        clip=clip,
        picture=picture,
        source=source,
        is_covered=bool(options.get("spoiler", False)),
    )


def _first_picture(
    services: Services, options: Options, size: tuple[int, int]
) -> GenerationRequest:
    """What is drawn of somebody's words, to be animated: in a shape that the model is used to.

    The clip cuts it to its own.
    """
    told = {name: value for name, value in options.items() if name != "shape"}
    request = request_from(told, services.images, new_seed())
    width, height = nearest_shape(size, services.images.shapes)
    return replace(request, width=width, height=height)


def _shape(
    services: Services, options: Options, like: tuple[int, int] | None = None
) -> tuple[int, int]:
    """The shape that was named, else the one that is most alike, else the first."""
    shapes = services.videos.shapes
    if "shape" in options:
        return shapes[str(options["shape"])]
    return nearest_shape(like, shapes) if like else next(iter(shapes.values()))


def _clip_options(settings: VideoSettings) -> tuple[Option, ...]:
    shape = Option(
        "shape",
        {"en": "A shape", "hi": "आकार"},
        choices=tuple(settings.shapes),
        names={"hi": "आकार"},
    )
    seconds = Option(
        "seconds",
        {"en": "How long it plays", "hi": "कितने सेकंड का हो"},
        kind="integer",
        minimum=1,
        maximum=settings.seconds_max,
        names={"hi": "सेकंड"},
    )
    of = Option(
        "of",
        {"en": "A picture of yours, by some of its words", "hi": "आपकी कोई तस्वीर, उसके कुछ शब्दों से"},
        length_max=100,
        is_suggested=True,
        names={"hi": "चित्र"},
    )
    return (shape, seconds, of)


def _fine_tuning() -> tuple[Option, ...]:
    motion = Option(
        "motion",
        {"en": "How much moves", "hi": "कितनी हलचल हो"},
        kind="integer",
        minimum=0,
        maximum=MOTION_MAX,
        names={"hi": "हलचल"},
    )
    seed = Option(
        "seed",
        {"en": "Same seed, same video", "hi": "वही सीड, वही वीडियो"},
        kind="integer",
        minimum=0,
        maximum=SEED_BELOW - 1,
        names={"hi": "सीड"},
    )
    return (motion, seed)
