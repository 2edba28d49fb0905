"""Drawing a job: durable work that runs at least once and charges at most once."""

import logging
from dataclasses import replace

from engine.errors import (
    BackendError,
    BadRequestError,
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
from engine.job import Picture
from handlers.accepting import asked_of
from handlers.services import Services
from store import cards, jobs
from store.database import Transaction
from store.errors import MediaMissingError
from store.jobs import Failure, Generation, Job
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
}


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
    except MediaMissingError:
        log.exception("the picture that job %s starts from is gone", job_id)
        await services.database.write(lambda tx: fail(services, tx, job_id, "lost"))
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
        await cards.touch(tx, services.work, "job", jobs.first_of(job_id))


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


async def _generate(services: Services, job: Job) -> Picture:
    asked = asked_of(job)
    request = asked.request
    if asked.source is not None:
        request = replace(request, image=await services.blobs.get(asked.source))
    return await services.engine.generate(
        job.id,
        request,
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
        is_first = await jobs.end(tx, job.id, "done", now, backend=picture.backend)
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
        generation.parameters["given_back_s"] = given_back
        # Its owner and its conversation may have been joined with others while it was drawn.
        owned = replace(generation, user_id=ended.user_id, conversation_id=ended.conversation_id)
        await jobs.add_generation(tx, owned)
        await cards.touch(tx, services.work, "job", jobs.first_of(job.id))
        return True

    is_wanted = await services.database.write(decide)
    if not is_wanted:
        await services.blobs.delete(key)
