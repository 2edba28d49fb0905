from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
import torch
from PIL import Image

from engine import samplers
from engine.diffusers_runner import DiffusersRunner
from engine.errors import BadRequestError
from engine.job import SAMPLERS, GenerationRequest
from tests.engine.conftest import SCHEDULER, StepDone, Stock

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def nothing_is_left(runner: DiffusersRunner) -> Iterator[None]:
    yield
    runner._flights.clear()


@pytest.fixture
def image() -> Image.Image:
    return Image.radial_gradient("L").resize((64, 48)).convert("RGB")


@pytest.fixture
def request_(request_: GenerationRequest, image: Image.Image) -> GenerationRequest:
    return replace(request_, image=file(image), strength=0.6)


def file(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, format="PNG")
    return written.getvalue()


def draw(runner: DiffusersRunner, request: GenerationRequest) -> torch.Tensor:
    """Draw among others that begin from nothing."""
    plain = replace(request, image=None, mask=None, steps=20)
    runner.admit("other", plain)
    for _ in range(runner.admit("job", request)):
        runner.step(["other", "job"], 4)
    return (runner.pixels(["job"])[0] / 2 + 0.5).clamp(0, 1)


@pytest.mark.parametrize("strength", [0.3, 1.0])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_drawn_over_another_is_the_stock_pipelines(
    sampler: str,
    strength: float,
    runner: DiffusersRunner,
    stock: Stock,
    request_: GenerationRequest,
    image: Image.Image,
) -> None:
    request = replace(request_, sampler=sampler, strength=strength)

    difference = draw(runner, request) - stock.draw_over(request, image)

    assert difference.abs().max() <= 1e-5


@pytest.mark.parametrize("sampler", ["ddim", "dpm2m", "heun"])
def test_what_the_mask_protects_stays(
    sampler: str,
    runner: DiffusersRunner,
    stock: Stock,
    request_: GenerationRequest,
    image: Image.Image,
) -> None:
    mask = Image.new("L", (64, 48), 0)
    mask.paste(255, (0, 0, 32, 48))
    request = replace(request_, mask=file(mask), sampler=sampler)

    ours = draw(runner, request)

    theirs = stock.draw_over(request, image, protecting(runner, request))
    assert (ours - theirs).abs().max() <= 1e-5
    flight = runner._flights["job"]
    assert flight.original is not None
    is_kept = flight.latents == flight.original.latents
    assert is_kept[:, :, 2:].all()
    assert not is_kept[:, :, :2].any()


def test_what_the_mask_protects_is_the_same_to_the_pixel(
    runner: DiffusersRunner, request_: GenerationRequest, image: Image.Image
) -> None:
    mask = Image.new("L", (64, 48), 0)
    mask.paste(255, (0, 0, 21, 48))  # in the midst of what a latent stands for
    draw(runner, replace(request_, mask=file(mask), strength=1.0))

    [drawn] = runner.decode(["job"])

    assert isinstance(drawn, Image.Image)
    around, hole = (21, 0, 64, 48), (0, 0, 21, 48)
    assert drawn.crop(around).tobytes() == image.crop(around).tobytes()
    assert drawn.crop(hole).tobytes() != image.crop(hole).tobytes()
    flight = runner._flights["job"]
    assert flight.original is not None
    assert flight.original.mask is not None
    columns = flight.original.mask[0].any(dim=0).nonzero().flatten()
    assert int(columns[-1] + 1) * runner.scale >= 21


def protecting(runner: DiffusersRunner, request: GenerationRequest) -> StepDone:
    """Return what does the mask's work after a step of the stock pipeline, by diffusers' means."""
    flight = runner._flights["job"]
    assert flight.original is not None
    original, noise, mask = flight.original.latents, flight.noise, flight.original.mask
    assert mask is not None
    schedule = samplers.scheduler(request.sampler, SCHEDULER.config)
    schedule.set_timesteps(request.steps)
    timesteps = schedule.timesteps[request.steps_skipped * schedule.order :]

    def keep(
        _pipeline: object, step: int, _timestep: torch.Tensor, values: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        kept = original
        if step + 1 < len(timesteps):
            if hasattr(schedule, "set_begin_index"):
                schedule.set_begin_index(request.steps_skipped * schedule.order + step + 1)
            kept = schedule.add_noise(original[None], noise[None], timesteps[step + 1 : step + 2])[
                0
            ]
        return {"latents": torch.where(mask, values["latents"], kept)}

    return keep


@pytest.mark.parametrize("field", ["image", "mask"])
def test_a_file_that_is_no_picture_is_refused(
    field: str, runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    values = {name: getattr(request_, name) for name in request_.__slots__}

    with pytest.raises(BadRequestError, match="no picture") as refusal:
        runner.admit("job", GenerationRequest(**values | {field: b"GIF89a nonsense"}))

    assert refusal.value.field == field


def test_another_shape_is_cut_to_size(runner: DiffusersRunner, request_: GenerationRequest) -> None:
    tall = file(Image.new("RGBA", (50, 300), "teal"))

    assert draw(runner, replace(request_, image=tall)).shape == (3, 48, 64)
