"""The lower half of the decoder, written by hand: from latents to the small picture, exactly.

A cell's 16 channels must become 4x4 different pixels, but enlargement repeats a cell and a
convolution treats all places alike.  Only the zeros around a picture tell places apart.  So while
the picture is small, ones spread inwards from each side, a cell with each convolution, and add up
to slopes.  After each doubling, a slope's steps show which pixel of a pair is the first.  Then a
gate for each of four places lets that place's pixels pass: silu(x + B) = x + B where it is open,
silu(x - B) = 0 where it is shut.
"""

from itertools import product

import torch
from diffusers.models.autoencoders.vae import Decoder
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from models.train import latents
from models.train.wiring import balance, be_loud, carry, clear, tap, undo

_COUNT = latents.CHANNELS
_SHARP = 12.0  # how much of a step is certain
_GATE = 10.0  # B; pixels must be smaller
_SIDES = ((0, -1), (0, 1), (-1, 0), (1, 0))  # where the ones come from: left, right, above, below
_AXES = ((0, 1), (2, 3))  # the sides that columns and rows are told apart by

# Channels; each stands for itself and its negative after it, latents and pixels in their order.
_LOUD = 2 * _COUNT
_ONES, _SLOPES = 34, 42  # of four sides, two channels each
_STEPS, _FIRST = 34, 42  # at 1/16: two steps for each axis; whether a pixel is its pair's first
_QUARTERS = 46  # at 1/16: 2x2 pixels of three colours
PIXELS, _LOUD_ABOVE, _QUARTERS_ABOVE, _FIRST_ABOVE = 0, 6, 8, 32  # at 1/8
_EDGES = 2  # at 1/8 before the first block: steps of the pattern of firsts


def write(decoder: Decoder) -> None:
    """Write all that leads to the small picture, which the channels from `PIXELS` on hold."""
    lowest, middle, upper = decoder.up_blocks[:3]
    for module in (decoder.conv_in, decoder.mid_block, lowest, middle, *upper.resnets[:2]):
        clear(module)
    _write_input(decoder.conv_in)
    for resnet in (*decoder.mid_block.resnets, *lowest.resnets):
        _undo(resnet)
        _spread(resnet)
    _find_steps(lowest.upsamplers[0].conv)
    _keep(middle.resnets[0], range(_STEPS))
    _find_first(middle.resnets[0])
    _undo(middle.resnets[1])
    _unfold_cells(middle.resnets[1])
    _find_edges(middle.upsamplers[0].conv)
    _enter_small(upper.resnets[0])
    _undo(upper.resnets[1])
    _unfold_quarters(upper.resnets[1])


def _pairs(first: int, count: int) -> range:
    return range(first, first + 2 * count, 2)


def _undo(resnet: ResnetBlock2D) -> None:
    """Make a block linear but for what it is for; its inner loud channels are the last ones."""
    undo(resnet.norm1)
    undo(resnet.norm2)
    be_loud(resnet.conv1, resnet.conv1.out_channels - 2)


def _keep(resnet: ResnetBlock2D, channels: range) -> None:
    _undo(resnet)
    carry(resnet.conv_shortcut, ((channel, channel) for channel in channels))


def _write_input(convolution: nn.Conv2d) -> None:
    """Lay out latents with their negatives, and ones everywhere."""
    for channel in range(_COUNT):
        convolution.weight[2 * channel, channel, 1, 1] = 1.0
        convolution.weight[2 * channel + 1, channel, 1, 1] = -1.0
    be_loud(convolution, _LOUD)
    assert convolution.bias is not None
    for channel in (*_pairs(_ONES, 4), *_pairs(_SLOPES, 4)):
        convolution.bias[channel], convolution.bias[channel + 1] = 1.0, -1.0


def _spread(resnet: ResnetBlock2D) -> None:
    """Move ones two cells away from their side, and count how many have passed each cell."""
    for side, shift in enumerate(_SIDES):
        ones, slope = _ONES + 2 * side, _SLOPES + 2 * side
        moved, kept = 4 * side, 4 * side + 2
        tap(resnet.conv1, moved, ones, 1.0, shift)
        tap(resnet.conv1, kept, ones, 1.0)
        tap(resnet.conv2, ones, moved, 1.0, shift)
        tap(resnet.conv2, ones, kept, -1.0)
        tap(resnet.conv2, slope, moved, 1.0)
        tap(resnet.conv2, slope, moved, 1.0, shift)


def _difference(convolution: nn.Conv2d, to: int, source: int, axis: int, value: float) -> None:
    """Write how much a channel is more than at the pixel before, and the negative of that."""
    before = (1, 0) if axis == 0 else (0, 1)
    for channel, sign in ((to, value), (to + 1, -value)):
        convolution.weight[channel, source, 1, 1] = sign
        convolution.weight[channel, source, *before] = -sign


def _find_steps(convolution: nn.Conv2d) -> None:
    """See slopes rise between pairs; one that falls does so towards its own side."""
    clear(convolution)
    carry(convolution, ((channel, channel) for channel in range(_LOUD)))
    be_loud(convolution, _LOUD)
    for axis, sides in enumerate(_AXES):
        for place, (side, sign) in enumerate(zip(sides, (1, -1), strict=True)):
            to = _STEPS + 4 * axis + 2 * place
            _difference(convolution, to, _SLOPES + 2 * side, axis, sign * _SHARP)


