"""Drawing a clip: the picture that it begins with, unless there is one, and then the frames."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engine import encode
from engine.clip import Clip
from engine.errors import EngineClosedError, EngineError, JobCancelledError
from engine.job import GenerationRequest, Progress
from handlers.drawn import Drawn
from handlers.scene import Scene
from handlers.services import Services
from store import jobs
from store.errors import MediaMissingError
from store.jobs import Job
from store.videos import Video

PICTURE_PERCENT = 10
"""How much of the bar the picture is, where one has to be drawn first."""

SHRINK = 2
"""By how much the sides of the picture are divided that is seen while it is animated."""

Tell = Callable[[Progress], None]


async def film(services: Services, job: Job) -> Drawn:
    """Draw a clip.

    A second try goes on with the picture that the first one drew.

    Raises:
        EngineError: As `engine.engine.Engine.generate` and `animate`.
        MediaMissingError: The picture that it begins with is gone.
    """
    scene = Scene.from_json(job.request)
    tell: Tell = partial(services.progress.put, job.id)
    if scene.picture is None:
        assert scene.source is not None, "a clip begins with a picture"
        return await _animate(services, job, scene, await services.blobs.get(scene.source), tell)
    key = first_key(job)
    try:
        image, took_ms = await _first_picture(services, job, scene, scene.picture, key)
        tell = _after_picture(tell, await _seen(services, job, image))
        drawn = await _animate(services, job, scene, image, tell, took_ms)
    except EngineClosedError:
        raise
    except EngineError:
        await services.blobs.delete(key)
        raise
    await services.blobs.delete(key)
    return drawn


def first_key(job: Job) -> str:
    """Where the picture is kept that was drawn first, until its clip is done."""
    return f"{job.user_id}/{job.id}.first.png"


async def _first_picture(
    services: Services, job: Job, scene: Scene, request: GenerationRequest, key: str
) -> tuple[bytes, int]:
    """Return the picture, and how many milliseconds it took now."""
    try:
        return await services.blobs.get(key), 0
    except MediaMissingError:
        picture = await services.engine.generate(
            job.id,
            request,
            _before_clip(services, job, scene),
            owner=str(job.user_id),
        )
    await services.blobs.put(key, picture.png)
    async with services.database.read() as tx:
        now = await jobs.get(tx, job.id)
    # Who cancels between the two finds nothing in the engine to stop.
    if now is None or now.state != "queued":
        raise JobCancelledError
    return picture.png, picture.duration_ms


async def _animate(
    services: Services, job: Job, scene: Scene, image: bytes, tell: Tell, before_ms: int = 0
) -> Drawn:
    request = replace(scene.clip, image=image)
    clip = await services.engine.animate(job.id, request, tell, owner=str(job.user_id))
    return _drawn(job, clip, before_ms + clip.duration_ms, services.clock())


def _drawn(job: Job, clip: Clip, took_ms: int, now: int) -> Drawn:
    key, thumbnail = f"{job.user_id}/{job.id}.mp4", f"{job.user_id}/{job.id}.jpg"
    video = Video(
        id=job.id,
        user_id=job.user_id,
        session_id=job.session_id,
        conversation_id=job.conversation_id,
        prompt=str(job.request["prompt"]),
        video_url=key,
        duration_seconds=max(1, round(clip.duration_s)),
        model_used=clip.model,
        resolution=f"{clip.width}x{clip.height}",
        seed=clip.seed,
        parameters={
            **job.request["frozen"],
            "device": clip.device,
            "frames": clip.frames,
            "fps": clip.fps,
            "duration_s": clip.duration_s,
            "thumbnail": thumbnail,
        },
        bytes=len(clip.mp4),
        took_ms=took_ms,
        created_at=now,
    )
    return Drawn({key: clip.mp4, thumbnail: clip.thumbnail}, video, clip.backend)


def _before_clip(services: Services, job: Job, scene: Scene) -> Tell:
    """What the picture's progress is of the whole."""
    clip_s = services.engine.estimate_s(scene.clip)

    def tell(progress: Progress) -> None:
        step = PICTURE_PERCENT * progress.step // max(1, progress.steps)
        eta_s = None if progress.eta_s is None else progress.eta_s + clip_s
        services.progress.put(job.id, replace(progress, step=step, steps=100, eta_s=eta_s))

    return tell


async def _seen(services: Services, job: Job, image: bytes) -> bytes:
    """The finished picture, small, for who saw it coming; empty where nobody sees any."""
    before = services.progress.get(job.id)
    if before is None or not before.preview:
        return b""
    [jpeg, *_] = await asyncio.to_thread(encode.smaller, image, SHRINK)
    return jpeg


def _after_picture(tell: Tell, seen: bytes) -> Tell:
    """What the frames' progress is of the whole; who waits between the two has begun already."""

    def scaled(progress: Progress) -> None:
        done = (100 - PICTURE_PERCENT) * progress.step // max(1, progress.steps)
        done += PICTURE_PERCENT
        tell(replace(progress, step=done, steps=100, position=0, preview=seen))

    return scaled
