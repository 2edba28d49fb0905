import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageChops

from engine.clip import VideoRequest
from engine.engine import Engine, EngineSettings
from engine.errors import (
    BadRequestError,
    CannotAnimateError,
    EngineBusyError,
    EngineClosedError,
    JobCancelledError,
    ModelMissingError,
)
from engine.job import GenerationRequest, Picture, Progress

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUEUE_MAX = 3
LONG = 60  # steps, enough to be caught in the middle of


@pytest.fixture(scope="module")
def settings(checkpoint: Path) -> EngineSettings:
    return EngineSettings(
        image_model=str(checkpoint), device="cpu", threads=1, queue_max=QUEUE_MAX, rows_max=2
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(settings: EngineSettings) -> AsyncGenerator[Engine]:
    """One engine for all that leave it alive."""
    async with Engine(settings) as engine:
        yield engine


def ignore(_progress: Progress) -> None:
    pass


class Listener:
    """Remembers the steps it hears of, and acts once, when a job has come to a certain one."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        self.steps: list[int] = []
        self._at = at
        self._act = act

    def __call__(self, progress: Progress) -> None:
        is_first = max(self.steps, default=0) < self._at <= progress.step
        self.steps.append(progress.step)
        if is_first:
            self._act()


def child_pid(engine: Engine) -> int:
    child = engine._supervisor._child
    assert child is not None
    return child._process.pid


async def test_a_picture_comes_with_the_facts_about_it(
    engine: Engine, checkpoint: Path, request_: GenerationRequest
) -> None:
    stock = StableDiffusionPipeline.from_pretrained(
        checkpoint, dtype=torch.float32, local_files_only=True
    )
    heard: list[Progress] = []

    picture = await engine.generate("job", request_, heard.append)

    theirs = stock(
        prompt=request_.prompt,
        negative_prompt=request_.negative_prompt,
        width=request_.width,
        height=request_.height,
        num_inference_steps=request_.steps,
        guidance_scale=request_.guidance,
        generator=torch.Generator().manual_seed(request_.seed),
    ).images[0]
    difference = ImageChops.difference(Image.open(BytesIO(picture.png)), theirs)
    assert max(difference.tobytes()) <= 1  # of 255
    assert (picture.width, picture.height, picture.seed) == (64, 48, 11)
    assert (picture.model, picture.device) == ("untrained-sd", "cpu")
    assert (heard[0].step, heard[-1].step) == (0, 6)


async def test_the_same_request_gives_the_same_bytes_and_another_seed_does_not(
    engine: Engine, request_: GenerationRequest
) -> None:
    first = await engine.generate("first", request_, ignore)
    again = await engine.generate("again", request_, ignore)
    other = await engine.generate("other", replace(request_, seed=12), ignore)

    assert again.png == first.png
    assert Image.open(BytesIO(other.png)).tobytes() != Image.open(BytesIO(first.png)).tobytes()


async def test_a_job_is_cancelled_in_the_middle_and_the_next_one_runs(
    engine: Engine, request_: GenerationRequest
) -> None:
    listener = Listener(3, lambda: engine.cancel("job"))

    with pytest.raises(JobCancelledError):
        await engine.generate("job", replace(request_, steps=LONG), listener)

    assert listener.steps[-1] < LONG
    await engine.generate("next", request_, ignore)


async def test_a_caller_who_goes_away_frees_the_place(
    engine: Engine, request_: GenerationRequest
) -> None:
    started = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        caller = tasks.create_task(
            engine.generate("job", replace(request_, steps=LONG), Listener(1, started.set))
        )
        await started.wait()
        assert engine.health().running == 1
        caller.cancel()

    assert (engine.health().running, engine.health().queued) == (0, 0)


async def test_jobs_wait_their_turn_and_one_too_many_is_refused(
    engine: Engine, request_: GenerationRequest
) -> None:
    await engine.ready()
    positions: dict[str, list[int]] = {"0": [], "1": [], "2": []}
    finished: list[str] = []

    async def draw(name: str) -> None:
        await engine.generate(
            name, request_, lambda progress: positions[name].append(progress.position)
        )
        finished.append(name)

    async with asyncio.TaskGroup() as tasks:
        for name in positions:
            tasks.create_task(draw(name))
        await asyncio.sleep(0)
        with pytest.raises(EngineBusyError) as busy:
            await engine.generate("3", request_, ignore)
        assert (busy.value.queued, busy.value.limit) == (QUEUE_MAX, QUEUE_MAX)
        with pytest.raises(BadRequestError, match="job_id"):
            await engine.generate("2", request_, ignore)

    assert finished == ["0", "1", "2"]
    assert positions["2"][0] == 3
    assert positions["2"][-1] == 0


@pytest.mark.parametrize(("field", "size"), [("width", 60), ("width", 4096), ("height", 0)])
async def test_a_size_that_the_model_cannot_draw_is_refused(
    engine: Engine, request_: GenerationRequest, field: str, size: int
) -> None:
    values = {name: getattr(request_, name) for name in request_.__slots__}

    with pytest.raises(BadRequestError) as refusal:
        await engine.generate("job", GenerationRequest(**values | {field: size}), ignore)

    assert refusal.value.field == field


async def test_a_killed_child_is_replaced_and_the_picture_is_the_same(
    engine: Engine, request_: GenerationRequest
) -> None:
    request = replace(request_, steps=LONG)
    undisturbed = await engine.generate("undisturbed", request, ignore)
    restarts = engine.health().restarts
    listener = Listener(3, lambda: os.kill(child_pid(engine), signal.SIGKILL))

    picture = await engine.generate("job", request, listener)

    assert picture.png == undisturbed.png
    assert engine.health().restarts == restarts + 1
    killed_at = next(index for index, step in enumerate(listener.steps) if step >= 3)
    assert 0 in listener.steps[killed_at:]


async def test_pictures_are_drawn_together_and_are_none_the_worse_for_it(
    settings: EngineSettings, request_: GenerationRequest
) -> None:
    wide = settings.model_copy(update={"rows_max": 8, "mode": "exact"})
    others = [
        replace(request_, seed=1, steps=20),
        replace(request_, seed=2, guidance=1.0, sampler="euler_a", steps=20),
    ]
    async with Engine(wide) as engine:
        alone = await engine.generate("alone", request_, ignore)
        async with asyncio.TaskGroup() as tasks:
            for seed, other in enumerate(others):
                tasks.create_task(engine.generate(f"other {seed}", other, ignore))
            await asyncio.sleep(0)
            among = await engine.generate("among", request_, ignore)
            assert engine.health().running == len(others)

    assert among.png == alone.png


async def test_draining_finishes_what_runs_and_sends_the_rest_away(
    settings: EngineSettings, request_: GenerationRequest
) -> None:
    async with Engine(settings) as engine:
        started = asyncio.Event()
        running = replace(request_, steps=40)
        async with asyncio.TaskGroup() as tasks:
            runs = tasks.create_task(engine.generate("runs", running, Listener(1, started.set)))
            waits = tasks.create_task(outcome(engine, "waits", request_))
            await started.wait()
            await engine.drain(timeout_s=60)
            late = await outcome(engine, "late", request_)

        assert runs.result().png
        assert isinstance(waits.result(), EngineClosedError)
        assert isinstance(late, EngineClosedError)


async def outcome(
    engine: Engine, name: str, request: GenerationRequest
) -> Picture | EngineClosedError:
    try:
        return await engine.generate(name, request, ignore)
    except EngineClosedError as closed:
        return closed


async def test_leaving_sends_everybody_away_at_once(
    settings: EngineSettings, request_: GenerationRequest
) -> None:
    async with asyncio.TaskGroup() as tasks, Engine(settings) as engine:
        waits = tasks.create_task(outcome(engine, "job", request_))
        await asyncio.sleep(0)

    assert isinstance(waits.result(), EngineClosedError)


async def test_without_a_video_model_no_clip_is_drawn(
    engine: Engine, request_: GenerationRequest
) -> None:
    picture = await engine.generate("job", request_, ignore)
    clip = VideoRequest(image=picture.png, width=64, height=48, seed=1)

    assert not engine.animates
    with pytest.raises(CannotAnimateError):
        await engine.animate("clip", clip, ignore)


async def test_pictures_come_while_a_clip_is_drawn_and_are_the_same(
    settings: EngineSettings, video_checkpoint: Path, request_: GenerationRequest
) -> None:
    both = settings.model_copy(update={"video_model": str(video_checkpoint)})
    async with Engine(both) as engine, asyncio.TaskGroup() as tasks:
        alone = await engine.generate("alone", request_, ignore)
        asked = VideoRequest(image=alone.png, width=64, height=48, frames=9, steps=LONG, seed=1)
        begun = asyncio.Event()
        listener = Listener(1, begun.set)
        filming = tasks.create_task(engine.animate("clip", asked, listener))
        await begun.wait()
        among = await engine.generate("among", request_, ignore)
        assert not filming.done()
        clip = await filming

    assert among.png == alone.png
    assert engine.animates
    assert (clip.width, clip.height, clip.frames, clip.fps, clip.seed) == (64, 48, 9, 7, 1)
    assert clip.duration_s == pytest.approx(9 / 7)
    assert (clip.model, clip.device, clip.backend) == ("untrained-svd", "cpu", "local")
    assert listener.steps == sorted(listener.steps)
    assert listener.steps[-1] == LONG


async def test_a_clip_is_cancelled_in_the_middle_and_the_next_one_runs(
    settings: EngineSettings, video_checkpoint: Path, request_: GenerationRequest
) -> None:
    both = settings.model_copy(update={"video_model": str(video_checkpoint)})
    async with Engine(both) as engine:
        picture = await engine.generate("picture", request_, ignore)
        asked = VideoRequest(image=picture.png, width=64, height=48, frames=2, steps=LONG, seed=1)
        listener = Listener(3, lambda: engine.cancel("clip"))

        with pytest.raises(JobCancelledError):
            await engine.animate("clip", asked, listener)

        assert listener.steps[-1] < LONG
        again = await engine.animate("next", replace(asked, steps=2), ignore)
        assert again.mp4


async def test_a_missing_model_is_named(
    settings: EngineSettings, request_: GenerationRequest, tmp_path: Path
) -> None:
    folder = str(tmp_path / "tiny-sd")

    async with Engine(settings.model_copy(update={"image_model": folder})) as engine:
        with pytest.raises(ModelMissingError) as missing:
            await engine.generate("job", request_, ignore)

    assert missing.value.path == folder
