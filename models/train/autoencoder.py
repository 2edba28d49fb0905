"""The autoencoder around the designed latents.

It is written by hand, all of it (see `models.train.wiring`): the lower half of the decoder unfolds
the latents to a small picture, the upper half enlarges it with sharp edges.
"""

from itertools import product

import torch
from diffusers import AutoencoderKL
from diffusers.models.autoencoders.vae import Encoder
from torch import nn

from models.train import latents, sharpening, unfolding
from models.train.settings import AUTOENCODER, NATIVE
from models.train.wiring import be_loud, carry, clear, undo

_RGB = 3
_CERTAIN = -30.0  # logarithm of the variance of what the encoder says


def make_autoencoder() -> AutoencoderKL:
    """Return the autoencoder; there is nothing that it must learn."""
    blocks = len(AUTOENCODER.channels)
    model = AutoencoderKL(
        in_channels=_RGB,
        out_channels=_RGB,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        block_out_channels=AUTOENCODER.channels,
        layers_per_block=AUTOENCODER.layers,
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
        unfolding.write(model.decoder)
        sharpening.write(model.decoder)
    return model


def _write_encoder(encoder: Encoder) -> None:
    """Halve three times, gather 2x2 pixels in a place, transform 2x2 places to a cell."""
    clear(encoder)
    for module in encoder.modules():
        shortcut = getattr(module, "conv_shortcut", None)
        if shortcut is not None:
            count = min(shortcut.in_channels, shortcut.out_channels)
            carry(shortcut, ((channel, channel) for channel in range(count)))
    carry(encoder.conv_in, ((channel, channel) for channel in range(_RGB)))
    halvings = [block.downsamplers[0].conv for block in encoder.down_blocks[:-1]]
    for halving in halvings[:3]:
        for channel in range(_RGB):
            halving.weight[channel, channel, :2, :2] = 0.25
    for row, column, channel in product(range(2), range(2), range(_RGB)):
        halvings[3].weight[_RGB * (2 * row + column) + channel, channel, row, column] = 1.0
    _write_transform(halvings[4])
    count = latents.CHANNELS
    undo(encoder.conv_norm_out)
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
    be_loud(convolution, 2 * count)
