"""Stable Diffusion 1.5 and Stable Video Diffusion in their true shapes, with random weights.

`python -m models.full_size sd data/models/full-sd` and `… svd data/models/full-svd` write them in
diffusers' own format, in bfloat16: 2.1 and 4.5 GB.  Nothing is downloaded, and nothing can be drawn
with them; what a forward costs depends on the shapes alone, so speed is measured with them.

The shapes are those of the `config.json` files of `stable-diffusion-v1-5/stable-diffusion-v1-5` and
`stabilityai/stable-video-diffusion-img2vid`.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    DiffusionPipeline,
    SchedulerMixin,
    StableDiffusionPipeline,
    StableVideoDiffusionPipeline,
    UNet2DConditionModel,
    UNetSpatioTemporalConditionModel,
)
from torch import nn
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from models.untrained import byte_tokenizer, noise_schedule, write_whole
from models.untrained_video import scheduler as video_scheduler

_SEED = 2026
_VAE_WIDTHS = (128, 256, 512, 512)
_WIDTHS = (320, 640, 1280, 1280)
_TEXT_TOKENS = 49408


def write(kind: str, folder: Path, device: str = "cpu") -> None:
    """Write one of `sd` and `svd`, made on a device, unless it is there already."""
    made = {"sd": pictures, "svd": clips}[kind]

    def on_device() -> DiffusionPipeline:
        with torch.random.fork_rng(), torch.device(device):
            torch.manual_seed(_SEED)
            return made().to(torch.bfloat16)

    write_whole(folder, on_device)


def pictures() -> StableDiffusionPipeline:
    """Return Stable Diffusion 1.5 as it is before training."""
    return StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=_VAE_WIDTHS,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=512,
        ),
        text_encoder=_text_encoder(),
        tokenizer=byte_tokenizer(),
        unet=UNet2DConditionModel(
            sample_size=64,
            block_out_channels=_WIDTHS,
            layers_per_block=2,
            cross_attention_dim=768,
            attention_head_dim=8,  # the number of heads, by diffusers' old custom
        ),
        scheduler=_on_cpu(noise_schedule),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def clips() -> StableVideoDiffusionPipeline:
    """Return Stable Video Diffusion for 14 frames as it is before training."""
    return StableVideoDiffusionPipeline(
        vae=AutoencoderKLTemporalDecoder(
            block_out_channels=_VAE_WIDTHS,
            down_block_types=("DownEncoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=768,
        ),
        image_encoder=_image_encoder(),
        unet=UNetSpatioTemporalConditionModel(
            sample_size=96,
            block_out_channels=_WIDTHS,
            layers_per_block=2,
            cross_attention_dim=1024,
            num_attention_heads=(5, 10, 20, 20),
            num_frames=14,
        ),
        scheduler=_on_cpu(video_scheduler),
        feature_extractor=CLIPImageProcessor(),
    )


def size_of(model: nn.Module) -> int:
    """Return how many weights a model has."""
    return sum(weight.numel() for weight in model.parameters())


def _on_cpu(made: Callable[[], SchedulerMixin]) -> SchedulerMixin:
    """Make what reckons by numpy, wherever the models are."""
    with torch.device("cpu"):
        return made()


def _text_encoder() -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=_TEXT_TOKENS,
            hidden_size=768,
            intermediate_size=3072,
            projection_dim=768,
            num_hidden_layers=12,
            num_attention_heads=12,
        )
    )


def _image_encoder() -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=1280,
            intermediate_size=5120,
            projection_dim=1024,
            num_hidden_layers=32,
            num_attention_heads=16,
            image_size=224,
            patch_size=14,
            hidden_act="gelu",
        )
    )


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
