import queue
from pathlib import Path

from engine import protocol
from engine.settings import EngineSettings
from engine.worker import draw
from tests.engine.test_loop import FakeRunner, submit


def said_by(settings: EngineSettings, runner: FakeRunner) -> list[protocol.Message]:
    """Return what a worker says that draws one picture, beginning with how far it was then."""
    inbox: queue.Queue[protocol.Message] = queue.Queue()
    said: list[protocol.Message] = []

    def send(message: protocol.Message) -> None:
        said.append(message)
        if isinstance(message, protocol.Finished | protocol.Failed):
            inbox.put(protocol.Drain())

    inbox.put(submit("a"))
    draw(settings, runner, inbox, send)
    return said


def test_what_forwards_cost_is_learnt_before_all_is_said_to_be_ready(tmp_path: Path) -> None:
    class Watched(FakeRunner):
        def release(self, job_id: str) -> None:
            super().release(job_id)
            released.append(job_id)

    released: list[str] = []
    settings = EngineSettings(costs_path=str(tmp_path / "costs.json"), sizes=((8, 8),), rows_max=1)
    inbox: queue.Queue[protocol.Message] = queue.Queue()
    inbox.put(protocol.Drain())
    known: list[list[str]] = []

    draw(settings, Watched(), inbox, lambda _: known.append(list(released)))

    assert known == [["calibration 0"]]
    assert (tmp_path / "costs.json").exists()


def test_a_worker_is_ready_first_and_draws_then() -> None:
    said = said_by(EngineSettings(), FakeRunner(video_model="film"))

    assert said[0] == protocol.Ready("fake", "cpu", "float32", "film")
    assert isinstance(said[-1], protocol.Finished)
