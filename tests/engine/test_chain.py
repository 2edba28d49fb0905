import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.backend import BackendSettings
from engine.breaker import FAILURES_MAX
from engine.chain import Chain, Link, drawer
from engine.comfyui import ComfyUI
from engine.engine import Engine, EngineSettings
from engine.errors import (
    BackendError,
    BadRequestError,
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
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.backends.huggingface import MODEL, TOKEN
from tests.doubles.engine import FakeEngine
from tests.doubles.remotes import REQUEST, Asking, pretended

request = replace(REQUEST)


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


async def test_settings_make_the_chain_and_none_make_the_engine_alone() -> None:
    settings = EngineSettings()
    named = [
        BackendSettings(name="local", kind="local"),
        BackendSettings(name="comfy", kind="comfyui", url="http://127.0.0.1:1"),
    ]

    assert isinstance(drawer(settings, [], {}), Engine)
    drawing = drawer(settings, named, {"comfy": "token"})
    assert isinstance(drawing, Chain)
    assert [link.name for link in drawing._links] == ["local", "comfy"]
    assert isinstance(drawing._links[1].backend, ComfyUI)


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


async def test_a_chain_of_real_wires_goes_on_to_the_next_server() -> None:
    async with pretended() as sandbox:
        at = f"{sandbox.url}/backends"
        named = [
            BackendSettings(name="studio", kind="automatic1111", url=f"{at}/automatic1111"),
            BackendSettings(name="next", kind="sdnext", url=f"{at}/sdnext"),
            BackendSettings(name="hf", kind="huggingface", url=f"{at}/huggingface/models/{MODEL}"),
        ]
        secrets = {"studio": "hub:wrong", "next": f"{USER}:{PASSWORD}", "hf": TOKEN}
        sandbox.backends.sdnext.troubles.order("memory")
        async with drawer(EngineSettings(), named, secrets) as drawing:
            assert [(await Asking(drawing).draw()).backend for _ in range(2)] == ["hf", "next"]
            studio, following, last = drawing.health().backends

        assert (studio.trouble, studio.failed, following.drawn, last.drawn) == ("refused", 1, 1, 1)
        assert studio.rest_s > 0
