import pytest
import torch
from diffusers import AutoencoderKL
from torch.nn import functional

from models.train import latents
from models.train.autoencoder import make_autoencoder


@pytest.fixture(scope="module")
def model() -> AutoencoderKL:
    torch.manual_seed(0)
    return make_autoencoder()


@torch.no_grad()
def test_the_encoder_says_exactly_what_the_design_says(model: AutoencoderKL) -> None:
    pixels = torch.rand(1, 3, 64, 128, generator=torch.Generator().manual_seed(2)) * 2 - 1

    said = model.encode(pixels).latent_dist

    wanted = latents.encode(functional.avg_pool2d(pixels, 8))
    torch.testing.assert_close(said.mode(), wanted, atol=2e-3, rtol=1e-3)
    assert said.std.max() < 1e-5


@torch.no_grad()
def test_the_upper_decoder_starts_as_plain_enlargement(model: AutoencoderKL) -> None:
    small = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(3)) * 2 - 1
    carried = torch.zeros(1, model.decoder.up_blocks[2].resnets[0].in_channels, 8, 8)
    carried[:, :3] = small

    for block in model.decoder.up_blocks[2:]:
        carried = block(carried)
    drawn = model.decoder.conv_out(
        model.decoder.conv_act(model.decoder.conv_norm_out(carried)),
    )

    plain = small
    for _ in range(3):  # as the blocks do, one doubling at a time
        plain = functional.interpolate(plain, scale_factor=2, mode="bilinear")
    inner = (..., slice(16, -16), slice(16, -16))  # the rim is darkened by the zeros around it
    assert (drawn - plain)[inner].abs().mean() < 0.05
