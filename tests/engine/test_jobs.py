import asyncio
from dataclasses import replace

import pytest

from engine import protocol
from engine.clip import Clip, VideoRequest
from engine.errors import EngineCrashedError, EngineError, GenerationFailedError, JobCancelledError
from engine.job import GenerationRequest, Picture, Progress
from engine.jobs import LiveJobs, PendingJob

REQUEST = GenerationRequest("a fox", "", 64, 64, 10, 7.5, 1)
CLIP = VideoRequest(image=b"png", width=64, height=64, frames=10, fps=5, steps=4, seed=9)


@pytest.fixture
def jobs() -> LiveJobs:
    jobs = LiveJobs()
    for name in ("first", "second"):  # their tickets: first/1 and second/2
        jobs.add(PendingJob(name, REQUEST))
    return jobs


def job(jobs: LiveJobs, name: str) -> PendingJob:
    found = jobs.get(name)
    assert found is not None
    return found


async def end(jobs: LiveJobs, name: str) -> tuple[list[Progress], EngineError]:
    """Return what the caller hears of a job that fails."""
    heard: list[Progress] = []
    with pytest.raises(EngineError) as failure:
        await job(jobs, name).wait(heard.append)
    return heard, failure.value


async def test_news_replaces_older_news_until_the_caller_looks(jobs: LiveJobs) -> None:
    for step in (1, 2, 3):
        jobs.hear(protocol.Progress("first/1", step, 0))
    jobs.hear(protocol.Finished("first/1", 64, 64, 1200, 0.1, b"png"))
    heard: list[Progress] = []

    picture = await job(jobs, "first").wait(heard.append)

    assert isinstance(picture, Picture)
    assert heard == [Progress(3, 10)]
    assert (picture.png, picture.seed, picture.duration_ms) == (b"png", 1, 1200)


async def test_what_a_picture_looks_like_is_told_with_its_progress_until_a_crash(
    jobs: LiveJobs,
) -> None:
    heard: list[Progress] = []
    waiting = asyncio.create_task(job(jobs, "first").wait(heard.append))
    for news in (
        protocol.Progress("first/1", 4, 0),
        protocol.Preview("first/1", b"jpeg"),
        protocol.Progress("first/1", 5, 0),
    ):
        jobs.hear(news)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    jobs.crashed(2, was_ready=True)
    jobs.hear(protocol.Finished("first/1", 64, 64, 1200, 0.1, b"png"))
    await waiting

    assert [(news.step, news.preview) for news in heard[-3:]] == [
        (4, b"jpeg"),
        (5, b"jpeg"),
        (0, b""),
    ]


async def test_a_failure_is_raised_where_the_caller_waits(jobs: LiveJobs) -> None:
    jobs.hear(protocol.Failed("second/2", "failed", "out of memory"))

    _, error = await end(jobs, "second")

    assert isinstance(error, GenerationFailedError)
    assert error.reason == "out of memory"


async def test_the_running_job_is_blamed_for_a_crash_and_the_waiting_one_is_not(
    jobs: LiveJobs,
) -> None:
    for _ in range(3):
        jobs.hear(protocol.Progress("first/1", 4, 0))
        jobs.crashed(2, was_ready=True)

    _, error = await end(jobs, "first")

    assert isinstance(error, EngineCrashedError)
    assert error.crashes == 3
    assert job(jobs, "second").is_open


def test_after_a_crash_progress_begins_again(jobs: LiveJobs) -> None:
    jobs.hear(protocol.Progress("first/1", 4, 0))
    assert jobs.running == 1

    jobs.crashed(4, was_ready=True)

    assert jobs.running == 0
    assert job(jobs, "first").step == 0


async def test_a_child_that_never_starts_is_everybodys_crash(jobs: LiveJobs) -> None:
    jobs.crashed(0, was_ready=False)

    for name in ("first", "second"):
        _, error = await end(jobs, name)
        assert isinstance(error, EngineCrashedError)


def test_every_job_is_fed_to_a_new_child_in_the_order_of_coming(jobs: LiveJobs) -> None:
    jobs.add(PendingJob("third", REQUEST, "somebody", 2))
    fed: list[protocol.Message] = []

    jobs.feed(fed.append, protocol.Ready("tiny-sd", "cpu", "float32"))

    assert fed == [
        protocol.Submit("first/1", REQUEST),
        protocol.Submit("second/2", REQUEST),
        protocol.Submit("third/3", REQUEST, "somebody", 2),
    ]


def test_who_ran_in_two_crashes_is_fed_as_a_suspect(jobs: LiveJobs) -> None:
    for _ in range(2):
        jobs.hear(protocol.Progress("first/1", 4, 0))
        jobs.crashed(4, was_ready=True)
    fed: list[protocol.Message] = []

    jobs.feed(fed.append, protocol.Ready("tiny-sd", "cpu", "float32"))

    assert fed == [
        protocol.Submit("first/1", REQUEST, is_suspect=True),
        protocol.Submit("second/2", REQUEST),
    ]


