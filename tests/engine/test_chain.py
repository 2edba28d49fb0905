import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.breaker import FAILURES_MAX
from engine.chain import Chain
from engine.clip import VideoRequest
from engine.errors import (
    BackendError,
    BadRequestError,
    CannotAnimateError,
    CannotDrawOverError,
    EngineBusyError,
    EngineClosedError,
    EngineCrashedError,
    EngineError,
    GenerationFailedError,
    JobCancelledError,
    ModelMissingError,
    NoBackendError,
    WithheldError,
)
from engine.inspector import Inspector
from engine.link import Link
from tests.doubles.engine import FakeEngine, wall
from tests.doubles.remotes import REQUEST, Asking

request = replace(REQUEST)
CLIP = VideoRequest(image=wall(64, 48, 1), width=64, height=48, frames=2, seed=1)


def chain(*engines: FakeEngine, budget_s: float = 60) -> Chain:
    links = [Link(f"b{at}", "local", engine) for at, engine in enumerate(engines)]
    return Chain(links, budget_s)


@pytest.fixture
def first() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def second() -> FakeEngine:
    return FakeEngine()


async def test_the_first_draws_while_it_is_well(first: FakeEngine, second: FakeEngine) -> None:
    picture = await Asking(chain(first, second)).draw()

    assert picture.backend == "b0"
    assert second.drawn == []


@pytest.mark.parametrize(
    "error",
    [
        BackendError("b0", "unreachable"),
        BackendError("b0", "unable"),
        EngineBusyError(1, 1),
        EngineCrashedError(4),
        GenerationFailedError("out of memory"),
        ModelMissingError("models/none"),
    ],
)
async def test_the_next_draws_what_one_cannot(
    first: FakeEngine, second: FakeEngine, error: EngineError
) -> None:
    first.fail = [error]
    drawing = chain(first, second)
    picture = await Asking(drawing).draw()

    assert picture.backend == "b1"
    assert [each.drawn for each in drawing.health().backends] == [0, 1]
    assert drawing.health().backends[0].trouble


@pytest.mark.parametrize(
    "error",
    [BadRequestError("width", "is odd"), WithheldError(), EngineClosedError(), JobCancelledError()],
)
async def test_what_another_would_not_change_ends_the_job(
    first: FakeEngine, second: FakeEngine, error: EngineError
) -> None:
    first.fail = [error]
    with pytest.raises(type(error)):
        await Asking(chain(first, second)).draw()

    assert second.tries.total() == 0


async def test_the_last_ones_trouble_is_told(first: FakeEngine, second: FakeEngine) -> None:
    first.fail = [EngineCrashedError(4)]
    second.fail = [BackendError("b1", "memory")]

    with pytest.raises(BackendError, match="memory"):
        await Asking(chain(first, second)).draw()


async def test_who_fails_again_and_again_is_left_alone(
    first: FakeEngine, second: FakeEngine
) -> None:
    first.fail = [BackendError("b0", "unreachable") for _ in range(FAILURES_MAX)]
    drawing = chain(first, second)
    for _ in range(FAILURES_MAX + 2):
        await Asking(drawing).draw()

    assert first.tries["job_1"] == FAILURES_MAX
    assert drawing.health().backends[0].rest_s > 0
    assert drawing.health().is_ready


async def test_too_much_to_do_is_no_reason_to_leave_somebody_alone(
    first: FakeEngine, second: FakeEngine
) -> None:
    first.fail = [BackendError("b0", "busy") for _ in range(FAILURES_MAX)]
    drawing = chain(first, second)
    for _ in range(FAILURES_MAX):
        await Asking(drawing).draw()

    assert (await Asking(drawing).draw()).backend == "b0"


async def test_when_all_rest_nobody_is_asked(first: FakeEngine) -> None:
    first.fail = [BackendError("b0", "refused")]
    drawing = chain(first)
    with pytest.raises(BackendError):
        await Asking(drawing).draw()
    with pytest.raises(NoBackendError):
        await Asking(drawing).draw()

    assert not drawing.health().is_ready


async def test_a_job_is_cancelled_where_it_is(first: FakeEngine, second: FakeEngine) -> None:
    first.fail = [BackendError("b0", "unreachable")]
    second.hold()
    drawing = chain(first, second)
    async with asyncio.TaskGroup() as tasks:
        cancelled = tasks.create_task(caught(drawing, JobCancelledError))
        await second.asked.wait()
        drawing.cancel("job_1")
        drawing.cancel("never heard of")
    assert cancelled.result()


async def test_the_budget_of_time_is_for_all_together(first: FakeEngine) -> None:
    first.hold()
    with pytest.raises(BackendError) as spent:
        await Asking(chain(first, budget_s=0.05)).draw()

    assert spent.value.trouble == "slow"


