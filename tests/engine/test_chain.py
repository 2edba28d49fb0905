import asyncio
from collections import defaultdict
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
from engine.job import Progress
from engine.link import Link
from engine.sdnext import SdNext
from sandbox.backends.automatic1111 import PASSWORD, USER
from tests.doubles.engine import FakeEngine, wall
from tests.doubles.remotes import REQUEST, Asking, opened, pretended

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
        drawing.cancel("1")
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
        await Asking(drawing).draw(job_id="1")
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


async def test_what_is_cancelled_while_it_is_looked_at_is_not_drawn_again(
    first: FakeEngine, second: FakeEngine
) -> None:
    class Late(Eye):
        async def inspect(self, file: bytes) -> None:
            drawing.cancel("job_1")
            await super().inspect(file)

    drawing = looked_at(Late(ModelMissingError("models/none"), None), first, second)
    with pytest.raises(JobCancelledError):
        await Asking(drawing).draw()
    assert second.tries.total() == 0

    assert (await Asking(drawing).draw()).backend == "studio", "its next try is another one"


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
    first.estimate, second.estimate = 1.0, 2.0
    assert drawing.estimate_s(over) == 2.0
    assert (await Asking(drawing).draw(over)).backend == "b1"
    assert drawing.health().backends[0].failed == 0

    second.draws_over = False
    assert not chain(first, second).draws_over
    with pytest.raises(CannotDrawOverError):
        await Asking(drawing).draw(over)


async def test_nobody_waits_behind_one_that_hangs_who_could_be_drawn_elsewhere(
    second: FakeEngine,
) -> None:
    async with pretended() as sandbox:
        ui = sandbox.backends.sdnext
        ui.troubles.order("stuck")
        url, secret = f"{sandbox.url}/backends/sdnext", f"{USER}:{PASSWORD}"
        async with opened(SdNext, url, secret, timeout_s=0.3) as hanging:
            links = [Link("studio", "sdnext", hanging), Link("here", "local", second)]
            drawing = Chain(links, budget_s=60)
            async with asyncio.TaskGroup() as tasks:
                first = tasks.create_task(Asking(drawing).draw(job_id="1"))
                await ui.troubles.stuck.wait()
                others = [
                    tasks.create_task(Asking(drawing).draw(job_id=name)) for name in ("2", "3")
                ]
            drawn = [task.result().backend for task in (first, *others)]

    assert drawn == ["here"] * 3
    assert len(ui.asked) == 1
    assert drawing.health().backends[0].rest_s == 0, "the others have not even asked"


class Queue(FakeEngine):
    """One whose job "1" fails when it is let; all others wait until they are sent on."""

    def __init__(self, error: EngineError) -> None:
        super().__init__()
        self.hold()
        self.fail = [error]
        self.sent_on: list[str] = []
        self._sent: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def send_on(self, job_id: str) -> None:
        self.sent_on.append(job_id)
        self._sent[job_id].set()

    async def _draw(self, job_id: str, on_progress: Callable[[Progress], None]) -> None:
        if job_id == "1":
            return await super()._draw(job_id, on_progress)
        self.tries[job_id] += 1
        await self._sent[job_id].wait()
        raise BackendError("b0", "busy")


async def let_fail(queue: Queue, jobs: int) -> None:
    """Let the first fail when all have come."""
    while queue.tries.total() < jobs:
        await asyncio.sleep(0)
    queue.released.set()


async def test_who_has_nowhere_else_to_go_keeps_waiting() -> None:
    queue = Queue(BackendError("b0", "slow"))
    drawing = chain(queue)
    async with asyncio.TaskGroup() as tasks:
        failing = tasks.create_task(caught(drawing, BackendError))
        waiting = tasks.create_task(Asking(drawing).draw(job_id="2"))
        await let_fail(queue, 2)
        await failing
        waiting.cancel()

    assert queue.sent_on == []


async def test_who_waits_goes_on_when_the_one_before_is_left_alone(second: FakeEngine) -> None:
    queue = Queue(BackendError("b0", "refused"))
    drawing = chain(queue, second)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(Asking(drawing).draw(job_id="1"))
        waiting = tasks.create_task(Asking(drawing).draw(job_id="2"))
        clip = tasks.create_task(drawing.animate("3", CLIP, lambda _: None, owner="1"))
        await let_fail(queue, 3)
        assert (await waiting).backend == "b1"
        assert "3" not in queue.sent_on, "clips have a breaker of their own"
        drawing.send_on("3")
        drawing.send_on("never heard of")
        assert (await clip).backend == "b1"


async def test_one_that_only_fails_now_and_then_keeps_its_line(second: FakeEngine) -> None:
    queue = Queue(BackendError("b0", "memory"))
    drawing = chain(queue, second)
    async with asyncio.TaskGroup() as tasks:
        failing = tasks.create_task(Asking(drawing).draw(job_id="1"))
        waiting = tasks.create_task(Asking(drawing).draw(job_id="2"))
        await let_fail(queue, 2)
        await failing
        waiting.cancel()

    assert queue.sent_on == []
