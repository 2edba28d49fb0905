import asyncio
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from engine.backend import BackendSettings, ClipTaskSettings
from engine.drawer import drawer
from engine.errors import (
    CannotAnimateError,
    EngineClosedError,
    EngineCrashedError,
    EngineError,
    GenerationFailedError,
    WithheldError,
)
from engine.job import Progress
from engine.settings import EngineSettings
from handlers.draw import draw, fail
from handlers.routes import build_router
from handlers.settings import VideoSettings
from handlers.texts.english import English
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.backends.huggingface import MODEL, TOKEN
from store import videos
from store.database import Transaction
from store.tables import image_generations
from store.videos import Video
from store.work import LeftForNextStart
from tests.doubles.hub import FLASH, Hub, presses, said
from tests.doubles.remotes import pretended

PRICES = {5: 1, 10: 2, 15: 3}


async def row(hub: Hub, job_id: str) -> Video | None:
    async with hub.services.database.read() as tx:
        return await videos.get(tx, job_id)


def files(hub: Hub) -> list[str]:
    return sorted(path.name for path in hub.media.rglob("*.*") if path.is_file())


async def test_words_become_a_picture_and_the_picture_a_clip_for_one_video_credit(
    hub: Hub,
) -> None:
    await hub.grant("flash")
    job_id = await hub.film("a boat --style anime --seed 7 --seconds 2 --motion 40")
    await hub.work.run()

    ((_, picture),) = hub.engine.drawn
    ((_, clip),) = hub.engine.animated
    assert (picture.prompt, picture.size, picture.seed) == ("a boat, anime style", (64, 64), 7)
    assert (clip.size, clip.frames, clip.fps) == ((96, 64), 8, 4)
    assert (clip.seed, clip.motion, clip.steps) == (7, 40, 2)
    with Image.open(BytesIO(clip.image)) as first:
        assert first.size == picture.size  # the engine cuts it
    assert (await hub.job(job_id)).state == "done"
    usage = (await hub.wallet()).usage
    assert (usage["video"].used, usage["video"].reserved) == (1, 0)
    assert usage["image"].used == 0


@pytest.mark.parametrize(("preview", "is_seen"), [(b"jpeg", True), (b"", False)])
async def test_the_picture_stays_in_sight_while_it_is_animated_for_those_who_saw_it_coming(
    hub: Hub, preview: bytes, *, is_seen: bool
) -> None:
    told: list[bytes] = []

    def look() -> None:
        progress = hub.services.progress.get(job_id)
        assert progress is not None
        told.append(progress.preview)

    await hub.grant("flash")
    hub.engine.progress = [Progress(2, 4, preview=preview)]
    hub.engine.before_done = look
    job_id = await hub.film("a boat")
    await hub.work.run()

    drawn, animated = told
    assert drawn == preview
    assert animated.startswith(b"\xff\xd8") == is_seen
    if is_seen:
        with Image.open(BytesIO(animated)) as first:
            assert first.size == (32, 32)


async def test_a_clip_is_kept_with_what_it_was_made_of_and_no_picture_is(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film("a boat --seconds 2")
    await hub.work.run()

    kept = await row(hub, job_id)
    assert kept is not None
    assert (kept.prompt, kept.video_url) == ("a boat", f"1/{job_id}.mp4")
    assert (kept.duration_seconds, kept.resolution, kept.model_used) == (2, "96x64", "drift")
    assert (kept.parameters["frames"], kept.parameters["fps"]) == (8, 4)
    assert kept.bytes == len(await hub.services.blobs.get(kept.video_url))
    assert files(hub) == [f"{job_id}.jpg", f"{job_id}.mp4"]
    async with hub.services.database.read() as tx:
        pictures = await tx.execute(sa.select(sa.func.count()).select_from(image_generations))
        assert pictures.scalar_one() == 0


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (EngineCrashedError(4), "crashed"),
        (GenerationFailedError("out of memory"), "memory"),
        (WithheldError(), "withheld"),
        (CannotAnimateError(), "no_videos"),
    ],
)
async def test_a_clip_that_fails_is_not_charged_and_leaves_no_file(
    hub: Hub, error: EngineError, why: str
) -> None:
    await hub.grant("flash")
    hub.engine.fail = [error]
    job_id = await hub.film()
    await hub.work.run()

    job = await hub.job(job_id)
    assert (job.state, job.failure) == ("failed", why)
    card = hub.card().reply
    assert job.failure is not None
    assert English.failures[job.failure] in said(card)
    assert "Nothing was charged. 1 video left." in said(card)
    assert presses(card) == [f"v1:video_again:{job_id}"]
    assert await hub.videos_left() == FLASH.videos
    assert files(hub) == []


async def test_a_failure_of_the_frames_takes_the_picture_with_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object, **_named: object) -> None:
        raise GenerationFailedError("nan")

    await hub.grant("flash")
    job_id = await hub.film()
    monkeypatch.setattr(hub.engine, "animate", broken)
    await hub.work.run()

    assert (await hub.job(job_id)).failure == "failed"
    assert files(hub) == []


