import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine import loop, protocol
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.errors import (
    BadRequestError,
    CannotAnimateError,
    DeviceLostError,
    GenerationFailedError,
    OutOfMemoryError,
)
from engine.job import Alike, GenerationRequest
from engine.loop import StepLoop
from engine.previews import Previews
from engine.results import Drawn, Encoders, result
from engine.scheduler import Scheduler
from engine.tags import Loras

ROWS_MAX = 4  # two pictures
REQUEST = GenerationRequest("a fox", "", 8, 8, 3, 7.5, 1)
CLIP = VideoRequest(image=b"png", width=16, height=16, frames=8, steps=4, seed=1)
CLIP_TURNS = 6
ASKS = protocol.Submit | protocol.Animate
ENDS = protocol.Finished | protocol.Animated | protocol.Failed


@dataclass
class FakeRunner:
    """Draws one colour; prompts ask it to fail."""

    model: str = "fake"
    video_model: str = ""
    device: str = "cpu"
    dtype: str = "float32"
    rows_held: int = ROWS_MAX
    freeable: int = 0
    """How often memory can be freed; each time that holds twice the rows."""
    is_exchanging: bool = False
    """Whether one model must leave for the other to come."""
    present: list[str] = field(default_factory=list)
    """The models in the order in which they came."""
    held: dict[str, GenerationRequest | VideoRequest] = field(default_factory=dict)
    stepped: list[tuple[str, ...]] = field(default_factory=list)

    def admit(self, job_id: str, request: GenerationRequest | VideoRequest) -> int:
        if isinstance(request, VideoRequest) and not self.video_model:
            raise CannotAnimateError
        if asks(request, "odd size"):
            raise BadRequestError("width", "must be even")
        if asks(request, "much memory") and self.rows_held <= ROWS_MAX:
            raise OutOfMemoryError("out of memory")
        self.held[job_id] = request
        return request.forwards

    def step(self, job_ids: Sequence[str], rows: int) -> None:
        requests = [self.held[job_id] for job_id in job_ids]
        assert len({request.shape for request in requests}) == 1
        assert sum(request.rows for request in requests) <= rows
        if rows > self.rows_held or any(asks(request, "no memory") for request in requests):
            raise OutOfMemoryError("out of memory")
        if any(asks(request, "bug") for request in requests):
            raise ZeroDivisionError
        if any(asks(request, "fatal") for request in requests):
            raise DeviceLostError
        self.stepped.append(tuple(job_ids))

    def decode(
        self, job_ids: Sequence[str]
    ) -> list[Image.Image | list[Image.Image] | GenerationFailedError]:
        requests = [self.held[job_id] for job_id in job_ids]
        if any(asks(request, "large") for request in requests) and self.rows_held <= ROWS_MAX:
            raise OutOfMemoryError("out of memory")
        if any(asks(request, "no decoder") for request in requests):
            raise ZeroDivisionError
        return [
            GenerationFailedError("withheld") if asks(request, "withheld") else wall(request)
            for request in requests
        ]

    def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
        del loras
        coming = "clips" if for_clips else "pictures"
        if not self.is_exchanging or self.present[-1:] == [coming]:
            return False
        self.present.append(coming)
        return True

    def relieve(self) -> bool:
        if not self.freeable:
            return False
        self.freeable -= 1
        self.rows_held *= 2
        return True

    def preview(self, job_id: str) -> Image.Image | None:
        return Image.new("RGB", (1, 1), (0, 0, self.held[job_id].seed % 256))

    def release(self, job_id: str) -> None:
        self.held.pop(job_id, None)


def asks(request: GenerationRequest | VideoRequest, what: str) -> bool:
    """Whether a request asks for a certain failure: by its prompt, a clip by its picture."""
    if isinstance(request, VideoRequest):
        return request.image == what.encode()
    return request.prompt == what


