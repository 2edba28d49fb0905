import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from engine.diffusers_runner import _SAMPLERS, DiffusersRunner
from engine.errors import BadRequestError, GenerationFailedError, ModelMissingError
from engine.job import SAMPLERS, GenerationRequest
from engine.settings import EngineSettings

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def runner(checkpoint: Path) -> DiffusersRunner:
    return DiffusersRunner(EngineSettings(image_model=str(checkpoint), device="cpu", threads=1))


@pytest.fixture(scope="module")
def stock(checkpoint: Path) -> StableDiffusionPipeline:
    """What anybody gets from diffusers without us."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        checkpoint, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(autouse=True)
def nothing_is_left(runner: DiffusersRunner) -> Iterator[None]:
    yield
    runner._jobs.clear()


def draw(runner: DiffusersRunner, request: GenerationRequest) -> torch.Tensor:
    for _ in range(runner.admit("job", request)):
        runner.step(["job"])
    return runner.pixels("job")


def draw_stock(stock: StableDiffusionPipeline, request: GenerationRequest) -> torch.Tensor:
    kind, options = _SAMPLERS[request.sampler]
    before = stock.scheduler
    stock.scheduler = kind.from_config(before.config, **options)
    try:
        pictures = stock(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            width=request.width,
            height=request.height,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            output_type="pt",
        )
    finally:
        stock.scheduler = before
    picture = pictures.images[0]
    assert isinstance(picture, torch.Tensor)
    return picture


def test_every_sampler_that_may_be_asked_for_is_there() -> None:
    assert tuple(_SAMPLERS) == SAMPLERS


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_is_the_stock_pipelines(
    sampler: str,
    runner: DiffusersRunner,
    stock: StableDiffusionPipeline,
    request_: GenerationRequest,
) -> None:
    request = replace(request_, sampler=sampler)

    ours, theirs = draw(runner, request), draw_stock(stock, request)

    assert ours.shape == (3, 48, 64)
    assert ours.std() > 0.01
    assert (ours - theirs).abs().max() <= 1e-5


@pytest.mark.parametrize("steps", [1, 150])
def test_samplers_that_crowd_their_timesteps_do_not_stumble(
    steps: int, runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    crowded = replace(request_, sampler="dpm2m_karras", steps=steps)

    assert draw(runner, crowded).std() > 0.01


@pytest.mark.parametrize("guidance", [0.0, 1.0])
def test_without_guidance_too(
    guidance: float,
    runner: DiffusersRunner,
    stock: StableDiffusionPipeline,
    request_: GenerationRequest,
) -> None:
    request = replace(request_, guidance=guidance)

    difference = draw(runner, request) - draw_stock(stock, request)

    assert difference.abs().max() <= 1e-5


def test_a_prompt_longer_than_the_model_reads_is_cut(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    long = replace(request_, prompt="fox " * 500, steps=1)

    assert draw(runner, long).isfinite().all()


def test_jobs_do_not_touch_each_other(runner: DiffusersRunner, request_: GenerationRequest) -> None:
    alone = draw(runner, replace(request_, sampler="unipc"))
    runner.release("job")

    runner.admit("other", replace(request_, seed=5, sampler="unipc"))
    for _ in range(runner.admit("job", replace(request_, sampler="unipc"))):
        runner.step(["other"])
        runner.step(["job"])

    assert torch.equal(runner.pixels("job"), alone)
    assert not torch.equal(runner.pixels("other"), alone)


@pytest.mark.parametrize(("field", "size"), [("width", 60), ("height", 50)])
def test_a_size_between_two_latents_is_refused(
    field: str, size: int, runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    values = {name: getattr(request_, name) for name in request_.__slots__}

    with pytest.raises(BadRequestError, match="must be a multiple of 16") as refusal:
        runner.admit("job", GenerationRequest(**values | {field: size}))

    assert refusal.value.field == field


def test_running_out_of_memory_fails_the_job_and_nothing_else(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    side = 2**22  # more latents than any machine holds
    with pytest.raises(GenerationFailedError, match=f"out of memory at {side}x{side}"):
        runner.admit("huge", replace(request_, width=side, height=side))

    assert draw(runner, request_).isfinite().all()


def test_a_picture_of_no_numbers_is_a_failure_and_not_a_black_one(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    runner.admit("job", request_)
    runner._jobs["job"].latents = torch.full((1, 16, 3, 4), math.nan)

    with pytest.raises(GenerationFailedError, match="overflows in float32"):
        runner.decode("job")


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_a_model_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(ModelMissingError) as missing:
        DiffusersRunner(EngineSettings(image_model=str(tmp_path / name), device="cpu"))

    assert missing.value.path == str(tmp_path / name)