def _find_first(resnet: ResnetBlock2D) -> None:
    """Say 1 where no neighbour on the axis is a step: 1 - min(1, sum of both).

    So a step may be missing in the middle of a wide picture, which no ones reach.
    """
    for axis in range(2):
        at_least, more = 4 * axis, 4 * axis + 2
        for hidden, limit in ((at_least, 0.0), (more, _SHARP)):
            for step, side in product(_pairs(_STEPS + 4 * axis, 2), (0, 2)):
                beside = (1, side) if axis == 0 else (side, 1)
                resnet.conv1.weight[hidden, step, *beside] = 1.0
                resnet.conv1.weight[hidden + 1, step, *beside] = -1.0
            resnet.conv1.bias[hidden], resnet.conv1.bias[hidden + 1] = -limit, limit
        for to, sign in ((_FIRST + 2 * axis, 1), (_FIRST + 2 * axis + 1, -1)):
            resnet.conv2.weight[to, at_least, 1, 1] = -sign / _SHARP
            resnet.conv2.weight[to, more, 1, 1] = sign / _SHARP
            resnet.conv2.bias[to] = sign


def _unfold_cells(resnet: ResnetBlock2D) -> None:
    """Let each quarter of a cell hold its own 2x2 pixels."""
    pixels = latents.SYNTHESIS
    shift = torch.einsum("k,kcyx->cyx", latents.MEANS * latents.SCALES, pixels)
    gates = []
    for row, column in product(range(2), range(2)):
        inside = (slice(2 * row, 2 * row + 2), slice(2 * column, 2 * column + 2))
        matrix = pixels[:, :, *inside].permute(2, 3, 1, 0).reshape(12, _COUNT)
        gates.append((matrix, shift[:, *inside].permute(1, 2, 0).reshape(12)))
    _gate(resnet, gates, source=0, first=_FIRST, to=_QUARTERS)


def _find_edges(convolution: nn.Conv2d) -> None:
    """See where the pattern of firsts changes: at the first of each new pair."""
    clear(convolution)
    carry(convolution, ((c, c) for c in range(_QUARTERS, _QUARTERS + 24)))
    be_loud(convolution, _LOUD)
    for axis in range(2):
        _difference(convolution, _EDGES * axis, _FIRST + 2 * axis, axis, _SHARP)


def _enter_small(resnet: ResnetBlock2D) -> None:
    """Bring quarters to their place, and say 1 where the pattern changed either way."""
    _undo(resnet)
    carry(resnet.conv_shortcut, ((_QUARTERS_ABOVE + k, _QUARTERS + k) for k in range(24)))
    be_loud(resnet.conv_shortcut, _LOUD_ABOVE)
    for axis in range(2):
        hidden = 2 * axis
        for edge in (_EDGES * axis, _EDGES * axis + 1):
            resnet.conv1.weight[hidden, edge, 1, 1] = 1 / _SHARP
            resnet.conv1.weight[hidden + 1, edge, 1, 1] = -1 / _SHARP
        tap(resnet.conv2, _FIRST_ABOVE + 2 * axis, hidden, 1.0)


def _unfold_quarters(resnet: ResnetBlock2D) -> None:
    """Let each pixel hold its own three colours."""
    gates = []
    for place in range(4):
        matrix = torch.zeros(3, 12)
        matrix[:, 3 * place : 3 * place + 3] = torch.eye(3)
        gates.append((matrix, torch.zeros(3)))
    _gate(resnet, gates, source=_QUARTERS_ABOVE, first=_FIRST_ABOVE, to=PIXELS)


def _gate(
    resnet: ResnetBlock2D,
    gates: list[tuple[Tensor, Tensor]],
    *,
    source: int,
    first: int,
    to: int,
) -> None:
    """Write one of four sums, the one of the pixel's place among four: rows, then columns."""
    count = len(gates[0][0])
    for place, (matrix, shift) in enumerate(gates):
        for number in range(count):
            hidden = place * count + number
            weight, bias = resnet.conv1.weight[hidden], -3 * _GATE + shift[number]
            for channel, part in enumerate(matrix[number]):
                weight[source + 2 * channel, 1, 1] = part
                weight[source + 2 * channel + 1, 1, 1] = -part
            for axis, is_second in enumerate((place % 2, place // 2)):
                sign = -1 if is_second else 1
                weight[first + 2 * axis, 1, 1] = 2 * _GATE * sign
                weight[first + 2 * axis + 1, 1, 1] = -2 * _GATE * sign
                bias = bias + (2 * _GATE if is_second else 0)
            resnet.conv1.bias[hidden] = bias
            for channel, sign in ((to + 2 * number, 1), (to + 2 * number + 1, -1)):
                resnet.conv2.weight[channel, hidden, 1, 1] = sign
                resnet.conv2.bias[channel] = -sign * _GATE
    _make_even(resnet.conv1, len(gates) * count)


def _make_even(convolution: nn.Conv2d, used: int) -> None:
    """Balance the gates, then be loud in the last two channels again."""
    balance(convolution, used)
    spare = convolution.out_channels - used
    for part in (convolution.weight, convolution.bias):
        assert part is not None
        part[used:-2] *= spare / (spare - 2)
    be_loud(convolution, convolution.out_channels - 2)
