import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.diffusers_runner import DiffusersRunner
from engine.errors import (
    BadRequestError,
    GenerationFailedError,
    ModelMissingError,
    OutOfMemoryError,
)
from engine.job import SAMPLERS, GenerationRequest
from engine.settings import EngineSettings
from tests.engine.conftest import Stock

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def nothing_is_left(runner: DiffusersRunner) -> Iterator[None]:
    yield
    runner._flights.clear()


def draw(runner: DiffusersRunner, request: GenerationRequest) -> torch.Tensor:
    for _ in range(runner.admit("job", request)):
        runner.step(["job"], request.rows)
    return pixels(runner, "job")


def pixels(runner: DiffusersRunner, job_id: str) -> torch.Tensor:
    return (runner.pixels([job_id])[0] / 2 + 0.5).clamp(0, 1)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_is_the_stock_pipelines(
    sampler: str, runner: DiffusersRunner, stock: Stock, request_: GenerationRequest
) -> None:
    request = replace(request_, sampler=sampler)

    ours, theirs = draw(runner, request), stock.draw(request)

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
    guidance: float, runner: DiffusersRunner, stock: Stock, request_: GenerationRequest
) -> None:
    request = replace(request_, guidance=guidance)

    difference = draw(runner, request) - stock.draw(request)

    assert difference.abs().max() <= 1e-5


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
    with pytest.raises(OutOfMemoryError, match=f"out of memory at {side}x{side}"):
        runner.admit("huge", replace(request_, width=side, height=side))

    assert draw(runner, request_).isfinite().all()


def test_decoding_goes_on_one_by_one_when_memory_does_not_hold_all(
    runner: DiffusersRunner, request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for job_id in "abc":
        runner.admit(job_id, request_)
    decode = runner._pipeline.vae.decode

    def decode_one(latents: torch.Tensor, *, return_dict: bool) -> object:
        if len(latents) > 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return decode(latents, return_dict=return_dict)

    monkeypatch.setattr(runner._pipeline.vae, "decode", decode_one)

    assert len(runner.decode(["a", "b", "c"])) == 3


def test_a_picture_of_no_numbers_is_a_failure_and_not_a_black_one(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    for job_id in ("broken", "whole"):
        runner.admit(job_id, request_)
    broken_flight = runner._flights["broken"]
    broken_flight.state = torch.full_like(broken_flight.state, math.nan)

    broken, whole = runner.decode(["broken", "whole"])

    assert isinstance(broken, GenerationFailedError)
    assert broken.reason == "the model overflows in float32"
    assert not isinstance(whole, GenerationFailedError)


def test_a_decoder_that_overflows_in_half_precision_tries_again_in_single(
    checkpoint: Path, request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = EngineSettings(image_model=str(checkpoint), device="cpu", threads=1, dtype="float16")
    half = DiffusersRunner(settings)
    half.admit("job", replace(request_, steps=1))
    vae = half._pipeline.vae
    decode, tried = vae.decode, []

    def overflows(latents: torch.Tensor, *, return_dict: bool) -> object:
        tried.append(latents.dtype)
        [pixels] = decode(latents, return_dict=return_dict)
        return [pixels * math.inf if latents.dtype == torch.float16 else pixels]

    monkeypatch.setattr(vae, "decode", overflows)

    [picture] = half.decode(["job"])

    assert not isinstance(picture, GenerationFailedError)
    assert tried == [torch.float16, torch.float32]
    assert {each.dtype for each in vae.parameters()} == {torch.float16}


@pytest.mark.parametrize("compiled", [True, False])
def test_blocks_that_repeat_are_compiled_when_it_is_set(compiled: bool, checkpoint: Path) -> None:
    settings = EngineSettings(
        image_model=str(checkpoint), device="cpu", threads=1, compiled=compiled
    )

    unet, _ = DiffusersRunner(settings).models

    blocks = [each for each in unet.modules() if type(each).__name__ == "BasicTransformerBlock"]
    assert blocks
    assert {each._compiled_call_impl is not None for each in blocks} == {compiled}


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_a_model_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(ModelMissingError) as missing:
        DiffusersRunner(EngineSettings(image_model=str(tmp_path / name), device="cpu"))

    assert missing.value.path == str(tmp_path / name)
