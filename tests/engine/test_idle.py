"""Blocks that add nothing, in the shipped autoencoder and in one that learnt."""

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

import engine
from engine import idle

SHIPPED = Path(engine.__file__).parents[1] / "models" / "tiny-sd" / "vae"


def shipped() -> AutoencoderKL:
    return AutoencoderKL.from_pretrained(SHIPPED, dtype=torch.float32, local_files_only=True)


def random(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


@torch.no_grad()
def test_the_shipped_autoencoder_gives_the_same_to_the_last_bit_with_fewer_blocks() -> None:
    whole, lean = shipped(), shipped()

    left_out = idle.leave_out(lean)

    assert left_out > 0
    latents, pixels = random(2, 16, 3, 4), random(1, 3, 64, 96).clamp(-1, 1)
    assert torch.equal(lean.decode(latents).sample, whole.decode(latents).sample)
    assert torch.equal(
        lean.encode(pixels).latent_dist.mode(), whole.encode(pixels).latent_dist.mode()
    )
    kept = sum(isinstance(module, ResnetBlock2D) for module in lean.modules())
    assert kept + left_out == sum(isinstance(module, ResnetBlock2D) for module in whole.modules())
    assert idle.leave_out(lean) == 0


def test_a_model_that_learnt_is_left_as_it_is() -> None:
    model = AutoencoderKL(block_out_channels=(8, 16), norm_num_groups=4, latent_channels=4)
    before = list(model.modules())

    assert idle.leave_out(model) == 0

    assert list(model.modules()) == before


@pytest.mark.parametrize("part", ["weight", "bias"])
def test_one_number_that_is_not_zero_keeps_a_block(part: str) -> None:
    model = nn.Sequential(silent())
    getattr(model[0].conv2, part).data.view(-1)[3] = 1e-7

    assert idle.leave_out(model) == 0


@pytest.mark.parametrize("kind", [{"up": True}, {"down": True}, {"output_scale_factor": 2.0}])
def test_a_block_that_changes_what_it_passes_on_is_kept(kind: dict[str, bool | float]) -> None:
    assert idle.leave_out(nn.Sequential(silent(**kind))) == 0


@torch.no_grad()
def test_what_is_left_takes_the_time_that_blocks_are_given() -> None:
    block = silent(out_channels=16)
    model = nn.Sequential(block)
    hidden, time = random(1, 8, 5, 5), random(1, 512)
    wanted = block(hidden, time)

    assert idle.leave_out(model) == 1

    assert torch.equal(model[0](hidden, time), wanted)


def silent(**kind: bool | float) -> ResnetBlock2D:
    block = ResnetBlock2D(in_channels=8, groups=4, **kind)
    nn.init.zeros_(block.conv2.weight)
    nn.init.zeros_(block.conv2.bias)
    return block
