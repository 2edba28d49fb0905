import asyncio

import pytest

from engine.backend import ClipTaskSettings
from engine.errors import (
    BackendError,
    BadRequestError,
    CannotAnimateError,
    EngineClosedError,
    EngineError,
    JobCancelledError,
)
from engine.remote import Remote
from engine.remote_job import Drawn, Job
from sandbox.backends.painting import film, paint
from tests.doubles.remotes import CLIP, REQUEST, Asking, caught, opened


class Easel(Remote):
    """A back end that paints when it is let."""

    def __init__(self, *wiring: object) -> None:
        super().__init__(*wiring)  # type: ignore[arg-type]
        self.begun: list[str] = []
        self.stopped: list[str] = []
        self.fail: list[BackendError] = []
        self.file = paint(64, 48, 1)
        self.let = asyncio.Event()
        self.let.set()
        self.begins = asyncio.Event()

    async def draw(self, job: Job) -> Drawn:
        self.begun.append(job.id)
        self.begins.set()
        for part in (float("nan"), -1.0, 0.5, 7.0):
            job.moved(part)
        await self.let.wait()
        if self.fail:
            raise self.fail.pop(0)
        return Drawn(self.file, 11, "easel")

    async def stop(self, job: Job) -> None:
        self.stopped.append(job.id)

    async def check(self) -> str:
        return "easel"


class Filmer(Easel):
    """One that films too; pictures need not be let."""

    async def draw(self, job: Job) -> Drawn:
        return Drawn(self.file, 11, job.id)

    async def film(self, job: Job, image: bytes) -> Drawn:
        self.begins.set()
        await self.let.wait()
        return Drawn(film(image, job.clip.frames), job.clip.seed, "easel")


async def outcome(remote: Remote, job_id: str = "job_1") -> EngineError | None:
    try:
        await Asking(remote).draw(job_id=job_id)
    except EngineError as error:
        return error
    return None


async def test_whatever_is_said_of_progress_stays_between_none_and_all() -> None:
    async with opened(Easel, "") as easel:
        asking = Asking(easel)
        await asking.draw()

    assert [p.step for p in asking.heard if p.position == 0] == [0, 0, 3, 6]


async def test_one_is_drawn_at_a_time_and_the_others_hear_their_places() -> None:
    async with opened(Easel, "") as easel:
        easel.let.clear()
        first, second, third = (Asking(easel) for _ in range(3))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(first.draw(job_id="1"))
            await easel.begins.wait()
            tasks.create_task(second.draw(job_id="2"))
            await asyncio.sleep(0)
            tasks.create_task(third.draw(job_id="3"))
            await asyncio.sleep(0)
            assert (easel.health().running, easel.health().queued) == (1, 2)
            assert easel.estimate_s(REQUEST) > 0
            easel.let.set()

    assert easel.begun == ["1", "2", "3"]
    assert [p.position for p in second.heard[:1]] == [1]
    assert [p.position for p in third.heard if p.position] == [2, 1]


async def test_one_that_waits_is_cancelled_without_a_word_to_the_other_side() -> None:
    async with opened(Easel, "") as easel:
        easel.let.clear()
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(outcome(easel, "1"))
            await easel.begins.wait()
            second = tasks.create_task(outcome(easel, "2"))
            await asyncio.sleep(0)
            easel.cancel("2")
            easel.cancel("2")
            easel.cancel("never heard of")
            assert isinstance(await second, JobCancelledError)
            easel.let.set()

    assert first.result() is None
    assert (easel.begun, easel.stopped) == (["1"], [])


async def test_the_end_of_whoever_waits_spares_the_other_side_the_rest() -> None:
    async with opened(Easel, "") as easel:
        easel.let.clear()
        async with asyncio.TaskGroup() as tasks:
            drawing = tasks.create_task(outcome(easel))
            await easel.begins.wait()
            drawing.cancel()

    assert easel.stopped == ["job_1"]


async def test_going_down_lets_the_running_one_finish_and_takes_no_other() -> None:
    async with opened(Easel, "") as easel:
        easel.let.clear()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(outcome(easel, "1"))
            await easel.begins.wait()
            waiting = tasks.create_task(outcome(easel, "2"))
            await asyncio.sleep(0)
            draining = tasks.create_task(easel.drain(60))
            assert isinstance(await waiting, EngineClosedError)
            assert isinstance(await outcome(easel, "3"), EngineClosedError)
            easel.let.set()
            await draining
        assert running.result() is None


async def test_going_down_at_once_ends_the_running_one_too() -> None:
    async with opened(Easel, "") as easel:
        easel.let.clear()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(outcome(easel))
            await easel.begins.wait()
            tasks.create_task(easel.drain(0))
        assert isinstance(running.result(), EngineClosedError)
        assert not easel.health().is_ready


async def test_a_full_queue_and_a_job_twice_are_refused() -> None:
    async with opened(Easel, "", queue_max=1) as easel:
        easel.let.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(outcome(easel))
            await easel.begins.wait()
            assert isinstance(await outcome(easel), BadRequestError)
            busy = await outcome(easel, "job_2")
            easel.let.set()

    assert isinstance(busy, BackendError)
    assert busy.trouble == "busy"


@pytest.mark.parametrize("file", [b"", b"no picture", paint(64, 48, 1)[:60]])
async def test_what_is_no_picture_is_nonsense(file: bytes) -> None:
    async with opened(Easel, "") as easel:
        easel.file = file
        error = await outcome(easel)

    assert isinstance(error, BackendError)
    assert error.trouble == "nonsense"


async def test_it_is_well_again_after_a_picture() -> None:
    async with opened(Easel, "") as easel:
        easel.fail = [easel.trouble("unreachable")]
        await outcome(easel)
        assert not easel.health().is_ready
        await outcome(easel)

        assert easel.health().is_ready
        assert (await easel.ready()).model == "easel"


async def test_who_draws_no_clips_says_so() -> None:
    async with opened(Easel, "") as easel:
        assert not easel.animates
        with pytest.raises(CannotAnimateError):
            await Asking(easel).film()
    async with opened(Easel, "", video=ClipTaskSettings()) as easel:
        assert easel.animates
        with pytest.raises(CannotAnimateError):
            await Asking(easel).film()


async def test_a_clip_at_an_address_of_its_own_lets_pictures_pass() -> None:
    async with opened(Filmer, "", video=ClipTaskSettings(url="http://elsewhere")) as filmer:
        filmer.let.clear()
        async with asyncio.TaskGroup() as tasks:
            filming = tasks.create_task(Asking(filmer).film(job_id="clip"))
            await filmer.begins.wait()
            assert filmer.estimate_s(CLIP) > filmer.estimate_s(REQUEST)
            await Asking(filmer).draw()
            assert filmer.health().running == 1
            filmer.let.set()

    assert filming.result().backend == "studio"


async def test_a_clip_that_takes_too_long_is_stopped_and_so_is_one_that_nobody_wants() -> None:
    async with opened(Filmer, "", video=ClipTaskSettings(timeout_s=0.2)) as filmer:
        filmer.let.clear()
        error = await caught(filmer, CLIP)
        assert isinstance(error, BackendError)
        assert error.trouble == "slow"
    async with opened(Filmer, "", video=ClipTaskSettings()) as filmer:
        filmer.let.clear()
        async with asyncio.TaskGroup() as tasks:
            filming = tasks.create_task(caught(filmer, CLIP))
            await filmer.begins.wait()
            filmer.cancel("job_1")

    assert isinstance(filming.result(), JobCancelledError)
    assert filmer.stopped == ["job_1"]