async def left_after_its_picture(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a clip of which the engine drew the first picture before the bot was stopped."""

    async def closed(*_args: object, **_named: object) -> None:
        raise EngineClosedError

    await hub.grant("flash")
    job_id = await hub.film()
    with monkeypatch.context() as patched:
        patched.setattr(hub.engine, "animate", closed)
        with pytest.raises(LeftForNextStart):
            await draw(hub.services, job_id)
    return job_id


async def test_the_next_start_goes_on_with_the_picture_that_was_drawn(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await left_after_its_picture(hub, monkeypatch)
    assert (await hub.job(job_id)).state == "queued"
    await hub.work.run()

    assert (await hub.job(job_id)).state == "done"
    assert len(hub.engine.drawn) == len(hub.engine.animated) == 1
    assert (await hub.wallet()).usage["video"].used == 1


async def test_a_clip_that_is_cancelled_before_the_next_start_leaves_no_picture(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await left_after_its_picture(hub, monkeypatch)
    assert files(hub) == [f"{job_id}.first.png"]
    await hub.press(f"v1:cancel:{job_id}")
    await hub.work.run()

    assert files(hub) == []
    assert await hub.videos_left() == FLASH.videos


async def test_a_clip_drawn_twice_is_charged_once(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()
    await asyncio.gather(draw(hub.services, job_id), draw(hub.services, job_id))
    await draw(hub.services, job_id)
    await hub.work.run()

    assert (await hub.wallet()).usage["video"].used == 1
    assert files(hub) == [f"{job_id}.jpg", f"{job_id}.mp4"]
    assert len(hub.chat.messages) == 1


async def test_cancel_between_the_picture_and_the_frames_stops_the_clip(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()
    put = hub.services.blobs.put

    async def cancelled_meanwhile(key: str, data: bytes) -> None:
        await put(key, data)
        await hub.press(f"v1:cancel:{job_id}")

    hub.services.blobs.put = cancelled_meanwhile  # type: ignore[method-assign]
    await hub.work.run()

    assert (await hub.job(job_id)).state == "cancelled"
    assert hub.engine.animated == []
    assert files(hub) == []
    assert await hub.videos_left() == FLASH.videos


async def test_a_clip_finished_after_its_end_is_thrown_away(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()

    async def lost(tx: Transaction) -> None:
        await fail(hub.services, tx, job_id, "lost")

    hub.engine.hold()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(draw(hub.services, job_id))
        await hub.engine.asked.wait()
        await hub.services.database.write(lost)
        hub.engine.released.set()
    await hub.work.run()

    assert files(hub) == []
    assert await row(hub, job_id) is None
    assert await hub.videos_left() == FLASH.videos


async def test_the_bar_begins_with_the_picture_and_never_goes_back(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()
    shown: list[tuple[float, int]] = []
    put = hub.services.progress.put

    def watched(job_id: str, progress: Progress) -> None:
        put(job_id, progress)
        shown.append((100 * progress.step / progress.steps, progress.position))

    hub.services.progress.put = watched  # type: ignore[method-assign]
    hub.engine.estimate = 30.0
    hub.engine.progress = [Progress(0, 4, 2, eta_s=5.0), Progress(1, 4), Progress(4, 4)]
    await hub.work.run()

    assert shown == [(0, 2), (2, 0), (10, 0), (10, 0), (32, 0), (100, 0)]
    assert not hub.services.progress.began_again(job_id)


async def test_time_spent_in_the_queue_is_given_back(hub: Hub) -> None:
    await hub.grant("flash")
    await hub.film()
    hub.clock.pass_(69)
    await hub.work.run()

    # 69 s passed, 5 s of it were drawing the picture and the frames, 5 s of waiting are free.
    assert "59 s of waiting" in said(hub.card().reply)
    assert (await hub.wallet()).seconds_left == 3600 - 69 + 59


async def test_a_clip_of_back_ends_elsewhere_is_charged_once_and_says_whose_it_is(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pretended() as sandbox:
        at = f"{sandbox.url}/backends/huggingface"
        video = ClipTaskSettings(url=f"{at}/endpoints/video")
        named = [
            BackendSettings(name="words", kind="huggingface", url=f"{at}/models/{MODEL}"),
            BackendSettings(name="clips", kind="huggingface", model="none", video=video),
        ]
        secrets = {"words": TOKEN, "clips": TOKEN}
        async with drawer(EngineSettings(), named, secrets) as chain:
            monkeypatch.setattr(hub.engine, "generate", chain.generate)
            monkeypatch.setattr(hub.engine, "animate", chain.animate)
            await hub.grant("flash")
            broken = await hub.film("a boat --seconds 2")
            sandbox.backends.huggingface.troubles.order("still")
            await hub.work.run()
            job_id = await hub.film("a boat --seconds 2")
            await hub.work.run()

    assert [(await hub.job(each)).state for each in (broken, job_id)] == ["failed", "done"]
    assert (await hub.job(job_id)).backend == "clips"
    clip = await row(hub, job_id)
    assert clip is not None
    assert (clip.duration_seconds, clip.resolution) == (2, "96x64")
    assert (await hub.wallet()).usage["video"].used == 1


@pytest.mark.parametrize("seconds", [5, 10, 15])
async def test_one_server_draws_the_picture_and_a_clip_of_every_length_that_is_sold(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    sold = VideoSettings(shapes={"landscape": (96, 64)}, credits=PRICES)
    object.__setattr__(hub.services, "videos", sold)
    hub.router = build_router(hub.services)
    async with pretended() as sandbox:
        url, secret = f"{sandbox.url}/backends/sdnext", f"{USER}:{PASSWORD}"
        video = ClipTaskSettings()
        named = [BackendSettings(name="next", kind="sdnext", url=url, video=video)]
        async with drawer(EngineSettings(), named, {"next": secret}) as chain:
            monkeypatch.setattr(hub.engine, "generate", chain.generate)
            monkeypatch.setattr(hub.engine, "animate", chain.animate)
            await hub.grant("pro")
            job_id = await hub.film(f"a boat --seconds {seconds}")
            await hub.work.run()

    job, clip = await hub.job(job_id), await row(hub, job_id)
    assert (job.state, job.backend, job.cost) == ("done", "next", PRICES[seconds])
    assert clip is not None
    assert clip.parameters["duration_s"] == pytest.approx(seconds, rel=0.05)
    assert (await hub.wallet()).usage["video"].used == PRICES[seconds]
