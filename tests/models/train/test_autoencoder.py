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


@pytest.mark.parametrize(
    ("rows", "columns"), [(16, 16), (24, 24), (24, 16), (16, 24), (15, 26), (3, 5)]
)
@torch.no_grad()
def test_the_lower_decoder_unfolds_every_cell_of_every_shape(
    model: AutoencoderKL, rows: int, columns: int
) -> None:
    latent = torch.randn(1, 16, rows, columns, generator=torch.Generator().manual_seed(3)) * 0.6

    carried = model.decoder.mid_block(model.decoder.conv_in(latent))
    for block in model.decoder.up_blocks[:2]:
        carried = block(carried)
    for resnet in model.decoder.up_blocks[2].resnets[:2]:
        carried = resnet(carried, None)

    torch.testing.assert_close(carried[:, 0:6:2], latents.decode(latent), atol=0.02, rtol=0)
    torch.testing.assert_close(carried[:, 1:6:2], -carried[:, 0:6:2])
