import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from engine import protocol
from engine.child import Child
from engine.errors import EngineClosedError, EngineCrashedError, EngineError, ModelMissingError
from engine.job import GenerationRequest, Picture
from engine.jobs import LiveJobs, PendingJob
from engine.settings import EngineSettings
from engine.supervisor import Supervisor

SETTINGS = EngineSettings(crashes_max=1)
REQUEST = GenerationRequest("a fox", "", 64, 64, 10, 7.5, 1)


class ScriptedChild(Child):
    """Says its words, then dies; or stays, when the last one is `Drain`."""

    def __init__(self, words: list[protocol.Message], heard: list[protocol.Message]) -> None:
        self._words = iter(words)
        self._heard = heard

    def send(self, message: protocol.Message) -> None:
        self._heard.append(message)

    async def messages(self, silence_max_s: float) -> AsyncGenerator[protocol.Message]:
        for message in self._words:
            if isinstance(message, protocol.Drain):
                await asyncio.sleep(silence_max_s)
            yield message


class Script:
    """Children that say what the test tells them to, one list of words for each life."""

    def __init__(self, *lives: list[protocol.Message]) -> None:
        self.started = 0
        self.heard: list[protocol.Message] = []
        self._lives = list(lives)

    @asynccontextmanager
    async def start(self) -> AsyncGenerator[Child]:
        words = self._lives[self.started]
        self.started += 1
        yield ScriptedChild(words, self.heard)


READY = protocol.Ready("tiny-sd", "cpu", "float32")
MISSING = protocol.Failed("", "model_missing", "models/none")
STAY = protocol.Drain()


@pytest.fixture
def jobs() -> LiveJobs:
    jobs = LiveJobs()
    jobs.add(PendingJob("job", REQUEST))
    return jobs


@asynccontextmanager
async def supervised(script: Script, jobs: LiveJobs) -> AsyncGenerator[Supervisor]:
    supervisor = Supervisor(SETTINGS, jobs, script.start)
    async with asyncio.TaskGroup() as tasks:
        supervision = tasks.create_task(supervisor.run())
        yield supervisor
        supervision.cancel()


async def end(jobs: LiveJobs) -> Picture:
    job = jobs.get("job")
    assert job is not None
    picture = await job.wait(lambda _progress: None)
    assert isinstance(picture, Picture)
    return picture


async def test_nothing_is_started_before_it_is_wanted(jobs: LiveJobs) -> None:
    script = Script([READY, STAY])

    async with supervised(script, jobs) as supervisor:
        await asyncio.sleep(0)
        assert script.started == 0

        supervisor.want()
        await supervisor.wait_ready()
        assert script.started == 1


async def test_jobs_are_fed_to_every_new_child(jobs: LiveJobs) -> None:
    script = Script([READY], [READY, protocol.Finished("job/1", 64, 64, 5, 0.1, b"png"), STAY])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        picture = await end(jobs)

    hello, submit = protocol.Hello(SETTINGS), protocol.Submit("job/1", REQUEST)
    assert picture.png == b"png"
    assert script.heard == [hello, submit, hello, submit]


async def test_a_job_that_kills_every_child_is_given_up(jobs: LiveJobs) -> None:
    begun = protocol.Progress("job/1", 0, 0)
    script = Script([READY, begun], [READY, begun], [READY, STAY])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        with pytest.raises(EngineCrashedError):
            await end(jobs)


async def test_a_missing_model_is_not_looked_for_again_and_again(jobs: LiveJobs) -> None:
    script = Script([MISSING])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        with pytest.raises(ModelMissingError):
            await end(jobs)
        with pytest.raises(ModelMissingError):
            supervisor.want()

    assert script.started == 1


async def test_a_missing_model_is_looked_for_again_when_asked_later(jobs: LiveJobs) -> None:
    script = Script([MISSING], [READY, STAY])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        with pytest.raises(ModelMissingError):
            await supervisor.wait_ready()
        await later(supervisor.want)
        await supervisor.wait_ready()

    assert script.started == 2


async def later(ask: Callable[[], None]) -> None:
    """Ask until the back-off is over; the test's own time-out is the limit."""
    while True:
        try:
            return ask()
        except EngineError:
            await asyncio.sleep(0.05)


async def test_a_child_that_never_gets_ready_is_given_up(jobs: LiveJobs) -> None:
    script = Script([], [])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        with pytest.raises(EngineCrashedError):
            await supervisor.wait_ready()

    assert script.started == 2


async def test_a_system_that_has_no_process_to_give_is_asked_again(jobs: LiveJobs) -> None:
    script = Script([READY, STAY])
    refused: list[OSError] = []

    @asynccontextmanager
    async def start() -> AsyncGenerator[Child]:
        if not refused:
            refused.append(BlockingIOError("Resource temporarily unavailable"))
            raise refused[0]
        async with script.start() as child:
            yield child

    supervisor = Supervisor(SETTINGS, jobs, start)
    async with supervisor:
        supervisor.want()
        await supervisor.wait_ready()
        assert supervisor.is_ready

    assert script.started == 1


async def test_nobody_waits_for_an_engine_that_has_gone(jobs: LiveJobs) -> None:
    script = Script([READY, STAY])

    async with supervised(script, jobs) as supervisor:
        supervisor.want()
        await supervisor.wait_ready()

    for ask in (end(jobs), supervisor.wait_ready()):
        with pytest.raises(EngineClosedError):
            await ask
    with pytest.raises(EngineClosedError):
        supervisor.want()


async def test_no_child_is_started_while_going_down(jobs: LiveJobs) -> None:
    script = Script([READY, STAY])
    supervisor = Supervisor(SETTINGS, jobs, script.start)
    supervisor.want()
    supervisor.drain()

    await supervisor.run()

    assert script.started == 0