async def test_ready_is_who_can_draw(first: FakeEngine, second: FakeEngine) -> None:
    def missing() -> None:
        raise ModelMissingError("models/none")

    unready(first, missing)
    assert (await chain(first, second).ready()).is_ready
    with pytest.raises(ModelMissingError):
        await chain(first).ready()


async def test_its_estimate_is_that_of_whoever_would_be_asked(
    first: FakeEngine, second: FakeEngine
) -> None:
    first.estimate, second.estimate = 1.0, 2.0
    first.fail = [BackendError("b0", "refused")]
    drawing = chain(first, second)
    assert drawing.estimate_s(request) == 1.0
    await Asking(drawing).draw()

    assert drawing.estimate_s(request) == 2.0
    await drawing.drain(0)


def unready(engine: FakeEngine, fail: Callable[[], None]) -> None:
    async def ready() -> None:
        fail()

    engine.ready = ready  # type: ignore[method-assign, assignment]


async def caught(drawing: Chain, kind: type[EngineError]) -> bool:
    try:
        await Asking(drawing).draw()
    except kind:
        return True
    return False


async def test_clips_go_to_the_first_that_draws_them(first: FakeEngine, second: FakeEngine) -> None:
    first.animates, first.estimate, second.estimate = False, 1.0, 2.0
    drawing = chain(first, second)

    assert drawing.animates
    assert drawing.estimate_s(CLIP) == 2.0
    clip = await drawing.animate("job_1", CLIP, lambda _: None, owner="1")

    assert clip.backend == "b1"
    assert second.animated == [("job_1", CLIP)]


async def test_where_nobody_draws_clips_that_is_said(first: FakeEngine) -> None:
    first.animates = False
    drawing = chain(first)

    assert not drawing.animates
    with pytest.raises(CannotAnimateError):
        await drawing.animate("job_1", CLIP, lambda _: None, owner="1")
    assert drawing.health().is_ready


class Eye(Inspector):
    """An inspector that says what a test tells it to."""

    def __init__(self, *says: EngineError | None) -> None:
        self.says = list(says)
        self.shown: list[bytes] = []

    async def inspect(self, file: bytes) -> None:
        self.shown.append(file)
        if error := self.says.pop(0):
            raise error


def looked_at(eye: Eye, first: FakeEngine, second: FakeEngine) -> Chain:
    """One elsewhere, then our own."""
    return Chain([Link("studio", "sdnext", first), Link("here", "local", second)], 60, eye)


async def test_what_is_drawn_elsewhere_is_looked_at_and_our_own_is_not_again(
    first: FakeEngine, second: FakeEngine
) -> None:
    eye = Eye(None, None)
    drawing = looked_at(eye, first, second)
    picture = await Asking(drawing).draw()
    clip = await drawing.animate("job_1", CLIP, lambda _: None, owner="1")
    first.fail = [BackendError("studio", "unreachable")]
    ours = await Asking(drawing).draw()

    assert eye.shown == [picture.png, clip.mp4]
    assert (picture.backend, clip.backend, ours.backend) == ("studio", "studio", "here")


async def test_what_may_not_be_seen_is_not_asked_for_again(
    first: FakeEngine, second: FakeEngine
) -> None:
    with pytest.raises(WithheldError):
        await Asking(looked_at(Eye(WithheldError()), first, second)).draw()

    assert second.tries.total() == 0


async def test_what_could_not_be_looked_at_is_drawn_by_who_looks_for_themselves(
    first: FakeEngine, second: FakeEngine
) -> None:
    eye = Eye(ModelMissingError("models/none"))
    picture = await Asking(looked_at(eye, first, second)).draw()

    assert picture.backend == "here"


async def test_a_chain_that_fails_at_clips_goes_on_with_pictures(first: FakeEngine) -> None:
    drawing = chain(first)
    first.fail = [BackendError("b0", "refused")]
    with pytest.raises(BackendError):
        await drawing.animate("job_1", CLIP, lambda _: None, owner="1")
    with pytest.raises(NoBackendError):
        await drawing.animate("job_1", CLIP, lambda _: None, owner="1")

    assert (await Asking(drawing).draw()).backend == "b0"


async def test_pictures_are_drawn_over_by_the_first_that_can(
    first: FakeEngine, second: FakeEngine
) -> None:
    over = replace(request, image=wall(64, 48, 1))
    first.draws_over = False
    drawing = chain(first, second)
    assert (await Asking(drawing).draw(over)).backend == "b1"
    assert drawing.health().backends[0].failed == 0

    second.draws_over = False
    assert not chain(first, second).draws_over
    with pytest.raises(CannotDrawOverError):
        await Asking(drawing).draw(over)