def wall(request: GenerationRequest | VideoRequest) -> Image.Image | list[Image.Image]:
    image = Image.new("RGB", request.size, (0, 0, request.seed % 256))
    return [image] * request.frames if isinstance(request, VideoRequest) else image


Inbox = queue.Queue[protocol.Message]


def run(
    runner: FakeRunner,
    *messages: protocol.Message,
    react: Callable[[protocol.Message, Inbox], None] = lambda _message, _inbox: None,
    scheduler: Scheduler | None = None,
    preview_every_s: float = 0,
) -> list[protocol.Message]:
    """Run a loop until every job that was submitted has ended, and return what it said."""
    said: list[protocol.Message] = []
    inbox: Inbox = queue.Queue()
    open_jobs = {message.job_id for message in messages if isinstance(message, ASKS)}

    def send(message: protocol.Message) -> None:
        said.append(message)
        react(message, inbox)
        if isinstance(message, ENDS):
            open_jobs.discard(message.job_id)
        if not open_jobs:
            inbox.put(protocol.Drain())

    for message in messages:
        inbox.put(message)
    with ThreadPoolExecutor(1) as pictures, ThreadPoolExecutor(1) as clips:
        if scheduler is None:
            scheduler = Scheduler(8, Capacity(ROWS_MAX, is_exact=False, costs={}))
        previews = Previews(runner, send, pictures, preview_every_s)
        encoders = Encoders(pictures, clips)
        StepLoop(runner, scheduler, inbox, send, encoders, previews, on_idle=lambda: None).run()
    return said


class Books(Scheduler):
    """A scheduler that remembers whom it charged, and how many forwards there had been."""

    def __init__(self, runner: FakeRunner) -> None:
        super().__init__(8, Capacity(ROWS_MAX, is_exact=False, costs={}))
        self._runner = runner
        self.charged: list[tuple[Alike, int]] = []

    def spent(self, alike: Alike, seconds: float) -> None:
        assert seconds >= 0
        self.charged.append((alike, len(self._runner.stepped)))
        super().spent(alike, seconds)


def submit(job_id: str, prompt: str = "a fox", steps: int = 3) -> protocol.Submit:
    return protocol.Submit(job_id, replace(REQUEST, prompt=prompt, steps=steps))


def told(said: list[protocol.Message], job_id: str) -> list[tuple[int, int]]:
    """Return the steps and positions that were told of a job."""
    return [
        (message.step, message.position)
        for message in said
        if isinstance(message, protocol.Progress) and message.job_id == job_id
    ]


def ends(
    said: list[protocol.Message],
) -> dict[str, protocol.Finished | protocol.Animated | protocol.Failed]:
    return {message.job_id: message for message in said if isinstance(message, ENDS)}


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_every_job_is_drawn_in_exactly_its_steps(steps: list[int]) -> None:
    runner = FakeRunner()
    jobs = [submit(str(index), steps=count) for index, count in enumerate(steps)]

    said = run(runner, *jobs)

    stepped = [job_id for batch in runner.stepped for job_id in batch]
    assert runner.held == {}
    for job in jobs:
        assert stepped.count(job.job_id) == job.request.steps
        assert isinstance(ends(said)[job.job_id], protocol.Finished)
        assert told(said, job.job_id)[-1] == (job.request.steps, 0)


def test_a_newcomer_takes_the_place_of_one_who_leaves() -> None:
    runner = FakeRunner()

    run(runner, submit("a", steps=1), submit("b", steps=3), submit("c", steps=1))

    assert runner.stepped == [("a", "b"), ("b", "c"), ("b",)]


