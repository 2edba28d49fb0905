import queue
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import protocol
from engine.settings import EngineSettings
from engine.worker import draw
from tests.engine.test_loop import FakeRunner, submit


@dataclass
class Watched(FakeRunner):
    """Remembers whom it was asked to forget."""

    released: list[str] = field(default_factory=list)

    def release(self, job_id: str) -> None:
        super().release(job_id)
        self.released.append(job_id)


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    return EngineSettings(costs_path=str(tmp_path / "costs.json"), sizes=((8, 8),), rows_max=1)


def timed_before_ready(settings: EngineSettings) -> list[str]:
    """Return which jobs a worker drew for nobody before it said that it is ready."""
    inbox: queue.Queue[protocol.Message] = queue.Queue()
    inbox.put(protocol.Drain())
    runner, known = Watched(), list[list[str]]()

    draw(settings, runner, inbox, lambda _: known.append(list(runner.released)))

    [timed] = known
    return timed


def test_what_forwards_cost_is_learnt_before_all_is_said_to_be_ready(
    settings: EngineSettings,
) -> None:
    assert timed_before_ready(settings) == ["calibration 0"]


def test_what_they_cost_is_learnt_anew_where_they_are_done_otherwise(
    settings: EngineSettings,
) -> None:
    otherwise = settings.model_copy(update={"threads": 3})

    timed = [timed_before_ready(each) for each in (settings, settings, otherwise, settings)]

    assert timed == [["calibration 0"], [], ["calibration 0"], []]


def test_a_worker_is_ready_first_and_draws_then() -> None:
    inbox: queue.Queue[protocol.Message] = queue.Queue()
    said: list[protocol.Message] = []

    def send(message: protocol.Message) -> None:
        said.append(message)
        if isinstance(message, protocol.Finished | protocol.Failed):
            inbox.put(protocol.Drain())

    inbox.put(submit("a"))
    draw(EngineSettings(), FakeRunner(video_model="film"), inbox, send)

    assert said[0] == protocol.Ready("fake", "cpu", "float32", "film")
    assert isinstance(said[-1], protocol.Finished)
