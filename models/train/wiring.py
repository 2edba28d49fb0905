"""Writing weights of Stable Diffusion's autoencoder blocks by hand.

Two things in a residual block stand in the way of exact sums, and are undone.  A normalisation
divides by a spread that differs from picture to picture: channels come with their negatives, which
makes the mean zero, and two of them hold a large constant and its negative, which makes the spread
the same for all pictures.  The activation after it bends: silu(x) - silu(-x) = x.
"""

import math
from collections.abc import Iterable

from torch import Tensor, nn

LOUD = 10_000.0  # the large constant
_MIDDLE = 1


def clear(module: nn.Module) -> None:
    """Set all convolutions to zero and let shortcuts pass on what they can."""
    for convolution in (m for m in module.modules() if isinstance(m, nn.Conv2d)):
        nn.init.zeros_(convolution.weight)
        if convolution.bias is not None:
            nn.init.zeros_(convolution.bias)


def carry(convolution: nn.Conv2d, channels: Iterable[tuple[int, int]]) -> None:
    """Pass channels on: pairs of where to and where from."""
    side = convolution.kernel_size[0] // 2
    for to, source in channels:
        convolution.weight[to, source, side, side] = 1.0


def undo(norm: nn.GroupNorm, loud: float = LOUD) -> None:
    """Undo a normalisation over channels of mean zero, two of which hold the large constant."""
    norm.weight.fill_(loud * math.sqrt(2 / norm.num_channels))
    norm.bias.zero_()


def be_loud(convolution: nn.Conv2d, first: int, loud: float = LOUD) -> None:
    """Hold the large constant and its negative in two channels."""
    assert convolution.bias is not None
    convolution.weight[first : first + 2] = 0
    convolution.bias[first], convolution.bias[first + 1] = loud, -loud


def tap(
    convolution: nn.Conv2d,
    pair: int,
    source: int,
    value: float | Tensor,
    shift: tuple[int, int] = (0, 0),
) -> None:
    """Add a channel (given with its negative after it) to a channel and its negative.

    Args:
        convolution: reads channels after the activation.
        pair: the channel that grows; the next one shrinks.
        source: the channel that is read; the next one holds its negative.
        value: how much of it.
        shift: rows and columns from which it is read, -1 being the one above or to the left.
    """
    row, column = _MIDDLE + shift[0], _MIDDLE + shift[1]
    for to, sign in ((pair, 1), (pair + 1, -1)):
        convolution.weight[to, source, row, column] += sign * value
        convolution.weight[to, source + 1, row, column] -= sign * value


def balance(convolution: nn.Conv2d, used: int) -> None:
    """Let the channels after the first ``used`` ones make the sum over all channels zero."""
    assert convolution.bias is not None
    spare = convolution.out_channels - used
    convolution.weight[used:] = -convolution.weight[:used].sum(0, keepdim=True) / spare
    convolution.bias[used:] = -convolution.bias[:used].sum() / spare
