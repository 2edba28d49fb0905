"""Drawing a job: durable work that runs at least once and charges at most once."""

import logging
from dataclasses import replace

from engine.errors import (
    BadRequestError,
    EngineBusyError,
    EngineClosedError,
    EngineCrashedError,
    EngineError,
    GenerationFailedError,
    JobCancelledError,
    ModelMissingError,
)
from engine.job import Picture
from handlers.image import frozen_request
from handlers.services import Services
from store import cards, jobs
from store.database import Transaction
from store.jobs import Failure, Generation, Job
from store.work import LeftForNextStart

log = logging.getLogger(__name__)


async def draw(services: Services, job_id: str) -> None:
    """Draw a queued job, keep the picture, charge it; or give the credit back and say why.

    Raises:
        LeftForNextStart: The bot is going down; the next one draws it with the same seed.
    """
    async with services.database.read() as tx:
        job = await jobs.get(tx, job_id)
    if job is None or job.state != "queued":
        return
    try:
        picture = await _generate(services, job)
    except JobCancelledError:
        return
    except EngineClosedError:
        raise LeftForNextStart from None
    except EngineError as error:
        log.warning("job %s failed: %s", job_id, type(error).__name__)
        failure, detail = reason(error), detail_of(error)
        await services.database.write(lambda tx: fail(services, tx, job_id, failure, detail))
    else:
        await _finish(services, job, picture)
    finally:
        services.progress.forget(job_id)


async def fail(
    services: Services, tx: Transaction, job_id: str, failure: Failure, detail: str | None = None
) -> None:
    """Give the credit back and let the card say what happened; a second time changes nothing."""
    if await jobs.end(tx, job_id, "failed", services.clock(), failure, detail):
        await services.hours.void(tx, job_id)
        await cards.touch(tx, services.work, "job", job_id)


def reason(error: EngineError) -> Failure:
    """Why a job failed, as far as a person is told."""
    match error:
        case EngineBusyError():
            return "busy"
        case EngineCrashedError():
            return "crashed"
        case ModelMissingError():
            return "model_missing"
        case BadRequestError():
            return "size"
        case GenerationFailedError() if "memory" in error.reason:
            return "memory"
        case _:
            return "failed"


def detail_of(error: EngineError) -> str | None:
    """What the sentence about a failure needs to name: the folder where a model is missing."""
    return error.path if isinstance(error, ModelMissingError) else None


async def _generate(services: Services, job: Job) -> Picture:
    return await services.engine.generate(
        job.id,
        frozen_request(job),
        lambda progress: services.progress.put(job.id, progress),
        owner=str(job.user_id),
    )


async def _finish(services: Services, job: Job, picture: Picture) -> None:
    key = f"{job.user_id}/{job.id}.png"
    await services.blobs.put(key, picture.png)
    now = services.clock()
    waited = max(0, now - job.created_at - picture.duration_ms // 1000)
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
        created_at=now,
    )

    async def decide(tx: Transaction) -> bool:
        is_first = await jobs.end(tx, job.id, "done", now)
        ended = await jobs.get(tx, job.id)
        assert ended is not None, "jobs are never deleted"
        if not is_first:
            return ended.state == "done"
        await services.hours.post(tx, job.id)
        given_back = await services.hours.give_back(tx, job.id, waited)
        generation.parameters["given_back_s"] = given_back
        # Its owner and its conversation may have been joined with others while it was drawn.
        owned = replace(generation, user_id=ended.user_id, conversation_id=ended.conversation_id)
        await jobs.add_generation(tx, owned)
        await cards.touch(tx, services.work, "job", job.id)
        return True

    is_wanted = await services.database.write(decide)
    if not is_wanted:
        await services.blobs.delete(key)
