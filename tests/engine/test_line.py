import asyncio

import pytest

from engine.errors import (
    BackendError,
    BadRequestError,
    EngineClosedError,
    EngineError,
    JobCancelledError,
)
from engine.job import Progress
from engine.line import Line
from engine.remote_job import Job
from tests.doubles.remotes import CLIP, REQUEST


def job(name: str, heard: list[Progress] | None = None) -> Job:
    request, guess_s = (CLIP, 60.0) if name == "clip" else (REQUEST, 10.0)
    return Job(name, request, ([] if heard is None else heard).append, guess_s)


async def test_who_waits_hears_how_long_all_before_take() -> None:
    line = Line("studio", 8)
    heard: list[Progress] = []

    async def wait() -> None:
        async with line.turn(job("2", heard)):
            assert (line.running, len(line)) == (1, 1)

    async with asyncio.TaskGroup() as tasks, line.turn(job("clip")):
        tasks.create_task(wait())
        await asyncio.sleep(0)
        assert (line.running, len(line), line.wait_s) == (1, 2, 70.0)

    assert [(progress.position, progress.eta_s) for progress in heard] == [(1, 70.0)]


async def test_a_full_line_and_a_job_twice_are_refused() -> None:
    line = Line("studio", 1)
    async with line.turn(job("1")):
        with pytest.raises(BadRequestError):
            async with line.turn(job("1")):
                pass
        with pytest.raises(BackendError, match="studio: busy"):
            async with line.turn(job("2")):
                pass

    assert len(line) == 0


async def test_a_turn_ends_with_the_reason_that_was_given_first() -> None:
    line = Line("studio", 8)
    with pytest.raises(JobCancelledError):
        async with line.turn(job("1")):
            line.cancel("1")
            await line.drain(0)
            await asyncio.Event().wait()

    with pytest.raises(EngineClosedError):
        async with line.turn(job("2")):
            pass


async def test_who_only_waits_is_sent_on_and_who_has_the_turn_stays() -> None:
    line = Line("studio", 8)

    async def wait() -> None:
        async with line.turn(job("2")):
            raise AssertionError("it was sent on")

    async with line.turn(job("1")):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        for name in ("1", "2", "never heard of"):
            line.send_on(name)
        with pytest.raises(BackendError, match="studio: busy"):
            await waiting


@pytest.mark.parametrize("end", ["cancel", "send_on"])
async def test_who_is_ended_in_the_moment_of_their_turn_does_not_begin(end: str) -> None:
    line = Line("studio", 8)
    begun: list[str] = []

    async def wait() -> None:
        async with line.turn(job("2")):
            begun.append("2")
            await asyncio.Event().wait()

    async with line.turn(job("1")):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
    getattr(line, end)("2")
    with pytest.raises(EngineError):
        await waiting

    assert begun == []