def test_a_waiting_job_hears_its_place_move_up() -> None:
    said = run(FakeRunner(), *(submit(name, steps=1) for name in "abcde"))

    assert told(said, "e") == [(0, 3), (0, 1), (0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("prompt", "failure", "reason"),
    [
        ("odd size", "bad_request", "must be even"),
        ("no memory", "failed", "out of memory"),
        ("withheld", "failed", "withheld"),
        ("no decoder", "failed", "the model raised ZeroDivisionError"),
        ("bug", "failed", "the model raised ZeroDivisionError"),
    ],
)
def test_a_job_that_fails_leaves_the_others_alone(prompt: str, failure: str, reason: str) -> None:
    runner = FakeRunner()

    said = run(runner, submit("bad", prompt), submit("good"))

    end = ends(said)["bad"]
    assert isinstance(end, protocol.Failed)
    assert (end.failure, end.reason) == (failure, reason)
    assert isinstance(ends(said)["good"], protocol.Finished)
    assert runner.held == {}


def test_a_lost_device_ends_the_loop_and_fails_nobody() -> None:
    said: list[protocol.Message] = []

    with pytest.raises(DeviceLostError):
        run(
            FakeRunner(), submit("a"), submit("b", "fatal"), react=lambda told, _: said.append(told)
        )

    assert not [message for message in said if isinstance(message, ENDS)]


def test_a_batch_that_memory_does_not_hold_is_halved_and_nobody_fails() -> None:
    runner = FakeRunner(rows_held=2)

    said = run(runner, submit("a"), submit("b"))

    assert runner.stepped == [("a",)] * 3 + [("b",)] * 3
    assert all(isinstance(end, protocol.Finished) for end in ends(said).values())


@pytest.mark.parametrize("prompt", ["no memory beside", "much memory", "large"])
def test_memory_that_can_be_freed_is_freed_before_anybody_fails(prompt: str) -> None:
    runner = FakeRunner(freeable=1, rows_held=1 if prompt == "no memory beside" else ROWS_MAX)

    said = run(runner, submit("a", prompt), submit("b"))

    assert runner.freeable == 0
    assert all(isinstance(end, protocol.Finished) for end in ends(said).values())
    assert runner.stepped.count(("a", "b")) + runner.stepped.count(("a",)) == REQUEST.steps


def test_what_no_memory_can_be_freed_for_fails_after_all() -> None:
    runner = FakeRunner(freeable=2)

    said = run(runner, submit("a", "no memory"), submit("b"))

    assert runner.freeable == 0
    assert isinstance(ends(said)["a"], protocol.Failed)
    assert isinstance(ends(said)["b"], protocol.Finished)


def test_the_model_that_draws_is_brought_before_anything_is_drawn() -> None:
    runner = FakeRunner(video_model="film", is_exchanging=True)

    said = run(runner, film(), submit("a"))

    assert all(not isinstance(end, protocol.Failed) for end in ends(said).values())
    assert set(runner.present) == {"pictures", "clips"}


def test_a_model_that_cannot_be_brought_fails_its_jobs_and_no_others() -> None:
    class Small(FakeRunner):
        def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
            del loras
            if for_clips:
                raise OutOfMemoryError("out of memory for a model")
            return False

    said = run(Small(video_model="film"), film(), submit("a"))

    clip = ends(said)["clip"]
    assert isinstance(clip, protocol.Failed)
    assert clip.reason == "out of memory for a model"
    assert isinstance(ends(said)["a"], protocol.Finished)


def test_memory_is_freed_before_a_model_that_cannot_be_brought_fails_anybody() -> None:
    class Small(FakeRunner):
        def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
            if self.freeable:
                raise OutOfMemoryError("out of memory for a model")
            return super().make_room(for_clips=for_clips, loras=loras)

    said = run(Small(freeable=1), submit("a"), submit("b"))

    assert {type(message) for message in ends(said).values()} == {protocol.Finished}


def test_the_loras_of_a_batch_are_put_on_before_it_is_drawn() -> None:
    class Dressed(FakeRunner):
        def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
            worn.append(loras)
            return super().make_room(for_clips=for_clips, loras=loras)

        def step(self, job_ids: Sequence[str], rows: int) -> None:
            super().step(job_ids, rows)
            drawn.append((worn[-1], [self.held[job_id].loras for job_id in job_ids]))

    worn: list[Loras] = []
    drawn: list[tuple[Loras, list[Loras]]] = []

    run(Dressed(), submit("a"), submit("b", "a fox <lora:ink:0.5>"), submit("c"))

    assert {on for on, _ in drawn} == {(), (("ink", 0.5),)}
    assert all(set(asked) == {on} for on, asked in drawn)


def test_owners_and_priorities_reach_the_scheduler() -> None:
    def of(job_id: str, owner: str, priority: int = 0) -> protocol.Submit:
        return replace(submit(job_id, steps=1), owner=owner, priority=priority)

    runner = FakeRunner()

    run(
        runner,
        *(of("a1", "a"), of("a2", "a"), of("a3", "a"), of("a4", "a")),
        *(of("b1", "b"), of("c1", "c", -1)),
    )

    assert runner.stepped == [("c1", "a1"), ("b1", "a2"), ("a3", "a4")]


def test_a_cancelled_job_is_dropped_between_two_steps() -> None:
    runner = FakeRunner()

    def cancel_at_two(message: protocol.Message, inbox: Inbox) -> None:
        match message:
            case protocol.Progress(job_id="a", step=2):
                inbox.put(protocol.Cancel("a"))
                inbox.put(submit("b"))
            case protocol.Finished(job_id="b"):
                inbox.put(protocol.Drain())

    said = run(runner, submit("a", steps=100), react=cancel_at_two)

    assert runner.stepped == [("a",), ("a",), ("b",), ("b",), ("b",)]
    assert list(ends(said)) == ["b"]
    assert runner.held == {}


def test_draining_finishes_what_runs_and_closes_what_waits() -> None:
    def drain_at_one(message: protocol.Message, inbox: Inbox) -> None:
        if isinstance(message, protocol.Progress) and message.step == 1:
            inbox.put(protocol.Drain())

    said = run(FakeRunner(), submit("a"), submit("b"), submit("c"), react=drain_at_one)

    assert isinstance(ends(said)["a"], protocol.Finished)
    assert isinstance(ends(said)["b"], protocol.Finished)
    closed = ends(said)["c"]
    assert isinstance(closed, protocol.Failed)
    assert closed.failure == "closed"


def test_a_ping_is_answered_between_two_steps() -> None:
    said = run(FakeRunner(), protocol.Ping(), submit("a"))

    assert protocol.Pong() in said


def test_a_clip_without_a_model_for_it_is_refused() -> None:
    said = run(FakeRunner(), protocol.Animate("clip", CLIP), submit("a"))

    refusal = ends(said)["clip"]
    assert isinstance(refusal, protocol.Failed)
    assert refusal.failure == "cannot_animate"
    assert isinstance(ends(said)["a"], protocol.Finished)


def test_a_job_too_many_is_refused() -> None:
    said = run(FakeRunner(), *(submit(str(index), steps=1) for index in range(9)))

    assert isinstance(ends(said)["8"], protocol.Failed)


def film(job_id: str = "clip", image: bytes = b"png") -> protocol.Animate:
    return protocol.Animate(job_id, replace(CLIP, image=image))


def test_a_clip_is_drawn_between_pictures_and_both_come_out() -> None:
    runner = FakeRunner(video_model="film")

    said = run(runner, film(), *(submit(name, steps=5) for name in "ab"))

    clip = ends(said)["clip"]
    assert isinstance(clip, protocol.Animated)
    assert (clip.width, clip.height, clip.frames, clip.fps) == (16, 16, 8, 7)
    assert clip.mp4[4:8] == b"ftyp"
    assert clip.thumbnail.startswith(b"\xff\xd8")
    assert all(isinstance(ends(said)[name], protocol.Finished) for name in "ab")
    assert runner.stepped.count(("clip",)) == CLIP_TURNS
    assert runner.stepped.count(("a", "b")) == 5
    assert [step for step, _ in told(said, "clip")] == sorted(s for s, _ in told(said, "clip"))
    assert told(said, "clip")[-1] == (CLIP.steps, 0)
    assert runner.held == {}


def test_no_picture_waits_until_a_clip_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    finished = threading.Event()

    def patient(drawn: Drawn) -> protocol.Finished | protocol.Animated:
        assert drawn.job_id != "clip" or finished.wait(60)
        return result(drawn)

    def react(message: protocol.Message, _inbox: Inbox) -> None:
        if isinstance(message, protocol.Finished):
            finished.set()

    monkeypatch.setattr(loop, "result", patient)
    asked = film(), submit("a", steps=5 * CLIP_TURNS)
    said = run(FakeRunner(video_model="film"), *asked, react=react)

    assert isinstance(ends(said)["clip"], protocol.Animated)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"odd size", "must be even"),
        (b"no memory", "out of memory"),
        (b"no decoder", "the model raised ZeroDivisionError"),
        (b"bug", "the model raised ZeroDivisionError"),
    ],
)
def test_a_clip_that_fails_leaves_the_pictures_alone(image: bytes, reason: str) -> None:
    runner = FakeRunner(video_model="film")

    said = run(runner, film(image=image), submit("a"))

    end = ends(said)["clip"]
    assert isinstance(end, protocol.Failed)
    assert end.reason == reason
    assert isinstance(ends(said)["a"], protocol.Finished)
    assert runner.held == {}


