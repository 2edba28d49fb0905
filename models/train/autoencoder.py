"""The autoencoder around the designed latents.

Its encoder and the lower half of its decoder are written by hand (see `models.train.wiring`), its
upper half starts as bilinear enlargement and is trained to make edges sharp.
"""

from itertools import product

import torch
from diffusers import AutoencoderKL
from diffusers.models.autoencoders.vae import Decoder, Encoder
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from models.train import latents, unfolding
from models.train.settings import AUTOENCODER, NATIVE
from models.train.wiring import be_loud, carry, clear, undo

_RGB = 3
_WRITTEN = 3  # blocks of the decoder that are not trained
_LOUD = 10.0  # the large constant where weights are trained
_CERTAIN = -30.0  # logarithm of the variance of what the encoder says


def make_autoencoder() -> AutoencoderKL:
    """Return an autoencoder that enlarges, and has not learned more."""
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
        _start_upper(model.decoder)
    return model


def lower(decoder: Decoder, latent: Tensor) -> Tensor:
    """Return what the written half gives to the trained one, at 1/4 of the picture's size."""
    carried: Tensor = decoder.mid_block(decoder.conv_in(latent))
    for block in decoder.up_blocks[:_WRITTEN]:
        carried = block(carried)
    return carried


def upper(decoder: Decoder, carried: Tensor) -> Tensor:
    """Return the picture."""
    for block in decoder.up_blocks[_WRITTEN:]:
        carried = block(carried)
    pixels: Tensor = decoder.conv_out(decoder.conv_act(decoder.conv_norm_out(carried)))
    return pixels


def trained(decoder: Decoder) -> list[nn.Parameter]:
    """Return the weights of the upper half."""
    modules = (*decoder.up_blocks[_WRITTEN:], decoder.conv_norm_out, decoder.conv_out)
    return [weight for module in modules for weight in module.parameters()]


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


def _start_upper(decoder: Decoder) -> None:
    """Let everything above the small picture begin as bilinear enlargement of it."""
    ramp = torch.tensor([0.25, 0.5, 0.25])
    middle = decoder.up_blocks[2]
    for resnet in middle.resnets[2:]:
        clear(resnet)
    _keep_pixels(middle.upsamplers[0].conv, torch.outer(ramp, ramp))
    for block in decoder.up_blocks[_WRITTEN:]:
        for resnet in block.resnets:
            _be_idle(resnet)
            if resnet.conv_shortcut is not None:
                _keep_pixels(resnet.conv_shortcut, torch.ones(1, 1))
        for upsampler in block.upsamplers or ():
            _keep_pixels(upsampler.conv, torch.outer(ramp, ramp))
    undo(decoder.conv_norm_out, _LOUD)
    clear(decoder.conv_out)
    for channel in range(_RGB):
        decoder.conv_out.weight[channel, 2 * channel, 1, 1] = 1.0
        decoder.conv_out.weight[channel, 2 * channel + 1, 1, 1] = -1.0


def _be_idle(resnet: ResnetBlock2D) -> None:
    """Let a block change nothing until it is trained."""
    nn.init.zeros_(resnet.conv2.weight)
    nn.init.zeros_(resnet.conv2.bias)


def _keep_pixels(convolution: nn.Conv2d, kernel: Tensor) -> None:
    """Carry the picture, its negative and the loud constants in the first eight channels."""
    assert convolution.bias is not None
    convolution.weight[: 2 * _RGB] = 0
    convolution.weight[:, 2 * _RGB : 2 * _RGB + 2] = 0
    convolution.bias[: 2 * _RGB] = 0
    be_loud(convolution, 2 * _RGB, _LOUD)
    for channel in range(2 * _RGB):
        convolution.weight[channel, channel] = kernel
