import asyncio

import pytest

from engine.errors import (
    BackendError,
    BadRequestError,
    EngineBusyError,
    EngineClosedError,
    EngineCrashedError,
    EngineError,
    GenerationFailedError,
    ModelMissingError,
    NoBackendError,
    WithheldError,
)
from handlers.draw import draw, fail, reason
from handlers.texts.english import English
from store.blobs import Blobs
from store.errors import StoreUnavailableError
from store.work import LeftForNextStart
from tests.doubles.hub import FLASH, Hub, presses, said

FAILURES = [
    (EngineCrashedError(4), "crashed"),
    (EngineBusyError(64, 64), "busy"),
    (ModelMissingError("/models/none"), "model_missing"),
    (BadRequestError("width", "must be a multiple of 8"), "size"),
    (GenerationFailedError("out of memory"), "memory"),
    (GenerationFailedError("nan"), "failed"),
    (WithheldError(), "withheld"),
    (NoBackendError(), "unreachable"),
    (BackendError("studio", "memory"), "memory"),
    (BackendError("studio", "slow"), "busy"),
    (BackendError("studio", "refused", "401"), "unreachable"),
    (EngineError(), "failed"),
]


@pytest.mark.parametrize(("error", "why"), FAILURES)
@pytest.mark.fault("F38")
async def test_a_failed_job_is_voided_and_its_card_says_why(
    hub: Hub, error: EngineError, why: str
) -> None:
    await hub.grant()
    hub.engine.fail = [error]
    job_id = await hub.draw()
    await hub.work.run()

    job = await hub.job(job_id)
    assert (job.state, job.failure, reason(error)) == ("failed", why, why)
    assert await hub.images_left() == FLASH.images
    card = hub.card().reply
    assert English.failures[reason(error)].format(detail="/models/none") in said(card)
    assert "Nothing was charged. 8 pictures left." in said(card)
    assert presses(card) == [f"v1:again:{job_id}"]


async def test_a_failure_told_twice_gives_back_once(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    for _ in range(2):
        await hub.services.database.write(lambda tx: fail(hub.services, tx, job_id, "lost"))

    assert await hub.images_left() == FLASH.images


async def test_a_job_drawn_twice_is_charged_once(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await asyncio.gather(draw(hub.services, job_id), draw(hub.services, job_id))
    await draw(hub.services, job_id)
    await hub.work.run()

    assert hub.engine.tries[job_id] == 2, "what has ended is not drawn again"
    assert await hub.images_used() == 1
    assert len(hub.chat.messages) == 1
    assert len(list(hub.media.rglob("*.png"))) == 1


async def test_a_job_cancelled_at_the_last_moment_is_charged_or_given_back_but_never_both(
    hub: Hub,
) -> None:
    await hub.grant("pro")
    jobs = [await hub.draw(f"fox {n}") for n in range(3)]
    for job_id in jobs:
        await asyncio.gather(draw(hub.services, job_id), hub.press(f"v1:cancel:{job_id}"))
    await hub.work.run()

    done = [job_id for job_id in jobs if (await hub.job(job_id)).state == "done"]
    cancelled = [job_id for job_id in jobs if (await hub.job(job_id)).state == "cancelled"]
    usage = (await hub.wallet()).usage["image"]
    assert len(done) + len(cancelled) == 3
    assert (usage.used, usage.reserved) == (len(done), 0)
    assert len(list(hub.media.rglob("*.png"))) == len(done)


async def test_a_picture_finished_after_its_cancel_is_thrown_away(hub: Hub) -> None:
    await hub.grant()
    hub.engine.hold()
    job_id = await hub.draw()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(draw(hub.services, job_id))
        await hub.engine.asked.wait()
        await hub.services.database.write(
            lambda tx: fail(hub.services, tx, job_id, "lost")  # as by another hand
        )
        hub.engine.released.set()

    assert len(hub.engine.drawn) == 1
    assert list(hub.media.rglob("*.png")) == []
    assert await hub.images_left() == FLASH.images


async def test_a_job_that_finishes_after_its_hour_ended_is_charged_to_that_hour(
    hub: Hub,
) -> None:
    hour_id = await hub.grant("flash-lite")
    job_id = await hub.draw()
    hub.clock.pass_(3601)
    assert (await hub.wallet()).running is None
    hub.engine.before_done = lambda: None
    await hub.work.run()

    assert (await hub.job(job_id)).state == "done"
    assert hub.card().reply.media is not None
    held = await hub.balance(f"hour:{hour_id}:image")
    assert (held.posted, held.pending) == (2, 0)


async def test_a_job_that_fails_after_its_hour_ended_leaves_a_credit_for_another_day(
    hub: Hub,
) -> None:
    await hub.grant("flash-lite")
    hub.engine.fail = [GenerationFailedError("nan")]
    await hub.draw()
    hub.clock.pass_(3601)
    await hub.work.run()

    assert "1 picture left" in said(hub.card().reply)
    assert "1 picture" in said(await hub.call("session"))
    await hub.draw("once more")
    await hub.work.run()
    assert hub.card().reply.media is not None
    assert (await hub.wallet()).carry_over == {}


async def test_time_spent_in_the_queue_is_given_back_and_the_card_says_so(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    hub.clock.pass_(66)
    await hub.work.run()

    # 66 s passed, 1 s of it was drawing, 5 s of waiting are free.
    assert "60 s of waiting" in said(hub.card().reply)
    assert (await hub.wallet()).seconds_left == 3600 - 66 + 60


async def test_a_bot_that_goes_down_leaves_its_jobs_to_the_next_start(hub: Hub) -> None:
    await hub.grant()
    hub.engine.fail = [EngineClosedError()]
    job_id = await hub.draw("a fox --seed 7")
    with pytest.raises(LeftForNextStart):
        await draw(hub.services, job_id)
    assert (await hub.job(job_id)).state == "queued"

    await draw(hub.services, job_id)
    assert (await hub.job(job_id)).state == "done"
    assert [request.seed for _, request in hub.engine.drawn] == [7]
    assert hub.engine.tries[job_id] == 2


async def test_a_job_that_never_was_is_nothing_to_draw(hub: Hub) -> None:
    await draw(hub.services, "job_0")

    assert hub.engine.drawn == []


async def test_a_picture_that_cannot_be_kept_is_not_charged_and_can_be_drawn_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_blobs: Blobs, _key: str, _data: bytes) -> None:
        raise StoreUnavailableError("disk full")

    await hub.grant()
    job_id = await hub.draw()
    with monkeypatch.context() as patched:
        patched.setattr(Blobs, "put", full)
        with pytest.raises(StoreUnavailableError):
            await draw(hub.services, job_id)
    assert (await hub.job(job_id)).state == "queued"
    assert await hub.images_used() == 0
    await draw(hub.services, job_id)

    assert await hub.images_used() == 1