def test_news_of_a_job_that_has_gone_is_ignored(jobs: LiveJobs) -> None:
    gone = job(jobs, "first")
    jobs.remove(gone)

    jobs.hear(protocol.Progress("first/1", 4, 0))
    jobs.hear(protocol.Finished("first/1", 64, 64, 1200, 0.1, b"png"))

    assert gone.is_open


def test_news_of_a_jobs_first_life_is_not_taken_for_the_second(jobs: LiveJobs) -> None:
    jobs.remove(job(jobs, "first"))
    jobs.add(PendingJob("first", REQUEST))

    jobs.hear(protocol.Finished("first/1", 64, 64, 1200, 0.1, b"png"))

    assert job(jobs, "first").is_open


async def test_no_news_comes_after_a_failure(jobs: LiveJobs) -> None:
    jobs.hear(protocol.Progress("first/1", 4, 0))
    jobs.hear(protocol.Failed("first/1", "failed", "out of memory"))

    heard, _ = await end(jobs, "first")

    assert heard == []


async def test_a_job_cancelled_from_its_own_progress_ends_there(jobs: LiveJobs) -> None:
    cancelled = job(jobs, "first")

    with pytest.raises(JobCancelledError):
        await cancelled.wait(lambda _: cancelled.resolve(JobCancelledError()))


def test_the_estimate_counts_the_jobs_ahead(jobs: LiveJobs) -> None:
    jobs.hear(protocol.Progress("first/1", 5, 0, interval_s=2.0))
    jobs.hear(protocol.Progress("second/2", 0, 1))

    assert jobs.estimate_s(replace(REQUEST, steps=1)) == pytest.approx(10.0 + 20.0 + 2.0)


async def test_a_job_that_waits_hears_when_it_will_be_done(jobs: LiveJobs) -> None:
    jobs.hear(protocol.Progress("first/1", 5, 0, interval_s=2.0))
    jobs.hear(protocol.Progress("second/2", 0, 1))
    jobs.hear(protocol.Finished("second/2", 64, 64, 1, 0.0, b"png"))
    heard: list[Progress] = []

    await job(jobs, "second").wait(heard.append)

    assert heard == [Progress(0, 10, position=1, eta_s=30.0)]


def test_who_runs_beside_others_does_not_wait_for_them(jobs: LiveJobs) -> None:
    for ticket in ("first/1", "second/2"):
        jobs.hear(protocol.Progress(ticket, 5, 0, interval_s=2.0))

    assert jobs.estimate_s(REQUEST) == pytest.approx(20.0)


async def test_a_clip_comes_with_the_facts_about_it(jobs: LiveJobs) -> None:
    jobs.add(PendingJob("clip", CLIP, "somebody", 2))
    fed: list[protocol.Message] = []
    jobs.feed(fed.append, protocol.Ready("tiny-sd", "cpu", "float32", "tiny-svd"))
    jobs.hear(protocol.Animated("clip/3", 64, 62, 10, 5, 1200, 0.1, b"jpeg", b"mp4"))

    outcome = await job(jobs, "clip").wait(lambda _: None)

    assert fed[-1] == protocol.Animate("clip/3", CLIP, "somebody", 2)
    assert outcome == Clip(
        b"mp4",
        b"jpeg",
        64,
        62,
        10,
        5,
        2.0,
        seed=9,
        model="tiny-svd",
        duration_ms=1200,
        device="cpu",
    )


def test_clips_and_pictures_wait_apart(jobs: LiveJobs) -> None:
    for name in ("c1", "c2"):  # their tickets: c1/3 and c2/4
        jobs.add(PendingJob(name, CLIP))
    jobs.hear(protocol.Progress("c1/3", 1, 0, interval_s=3.0))

    assert job(jobs, "c2").position == 2
    assert jobs.estimate_s(CLIP) == pytest.approx(3.0 * (6 * 3 / 4 + 6 + 6))
    jobs.hear(protocol.Progress("first/1", 5, 0, interval_s=2.0))
    jobs.hear(protocol.Progress("second/2", 5, 0, interval_s=2.0))
    assert jobs.estimate_s(REQUEST) == pytest.approx(20.0)


async def test_when_a_clip_will_be_done_is_not_guessed_from_pictures(jobs: LiveJobs) -> None:
    jobs.add(PendingJob("clip", CLIP))
    jobs.hear(protocol.Progress("first/1", 5, 0, interval_s=2.0))
    jobs.hear(protocol.Progress("clip/3", 0, 1))
    jobs.hear(protocol.Animated("clip/3", 64, 64, 10, 5, 1200, 0.1, b"jpeg", b"mp4"))
    heard: list[Progress] = []

    await job(jobs, "clip").wait(heard.append)

    assert heard == [Progress(0, 4, position=1)]


def test_after_a_crash_each_kind_is_counted_from_one(jobs: LiveJobs) -> None:
    jobs.add(PendingJob("clip", CLIP))

    jobs.crashed(4, was_ready=True)

    assert [job(jobs, name).position for name in ("first", "second", "clip")] == [1, 2, 1]
