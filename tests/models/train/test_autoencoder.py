import pytest
import torch
from diffusers import AutoencoderKL
from torch.nn import functional

from models.train import latents
from models.train.autoencoder import lower, make_autoencoder, trained, upper


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
    for resnet in model.decoder.up_blocks[2].resnets:
        carried = resnet(carried, None)

    torch.testing.assert_close(carried[:, 0:6:2], latents.decode(latent), atol=0.02, rtol=0)
    torch.testing.assert_close(carried[:, 1:6:2], -carried[:, 0:6:2])


@torch.no_grad()
def test_the_upper_decoder_starts_as_plain_enlargement(model: AutoencoderKL) -> None:
    latent = torch.randn(1, 16, 3, 3, generator=torch.Generator().manual_seed(4)) * 0.4
    plain = latents.decode(latent)
    for _ in range(3):  # as the blocks do, one doubling at a time
        plain = functional.interpolate(plain, scale_factor=2, mode="bilinear")

    drawn = upper(model.decoder, lower(model.decoder, latent))

    inner = (..., slice(16, -16), slice(16, -16))  # the rim is darkened by the zeros around it
    torch.testing.assert_close(drawn[inner], plain[inner], atol=0.05, rtol=0)


@torch.no_grad()
def test_both_halves_are_the_decoder(model: AutoencoderKL) -> None:
    latent = torch.randn(1, 16, 2, 2, generator=torch.Generator().manual_seed(5))

    halves = upper(model.decoder, lower(model.decoder, latent))

    torch.testing.assert_close(halves, model.decode(latent).sample)


def test_what_is_written_is_not_trained(model: AutoencoderKL) -> None:
    some = {id(weight) for weight in trained(model.decoder)}

    assert id(model.decoder.conv_in.weight) not in some
    assert id(model.decoder.up_blocks[2].resnets[1].conv1.weight) not in some
    assert id(model.decoder.conv_out.weight) in some
