"""The autoencoder around the designed latents: its encoder is written down, its decoder started.

Both carry pixels or latents unchanged through Stable Diffusion's residual blocks, whose inner
convolutions start at zero.  Two things stand in the way and are undone.  The last normalisation
divides by a spread that differs from picture to picture: one channel of a large constant, and one
of its negative, make that spread the same for all.  The activation after it bends: each channel
goes along with its negative, and silu(x) - silu(-x) = x.
"""

import math
from itertools import product

import torch
from diffusers import AutoencoderKL
from diffusers.models.autoencoders.vae import Decoder, Encoder
from torch import Tensor, nn

from models.train import latents
from models.train.settings import AUTOENCODER, NATIVE

_RGB = 3
_LOUD_LATENT, _LOUD_PIXEL = 100.0, 10.0  # the large constants
_CERTAIN = -30.0  # logarithm of the variance of what the encoder says


def make_autoencoder() -> AutoencoderKL:
    """Return an autoencoder whose encoder is exact and whose decoder is partly untrained."""
    blocks = len(AUTOENCODER.channels)
    model = AutoencoderKL(
        in_channels=_RGB,
        out_channels=_RGB,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        block_out_channels=AUTOENCODER.channels,
        layers_per_block=1,
        latent_channels=latents.CHANNELS,
        norm_num_groups=1,
        sample_size=NATIVE[0],
        scaling_factor=1.0,
        mid_block_add_attention=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    with torch.no_grad():
        _write_encoder(model.encoder)
        _start_decoder(model.decoder)
    return model


def small_stage(decoder: Decoder, latent: Tensor) -> Tensor:
    """Return the small picture that the decoder's lower blocks carry, to be learned first."""
    carried = decoder.mid_block(decoder.conv_in(latent))
    for block in decoder.up_blocks[:2]:
        carried = block(carried)
    small: Tensor = carried[:, :_RGB]
    return small


def _write_encoder(encoder: Encoder) -> None:
    for convolution in (m for m in encoder.modules() if isinstance(m, nn.Conv2d)):
        nn.init.zeros_(convolution.weight)
        if convolution.bias is not None:
            nn.init.zeros_(convolution.bias)
    for module in encoder.modules():
        shortcut = getattr(module, "conv_shortcut", None)
        if shortcut is not None:
            _carry(shortcut)
    _carry(encoder.conv_in)
    halvings = [block.downsamplers[0].conv for block in encoder.down_blocks[:-1]]
    for halving in halvings[:3]:
        for channel in range(_RGB):
            halving.weight[channel, channel, :2, :2] = 0.25
    for row, column, channel in product(range(2), range(2), range(_RGB)):
        halvings[3].weight[_RGB * (2 * row + column) + channel, channel, row, column] = 1.0
    _write_transform(halvings[4])
    count = latents.CHANNELS
    _set_scale(encoder.conv_norm_out, _LOUD_LATENT)
    middle = encoder.conv_out.weight[:, :, 1, 1]
    middle[:count, :count] = torch.eye(count)
    middle[:count, count : 2 * count] = -torch.eye(count)
    encoder.conv_out.bias[count:] = _CERTAIN


def _write_transform(convolution: nn.Conv2d) -> None:
    """Turn the four pixels that each of 2x2 places holds into the latents of their cell."""
    assert convolution.bias is not None
    count = latents.CHANNELS
    for row, column, channel in product(range(2), range(2), range(_RGB)):
        held = _RGB * (2 * row + column) + channel
        pixels = latents.ANALYSIS[:, channel, row::2, column::2]
        convolution.weight[:count, held, :2, :2] = pixels
        convolution.weight[count : 2 * count, held, :2, :2] = -pixels
    convolution.bias[:count] = latents.BIAS
    convolution.bias[count : 2 * count] = -latents.BIAS
    convolution.bias[2 * count] = _LOUD_LATENT
    convolution.bias[2 * count + 1] = -_LOUD_LATENT


def _start_decoder(decoder: Decoder) -> None:
    """Let everything above the small picture begin as bilinear enlargement of it."""
    for block in decoder.up_blocks[2:]:
        for resnet in block.resnets:
            resnet.conv2.weight.zero_()
            resnet.conv2.bias.zero_()
            if resnet.conv_shortcut is not None:
                _keep_pixels(resnet.conv_shortcut, torch.ones(1, 1))
        for upsampler in block.upsamplers or ():
            ramp = torch.tensor([0.25, 0.5, 0.25])
            _keep_pixels(upsampler.conv, torch.outer(ramp, ramp))
    first = decoder.up_blocks[2].resnets[0].conv_shortcut
    first.weight[: 2 * _RGB] = 0
    for channel in range(_RGB):
        first.weight[channel, channel] = 1.0
        first.weight[_RGB + channel, channel] = -1.0
    _set_scale(decoder.conv_norm_out, _LOUD_PIXEL)
    decoder.conv_out.weight.zero_()
    decoder.conv_out.bias.zero_()
    for channel in range(_RGB):
        decoder.conv_out.weight[channel, channel, 1, 1] = 1.0
        decoder.conv_out.weight[channel, _RGB + channel, 1, 1] = -1.0


def _keep_pixels(convolution: nn.Conv2d, kernel: Tensor) -> None:
    """Carry the picture, its negative and the two constants in the first eight channels."""
    assert convolution.bias is not None
    convolution.weight[: 2 * _RGB + 2] = 0
    convolution.weight[:, 2 * _RGB : 2 * _RGB + 2] = 0
    convolution.bias[: 2 * _RGB + 2] = 0
    for channel in range(2 * _RGB):
        convolution.weight[channel, channel] = kernel
    convolution.bias[2 * _RGB] = _LOUD_PIXEL
    convolution.bias[2 * _RGB + 1] = -_LOUD_PIXEL


def _set_scale(norm: nn.GroupNorm, loud: float) -> None:
    """Undo a normalisation over all channels, two of which hold a large constant."""
    norm.weight.fill_(loud * math.sqrt(2 / norm.num_channels))
    norm.bias.zero_()


def _carry(convolution: nn.Conv2d) -> None:
    """Pass channels on as they are."""
    side = convolution.kernel_size[0] // 2
    for channel in range(min(convolution.in_channels, convolution.out_channels)):
        convolution.weight[channel, channel, side, side] = 1.0