def test_a_clip_too_large_to_deliver_fails_by_its_size() -> None:
    asked = protocol.Animate("clip", replace(CLIP, bytes_max=100))

    said = run(FakeRunner(video_model="film"), asked)

    end = ends(said)["clip"]
    assert isinstance(end, protocol.Failed)
    assert "100 bytes" in end.reason


def test_clips_are_cancelled_while_they_run_and_while_they_wait() -> None:
    runner = FakeRunner(video_model="film")

    def cancel_at_two(message: protocol.Message, inbox: Inbox) -> None:
        match message:
            case protocol.Progress(job_id="runs", step=2):
                inbox.put(protocol.Cancel("waits"))
                inbox.put(protocol.Cancel("runs"))
                inbox.put(film("next"))
            case protocol.Animated(job_id="next"):
                inbox.put(protocol.Drain())

    said = run(runner, film("runs"), film("waits"), react=cancel_at_two)

    assert list(ends(said)) == ["next"]
    assert runner.stepped.count(("waits",)) == 0
    assert runner.stepped.count(("runs",)) < CLIP_TURNS
    assert runner.held == {}


@pytest.mark.parametrize("image", [b"png", b"odd size"])
def test_a_clip_is_charged_for_its_preparation_before_its_first_forward(image: bytes) -> None:
    runner = FakeRunner(video_model="fake")
    books = Books(runner)
    run(runner, protocol.Animate("clip", replace(CLIP, image=image)), scheduler=books)

    assert books.charged[0] == (CLIP.alike, 0)
    assert len(books.charged) == 1 + len(runner.stepped) + (image == b"png")


def test_pictures_are_shown_while_they_are_drawn_and_clips_are_not() -> None:
    runner = FakeRunner(video_model="fake")
    messages = (submit("a", steps=9), protocol.Animate("clip", CLIP))
    said = run(runner, *messages, preview_every_s=1e-9)

    previews = [message for message in said if isinstance(message, protocol.Preview)]
    assert {preview.job_id for preview in previews} == {"a"}
    assert len(previews) <= 7, "not before a fifth, nor after the last forward"
    assert isinstance(said[-1], ENDS)


def test_a_preview_that_fails_costs_no_picture() -> None:
    class Blind(FakeRunner):
        def preview(self, job_id: str) -> Image.Image | None:
            raise ZeroDivisionError(job_id)

    said = run(Blind(), submit("a", steps=9), preview_every_s=1e-9)

    assert [type(message) for message in said if isinstance(message, ENDS)] == [protocol.Finished]
