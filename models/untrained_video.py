"""A whole Stable Video Diffusion checkpoint in miniature, made in seconds and never trained.

`python -m models.untrained_video data/models/untrained-svd` writes it in diffusers' own format.
Its weights are random, but for a path laid through them by hand that carries the picture: what
comes out is the given picture, soft and in flat light, with the random rest stirring it a little.
It is there for tests and for trying out everything around a model.

How the path works.  The encoder averages the picture down to latents c.  With x the scaled noisy
latents, the UNet predicts v = k (x - c), brought to one contrast by its last norm; along the
sampler's way that pulls every frame to c.  The decoder smooths the latents up again.
"""

import sys
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLTemporalDecoder,
    EulerDiscreteScheduler,
    StableVideoDiffusionPipeline,
    UNetSpatioTemporalConditionModel,
)
from torch import nn
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

from models.untrained import write_whole

_SEED = 2026
_WIDTH = 32  # the least that the norms of these models take
_LATENT_CHANNELS = 4
_IMAGE_WIDTH = 64
_STIR = 0.1
_HEED = 10.0  # of frames in a second, motion and noise, which would drown among the random rest
_PULL = 1.5
_CONTRAST = 0.45
_STRAIGHT = 8.0  # SiLU leaves alone what lies well above zero


def write(folder: Path) -> None:
    """Write the checkpoint, unless it is there already; it is there whole or not at all."""
    write_whole(folder, _half)


def pipeline() -> StableVideoDiffusionPipeline:
    """Return the pipeline, drawn from the same random numbers every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return StableVideoDiffusionPipeline(
            vae=_vae(),
            image_encoder=_image_encoder(),
            unet=_unet(),
            scheduler=scheduler(),
            feature_extractor=CLIPImageProcessor(),
        )


def _half() -> StableVideoDiffusionPipeline:
    whole = pipeline()
    for part in (whole.vae, whole.unet, whole.image_encoder):
        part.half()
    return whole


def _image_encoder() -> CLIPVisionModelWithProjection:
    config = CLIPVisionConfig(
        hidden_size=_IMAGE_WIDTH,
        intermediate_size=2 * _IMAGE_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=224,  # what the pipeline shows it
        patch_size=32,
        projection_dim=_IMAGE_WIDTH,
    )
    return CLIPVisionModelWithProjection(config)


def _vae() -> AutoencoderKLTemporalDecoder:
    vae = AutoencoderKLTemporalDecoder(
        block_out_channels=(_WIDTH,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=_LATENT_CHANNELS,
        scaling_factor=1.0,
        force_upcast=True,
    )
    _soften(vae)
    _carry(vae.encoder.conv_in, 3)
    for block in vae.encoder.down_blocks:
        for sampler in block.downsamplers or ():
            _spread(sampler.conv, torch.tensor([0.5, 0.5, 0.0]))
    _straighten(vae.encoder.conv_norm_out)
    _carry(vae.encoder.conv_out, 3, lift=_STRAIGHT)
    _carry(vae.quant_conv, 3)
    _carry(vae.decoder.conv_in, 3)
    for block in vae.decoder.up_blocks:
        for sampler in block.upsamplers or ():
            _spread(sampler.conv, torch.tensor([0.25, 0.5, 0.25]))
    _straighten(vae.decoder.conv_norm_out)
    _carry(vae.decoder.conv_out, 3, lift=_STRAIGHT, gain=_CONTRAST)
    _carry(vae.decoder.time_conv_out, 3)
    return vae


def _unet() -> UNetSpatioTemporalConditionModel:
    unet = UNetSpatioTemporalConditionModel(
        sample_size=64,
        in_channels=2 * _LATENT_CHANNELS,
        out_channels=_LATENT_CHANNELS,
        down_block_types=(
            "DownBlockSpatioTemporal",
            "DownBlockSpatioTemporal",
            "CrossAttnDownBlockSpatioTemporal",
        ),
        up_block_types=(
            "CrossAttnUpBlockSpatioTemporal",
            "UpBlockSpatioTemporal",
            "UpBlockSpatioTemporal",
        ),
        # With one channel in each group of a norm, what is the same everywhere would be lost.
        block_out_channels=(_WIDTH, 2 * _WIDTH, 2 * _WIDTH),
        addition_time_embed_dim=_WIDTH,
        projection_class_embeddings_input_dim=3 * _WIDTH,
        layers_per_block=1,
        cross_attention_dim=_IMAGE_WIDTH,
        num_attention_heads=(2, 2, 2),
        num_frames=14,
    )
    _soften(unet)
    unet.add_embedding.linear_2.weight.data *= _HEED
    latents = _LATENT_CHANNELS
    unet.conv_in.weight.data[:latents] = 0
    for channel in range(latents):
        unet.conv_in.weight.data[channel, channel, 1, 1] = 1
        unet.conv_in.weight.data[channel, latents + channel, 1, 1] = -1
    unet.conv_in.bias.data[:latents] = 0
    last = unet.up_blocks[-1].resnets[-1].spatial_res_block.conv_shortcut
    last.weight.data[:latents] *= _STIR
    for channel in range(latents):  # what the first layer handed over for the last one
        last.weight.data[channel, _WIDTH + channel] = 1
    _straighten(unet.conv_norm_out)
    _carry(unet.conv_out, latents, lift=_STRAIGHT, gain=_PULL)
    return unet


def _soften(model: nn.Module) -> None:
    """Let every block add but a little to what passes by."""
    for name, part in model.named_modules():
        if name.endswith(("conv2", "to_out.0", "proj_out", "net.2")):
            part.weight.data *= _STIR
            part.bias.data *= _STIR


def _carry(
    layer: nn.Conv2d | nn.Conv3d, channels: int, *, lift: float = 0.0, gain: float = 1.0
) -> None:
    """Let the first channels pass a convolution as they are, times `gain` and without a `lift`."""
    middle = tuple(size // 2 for size in layer.kernel_size)
    layer.weight.data[:channels] = 0
    for channel in range(channels):
        layer.weight.data[(channel, channel, *middle)] = gain
    assert layer.bias is not None
    layer.bias.data[:channels] = -lift * gain


def _spread(layer: nn.Conv2d, weights: torch.Tensor) -> None:
    """Let every channel pass a convolution, mixed with its neighbours in space."""
    assert layer.bias is not None
    layer.bias.data[:] = 0
    identity = torch.eye(layer.out_channels)[:, :, None, None]
    layer.weight.data.copy_(identity * torch.outer(weights, weights))


def _straighten(norm: nn.GroupNorm) -> None:
    """Lift what leaves a norm to where the SiLU after it bends nothing."""
    torch.nn.init.constant_(norm.bias, _STRAIGHT)


def scheduler() -> EulerDiscreteScheduler:
    """Return what Stable Video Diffusion was published with."""
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        interpolation_type="linear",
        use_karras_sigmas=True,
        sigma_min=0.002,
        sigma_max=700.0,
        timestep_spacing="leading",
        timestep_type="continuous",
        steps_offset=1,
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
