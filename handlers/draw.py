"""Drawing a job: durable work that runs at least once and charges at most once."""

import logging
from dataclasses import replace
from functools import partial

from engine.errors import (
    BackendError,
    BadRequestError,
    CannotAnimateError,
    EngineBusyError,
    EngineClosedError,
    EngineCrashedError,
    EngineError,
    GenerationFailedError,
    JobCancelledError,
    ModelMissingError,
    NoBackendError,
    Trouble,
    WithheldError,
)
from handlers.accepting import asked_of
from handlers.drawn import Drawn
from handlers.film import film, first_key
from handlers.services import Services
from handlers.standstill import suspect
from store import cards, jobs, videos
from store.database import Transaction
from store.errors import MediaMissingError
from store.jobs import Failure, Generation, Job
from store.standstills import STOPPED
from store.videos import Video
from store.work import LeftForNextStart

log = logging.getLogger(__name__)

TROUBLES: dict[Trouble, Failure] = {
    "busy": "busy",
    "memory": "memory",
    "nonsense": "unreachable",
    "refused": "unreachable",
    "slow": "busy",
    "unable": "failed",
    "unreachable": "unreachable",
}
"""Why a back end elsewhere did not draw, as far as a person is told."""
REASONS: dict[type, Failure] = {
    EngineBusyError: "busy",
    NoBackendError: "unreachable",
    EngineCrashedError: "crashed",
    ModelMissingError: "model_missing",
    BadRequestError: "size",
    WithheldError: "withheld",
    CannotAnimateError: "no_videos",
}


async def draw(services: Services, job_id: str) -> None:
    """Draw a queued job, keep what it shows, charge it; or give the credit back and say why.

    Raises:
        LeftForNextStart: The bot is going down; the next one draws it with the same seed.
    """
    async with services.database.read() as tx:
        job = await jobs.get(tx, job_id)
    if job is None or job.state != "queued":
        await _forget_first(services, job)
        return
    try:
        drawn = await (film if job.kind == "video" else paint)(services, job)
    except JobCancelledError:
        return
    except EngineClosedError:
        raise LeftForNextStart from None
    except EngineError as error:
        log.warning("job %s failed: %s", job_id, type(error).__name__)
        await services.database.write(partial(_failed, services, job, error))
    except MediaMissingError:
        log.exception("the picture that job %s starts from is gone", job_id)
        await services.database.write(lambda tx: fail(services, tx, job_id, "lost"))
    else:
        await _finish(services, job, drawn)
    finally:
        services.progress.forget(job_id)


async def _forget_first(services: Services, job: Job | None) -> None:
    """Of a clip that was cancelled before a next start went on with it, keep no picture."""
    if job is not None and job.kind == "video":
        await services.blobs.delete(first_key(job))


async def fail(
    services: Services, tx: Transaction, job_id: str, failure: Failure, detail: str | None = None
) -> None:
    """Give the credit back and let the card say what happened; a second time changes nothing."""
    if await jobs.end(tx, job_id, "failed", services.clock(), failure, detail):
        await services.hours.void(tx, job_id)
        await cards.touch(tx, services.work, "job", jobs.first_of(job_id))


async def _failed(services: Services, job: Job, error: EngineError, tx: Transaction) -> None:
    failure = reason(error)
    await fail(services, tx, job.id, failure, detail_of(error))
    if job.kind == "image" and failure in STOPPED:
        await suspect(services, tx, job)


def reason(error: EngineError) -> Failure:
    """Why a job failed, as far as a person is told."""
    if isinstance(error, GenerationFailedError) and "memory" in error.reason:
        return "memory"
    if isinstance(error, BackendError):
        return TROUBLES[error.trouble]
    return next((REASONS[kind] for kind in type(error).__mro__ if kind in REASONS), "failed")


def detail_of(error: EngineError) -> str | None:
    """What the sentence about a failure needs to name: the folder where a model is missing."""
    return error.path if isinstance(error, ModelMissingError) else None


async def paint(services: Services, job: Job) -> Drawn:
    """Draw a picture.

    Raises:
        EngineError: As `engine.engine.Engine.generate`.
        MediaMissingError: The picture that it starts from is gone.
    """
    asked = asked_of(job)
    request = asked.request
    if asked.source is not None:
        request = replace(request, image=await services.blobs.get(asked.source))
    if asked.holes is not None:
        request = replace(request, mask=await services.blobs.get(asked.holes))
    picture = await services.engine.generate(
        job.id,
        request,
        lambda progress: services.progress.put(job.id, progress),
        owner=str(job.user_id),
    )
    key = f"{job.user_id}/{job.id}.png"
    generation = Generation(
        id=job.id,
        user_id=job.user_id,
        session_id=job.session_id,
        conversation_id=job.conversation_id,
        prompt=str(job.request["prompt"]),
        image_url=key,
        model_used=picture.model,
        resolution=f"{picture.width}x{picture.height}",
        seed=picture.seed,
        parameters={**job.request["frozen"], "device": picture.device},
        bytes=len(picture.png),
        took_ms=picture.duration_ms,
        created_at=services.clock(),
    )
    return Drawn({key: picture.png}, generation, picture.backend)


async def _finish(services: Services, job: Job, drawn: Drawn) -> None:
    for key, data in drawn.files.items():
        await services.blobs.put(key, data)
    now = services.clock()
    waited = max(0, now - job.created_at - drawn.row.took_ms // 1000)

    async def decide(tx: Transaction) -> bool:
        is_first = await jobs.end(tx, job.id, "done", now, backend=drawn.backend)
        ended = await jobs.get(tx, job.id)
        assert ended is not None, "jobs are never deleted"
        if not is_first:
            return ended.state == "done"
        await services.hours.post(tx, job.id)
        # The pictures of one request wait together, so the first stands for all of them.
        is_first_of_request = job.id == jobs.first_of(job.id)
        given_back = (
            await services.hours.give_back(tx, job.id, waited) if is_first_of_request else 0
        )
        await _keep_row(tx, drawn.row, ended, given_back)
        await cards.touch(tx, services.work, "job", jobs.first_of(job.id))
        return True

    is_wanted = await services.database.write(decide)
    if not is_wanted:
        for key in drawn.files:
            await services.blobs.delete(key)


async def _keep_row(tx: Transaction, row: Generation | Video, ended: Job, given_back: int) -> None:
    # Its owner and its conversation may have been joined with others while it was drawn.
    owned = replace(
        row,
        user_id=ended.user_id,
        conversation_id=ended.conversation_id,
        parameters={**row.parameters, "given_back_s": given_back},
    )
    match owned:
        case Generation():
            await jobs.add_generation(tx, owned)
        case Video():
            await videos.add(tx, owned)
