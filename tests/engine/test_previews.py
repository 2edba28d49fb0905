import io
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest
from PIL import Image

from engine import protocol
from engine.batch import Job
from engine.job import GenerationRequest
from engine.previews import Previews
from tests.engine.test_loop import FakeRunner

EVERY_S = 3.0
REQUEST = GenerationRequest("a fox", "", 64, 96, 10, 7.5, 1)


class Shelf(Executor):
    """Keeps what it is told to do until somebody lets it."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting.append(lambda: fn(*args, **kwargs))
        return Future()

    def work(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


class Show:
    def __init__(self, every_s: float = EVERY_S) -> None:
        self.runner, self.encoders = FakeRunner(), Shelf()
        self.now = 100.0
        self.said: list[protocol.Message] = []
        self.previews = Previews(
            self.runner, self.said.append, self.encoders, every_s, lambda: self.now
        )

    def job(self, job_id: str, done: int = 5) -> Job:
        self.runner.admit(job_id, REQUEST)
        return Job(job_id, REQUEST, forwards=10, done=done)

    def after(self, seconds: float, *jobs: Job) -> list[str]:
        """Let time pass, take a forward, and return whose previews were sent."""
        self.now += seconds
        self.said.clear()
        self.previews.offer(jobs)
        self.encoders.work()
        return [message.job_id for message in self.said if isinstance(message, protocol.Preview)]


def test_a_picture_is_looked_at_every_so_many_seconds() -> None:
    show = Show()
    job = show.job("a")

    assert show.after(9, job) == []  # now it is known
    assert show.after(EVERY_S, job) == ["a"]
    assert show.after(EVERY_S / 2, job) == []
    assert show.after(EVERY_S / 2, job) == ["a"]
    show.previews.forget("a")
    assert show.after(EVERY_S, job) == [], "another of the same name"


def test_a_preview_has_the_shape_of_its_picture() -> None:
    show = Show()
    job = show.job("a")
    show.after(0, job)
    show.after(EVERY_S, job)

    [preview] = show.said
    assert isinstance(preview, protocol.Preview)
    with Image.open(io.BytesIO(preview.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", REQUEST.size)


@pytest.mark.parametrize(("done", "is_seen"), [(1, False), (2, True), (9, True), (10, False)])
def test_the_first_noise_and_what_is_done_are_not_worth_a_look(done: int, *, is_seen: bool) -> None:
    show = Show()
    job = show.job("a", done)
    show.after(0, job)

    assert (show.after(EVERY_S, job) == ["a"]) == is_seen


def test_of_many_pictures_one_is_looked_at_after_each_forward_and_all_in_turn() -> None:
    show = Show()
    jobs = [show.job(name) for name in "abc"]
    show.after(0, *jobs)

    seen = [*show.after(EVERY_S, *jobs), *show.after(0.1, *jobs), *show.after(0.1, *jobs)]
    assert sorted(seen) == ["a", "b", "c"]
    assert show.after(0.1, *jobs) == []


def test_while_one_preview_is_on_its_way_no_other_waits() -> None:
    show = Show()
    jobs = [show.job(name) for name in "ab"]
    show.after(0, *jobs)
    show.now += EVERY_S
    for _ in range(5):
        show.previews.offer(jobs)

    assert len(show.encoders.waiting) == 1
    show.encoders.work()
    assert len(show.said) == 1
    assert len(show.after(0.1, *jobs)) == 1


def test_whoever_wants_none_gets_none() -> None:
    show = Show(every_s=0)
    job = show.job("a")

    assert show.after(0, job) + show.after(1000, job) == []


def test_one_that_fails_is_the_last() -> None:
    show = Show()
    job = show.job("a")
    show.after(0, job)
    show.runner.release("a")  # so that it cannot be looked at

    assert show.after(EVERY_S, job) == []
    show.runner.admit("a", REQUEST)
    assert show.after(EVERY_S, job) == []
