"""Values as sums of channels, and convolutions that write one into a channel."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

Form = dict[int, float]  # how much of which channel


def kernel(side: float) -> Tensor:
    """Return a kernel that reads so much of each neighbour, on either axis."""
    line = torch.tensor([side, 1 - 2 * side, side])
    return torch.outer(line, line)


_POINT = kernel(0.0)


def pair(channel: int) -> Form:
    """Return the value of a channel whose negative follows it."""
    return {channel: 1.0, channel + 1: -1.0}


def put(
    convolution: nn.Conv2d,
    to: int,
    form: Form,
    value: float = 1.0,
    kernel: Tensor = _POINT,
) -> None:
    """Add a value, times a number, read by a kernel."""
    for channel, part in form.items():
        convolution.weight[to, channel] += value * part * kernel


def put_pair(
    convolution: nn.Conv2d, to: int, form: Form, value: float = 1.0, kernel: Tensor = _POINT
) -> None:
    """Add a value to a channel, and its negative to the next."""
    put(convolution, to, form, value, kernel)
    put(convolution, to + 1, form, -value, kernel)


def settle(convolution: nn.Conv2d, spare: Iterable[int]) -> None:
    """Let channels that nobody reads make the sum over all channels zero."""
    assert convolution.bias is not None
    channels = list(spare)
    convolution.weight[channels] = 0
    convolution.bias[channels] = 0
    convolution.weight[channels] = -convolution.weight.sum(0, keepdim=True) / len(channels)
    convolution.bias[channels] = -convolution.bias.sum() / len(channels)
