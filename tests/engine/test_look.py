from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from PIL import Image, ImageChops, ImageStat

from engine.diffusers_runner import DiffusersRunner
from engine.job import SAMPLERS, GenerationRequest
from engine.look import Look
from engine.settings import EngineSettings

# diffusers reads its own tables by numpy in the way of old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SHIPPED = Path(__file__).parents[2] / "models" / "tiny-sd"


@pytest.fixture(scope="module")
def shipped() -> DiffusersRunner:
    return DiffusersRunner(EngineSettings(image_model=str(SHIPPED), device="cpu", threads=1))


def request_of(sampler: str, steps: int = 10) -> GenerationRequest:
    return GenerationRequest("a red balloon over the sea", "", 256, 256, steps, 3.5, 1, sampler)


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart, in shades of a channel."""
    small = [image.resize((16, 16), Image.Resampling.BOX) for image in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*small)).rms)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_is_seen_on_the_way_comes_ever_closer_to_the_picture(
    sampler: str, shipped: DiffusersRunner
) -> None:
    request = request_of(sampler)
    seen: list[Image.Image] = []
    for _ in range(shipped.admit("job", request)):
        shipped.step(["job"], request.rows)
        if (image := shipped.preview("job")) is not None:
            seen.append(image)
    [picture] = shipped.decode(["job"])
    shipped.release("job")

    assert isinstance(picture, Image.Image)
    assert len(seen) >= request.steps - 1
    assert seen[-1].size == (32, 32)
    assert difference(seen[-1], picture) < 12
    assert difference(seen[len(seen) // 2], picture) < difference(seen[0], picture)


def test_looking_changes_no_byte(runner: DiffusersRunner, request_: GenerationRequest) -> None:
    pictures = []
    for is_looked_at in (False, True):
        for _ in range(runner.admit("job", request_)):
            runner.step(["job"], request_.rows)
            if is_looked_at:
                runner.preview("job")
        [picture] = runner.decode(["job"])
        runner.release("job")
        assert isinstance(picture, Image.Image)
        pictures.append(picture.tobytes())

    assert pictures[0] == pictures[1]


def test_there_is_nothing_to_see_before_the_second_forward(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    runner.admit("job", request_)
    assert runner.preview("job") is None
    runner.step(["job"], request_.rows)
    assert runner.preview("job") is None
    runner.step(["job"], request_.rows)
    assert runner.preview("job") is not None
    runner.release("job")


def test_what_overflows_is_not_shown(runner: DiffusersRunner, request_: GenerationRequest) -> None:
    runner.admit("job", request_)
    for _ in range(2):
        runner.step(["job"], request_.rows)
    flight = runner._flights["job"]
    assert flight.thought is not None
    flight.thought = (flight.thought[0], torch.full_like(flight.thought[1], torch.nan))

    assert runner.preview("job") is None
    runner.release("job")


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_noise_is_taken_away_whatever_the_model_predicts(
    prediction: Literal["epsilon", "v_prediction", "sample"],
    runner: DiffusersRunner,
    request_: GenerationRequest,
) -> None:
    """A model that is always right shows the picture at every step."""
    look = runner._look
    assert look is not None
    look = replace(look, prediction=prediction)
    runner.admit("job", replace(request_, sampler="euler"))
    flight = runner._flights["job"]
    flight.done = 3
    generator = torch.Generator().manual_seed(1)
    clear, noise = (torch.randn(flight.latents.shape, generator=generator) for _ in range(2))
    of_picture, of_noise = flight.schedule.starts[2]
    whole = (of_picture**2 + of_noise**2) ** 0.5
    said = {
        "epsilon": noise,
        "sample": clear,
        "v_prediction": (of_picture * noise - of_noise * clear) / whole,
    }
    flight.thought = (of_picture * clear + of_noise * noise, said[prediction])
    shown = look.at(flight)
    flight.thought = (clear, clear)
    expected = replace(look, prediction="sample").at(flight)
    runner.release("job")

    assert shown is not None
    assert expected is not None
    assert difference(shown, expected) <= 1


def test_an_encoder_that_overflows_shows_nothing(checkpoint: Path) -> None:
    runner = DiffusersRunner(EngineSettings(image_model=str(checkpoint), device="cpu", threads=1))
    torch.nn.init.constant_(runner._pipeline.vae.encoder.conv_in.bias, torch.nan)

    assert Look.of(runner._pipeline) is None


def test_nobody_looks_where_the_operator_wants_none(checkpoint: Path) -> None:
    settings = EngineSettings(image_model=str(checkpoint), device="cpu", preview_every_s=0)
    runner = DiffusersRunner(settings)
    request = GenerationRequest("a fox", "", 64, 48, 3, 1.0, 1)
    runner.admit("job", request)
    for _ in range(2):
        runner.step(["job"], request.rows)

    assert runner.preview("job") is None
