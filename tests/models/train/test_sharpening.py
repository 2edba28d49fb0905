"""The upper half of the decoder, asked from outside: latents in, picture out."""

import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

from models.train import latents
from models.train.autoencoder import make_autoencoder
from models.train.measure import edges
from models.train.settings import SMALL


@pytest.fixture(scope="module")
def model() -> AutoencoderKL:
    torch.manual_seed(0)
    return make_autoencoder()


def disc(background: float, middle: tuple[float, float] = (64.0, 64.0)) -> Tensor:
    """Return a picture of 128x128: a round thing that is half as bright again."""
    rows, columns = torch.meshgrid(torch.arange(128.0), torch.arange(128.0), indexing="ij")
    inside = (rows - middle[0]) ** 2 + (columns - middle[1]) ** 2 < 36**2
    return torch.where(inside, background + 0.8, background).expand(1, 3, 128, 128)


@torch.no_grad()
def decode(model: AutoencoderKL, pixels: Tensor) -> Tensor:
    latent = latents.encode(functional.avg_pool2d(pixels, SMALL))
    decoded: Tensor = model.decode(latent).sample
    return decoded


def enlarge(pixels: Tensor) -> Tensor:
    small = latents.decode(latents.encode(functional.avg_pool2d(pixels, SMALL)))
    return functional.interpolate(small, scale_factor=SMALL, mode="bicubic")


@pytest.mark.parametrize("background", [-0.8, 0.0])
def test_outlines_are_as_sharp_as_they_were_and_enlarged_ones_are_not(
    model: AutoencoderKL, background: float
) -> None:
    pixels = disc(background)

    decoded = decode(model, pixels)

    assert edges(decoded) > 0.7 * edges(pixels)
    assert edges(enlarge(pixels)) < 0.3 * edges(pixels)


def test_outlines_stay_where_they_were(model: AutoencoderKL) -> None:
    pixels = disc(-0.4)

    inside = decode(model, pixels) > 0.0

    assert ((pixels > 0.0) != inside).float().mean() < 0.02


def test_what_is_one_colour_stays_so_up_to_the_rim(model: AutoencoderKL) -> None:
    for colour in (-0.9, -0.2, 0.0, 0.9):
        pixels = torch.full((1, 3, 96, 160), colour)

        torch.testing.assert_close(decode(model, pixels), pixels, atol=0.06, rtol=0)


def test_a_sky_that_fades_has_no_steps(model: AutoencoderKL) -> None:
    pixels = torch.linspace(-0.9, 0.9, 512).view(1, 1, 512, 1).expand(1, 3, 512, 128)

    decoded = decode(model, pixels)

    assert decoded.diff(dim=2).abs().max() < 0.03
    torch.testing.assert_close(decoded, pixels, atol=0.06, rtol=0)


def test_half_precision_of_what_is_stored_is_enough(model: AutoencoderKL) -> None:
    pixels = disc(-0.5, middle=(50.0, 70.0))
    stored = make_autoencoder().half().float()

    gap = (decode(stored, pixels) - decode(model, pixels)).abs()

    assert gap.mean() < 0.01
