"""The upper half of the decoder, written by hand: from the small picture to one with sharp edges.

Enlargement turns an edge into a slope.  Where the slope crosses the middle between the darkest and
the brightest of the small pixels around, there was the edge.  So each pixel becomes the one or the
other: middle + clamp(steepness * (pixel - middle), -reach, reach), the reach being half of their
distance, and nothing where they are nearly the same, so that skies stay smooth.

All of that is made of max(0, x): of two values the larger is b + max(0, a - b), and a clamp is the
difference of two.  silu(x) is max(0, x) where x is large enough.
"""

from collections.abc import Iterable
from itertools import product

import torch
from diffusers.models.autoencoders.vae import Decoder
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from models.train.forms import Form, kernel, pair, put, put_pair, settle
from models.train.settings import SHARPENING
from models.train.unfolding import PIXELS
from models.train.wiring import LOUD, be_loud, carry, clear, undo

_RGB = 3
_BENT = 64.0  # how large values become before an activation that is to be max(0, x)
_BENT_ABOVE = 16.0  # the same where they are multiplied by the steepness
_GATE = 16.0  # pixels must be smaller
_ABOVE_ZERO = 16.0  # silu(x + this) = x + this
_FAR = LOUD / 2048  # more than any pixel: with it, what lies outside is never an extreme
_EXTREMES = tuple(product(range(_RGB), (1, -1)))  # of three colours the largest and the smallest
_ROWS, _COLUMNS = 0, 1


_RAMP, _SOFT = kernel(0.25), kernel(SHARPENING.softness)  # of pixels that were repeated
_LINE = torch.tensor([0.125, 0.75, 0.125])  # so that corners come out exactly
_BEFORE, _HERE, _AFTER = torch.eye(3)


def _across(axis: int, places: Tensor, line: Tensor) -> Tensor:
    """Return a kernel that reads some places of an axis, and of the other axis a line."""
    return torch.outer(places, line) if axis == _ROWS else torch.outer(line, places)


# Channels at 1/8: pixels and the loud constants as they were unfolded, then what is not needed any
# more and is forgotten; a block's inner ones are apart.  Extremes take three each.
_LOUD_AT, _USED, _SPARE = 6, range(8, 32, 2), range(32, 36)
_ONCE, _TWICE = range(8, 26, 3), (26, 29, 36, 39, 42, 45)
_INSIDE, _HELD, _LOUD_INSIDE = range(0, 18, 3), range(18, 42, 2), 46
_REPEATED = range(8, 26, 3)  # at 1/4, before the first block
# Inside the first block at 1/4, after it and at 1/2, at the whole size; three colours each.
_PIXEL, _MIDDLE, _OVER, _FAR_OVER, _GATES, _RIM = 0, 3, 6, 9, 12, 24
_DIFFERENCE, _REACH, _CENTRE, _BESIDE, _LINEAR = 0, 3, 6, 9, 21
_HIGH, _LOW, _FLOOR = 0, 3, 6

# Above, below, left and right: kernels that read beyond a side, along it, and one place within.
_SIDES = (
    (_ROWS, _BEFORE, _AFTER),
    (_ROWS, _AFTER, _BEFORE),
    (_COLUMNS, _BEFORE, _AFTER),
    (_COLUMNS, _AFTER, _BEFORE),
)
_BEYOND = [_across(axis, beyond, _HERE) for axis, beyond, _ in _SIDES]
_ALONG = [_across(axis, _HERE, _LINE) for axis, _, _ in _SIDES]
_WITHIN = [_across(axis, within, _HERE) for axis, _, within in _SIDES]
_WITHIN_ALONG = [_across(axis, within, _LINE) for axis, _, within in _SIDES]


def write(decoder: Decoder) -> None:
    """Write all that follows the small picture."""
    small, quarter, half, whole = decoder.up_blocks[2:]
    for module in (*small.resnets[2:], small.upsamplers, quarter, half, whole, decoder.conv_out):
        clear(module)
    _write_extremes(*small.resnets[2:])
    _bring_up(small.upsamplers[0].conv)
    _write_reach(quarter.resnets[0])
    _enlarge_all(quarter.upsamplers[0].conv)
    carry(half.resnets[0].conv_shortcut, ((channel, channel) for channel in range(_LINEAR)))
    _write_steepness(half.upsamplers[0].conv)
    _write_clamp(whole.resnets[0])
    undo(decoder.conv_norm_out)
    for colour in range(_RGB):
        put(decoder.conv_out, colour, pair(2 * colour))


def _extremes(places: Iterable[int]) -> list[Form]:
    """Return what three channels each mean after an activation: b + max(0, a - b), or minus."""
    return [
        pair(place) | {place + 2: sign / _BENT}
        for place, (_, sign) in zip(places, _EXTREMES, strict=True)
    ]


def _compare(
    convolution: nn.Conv2d,
    places: Iterable[int],
    forms: Iterable[Form],
    neighbours: tuple[Tensor, Tensor],
) -> list[Form]:
    """Write, for each extreme, the pixel after and how much the one before exceeds it."""
    before, after = neighbours
    for place, form, (_, sign) in zip(places, forms, _EXTREMES, strict=True):
        put_pair(convolution, place, form, kernel=after)
        put(convolution, place + 2, form, sign * _BENT, before - after)
    return _extremes(places)


def _pairs(axis: int) -> list[tuple[Tensor, Tensor]]:
    """Return the two pairs of neighbours whose extremes are those of three pixels."""
    before, here, after = (_across(axis, place, _HERE) for place in (_BEFORE, _HERE, _AFTER))
    return [(before, here), (here, after)]


def _write_extremes(first: ResnetBlock2D, second: ResnetBlock2D) -> None:
    """Find the extremes of 3x3 pixels: of two twice along the columns, and twice along the rows."""
    for resnet in (first, second):
        undo(resnet.norm1)
        undo(resnet.norm2)
        be_loud(resnet.conv1, _LOUD_INSIDE)
    far = [{_LOUD_AT: sign * _FAR / LOUD} for _, sign in _EXTREMES]
    forms = [pair(PIXELS + 2 * c) | far[number] for number, (c, _) in enumerate(_EXTREMES)]
    forms = _compare(first.conv1, _INSIDE, forms, _pairs(_COLUMNS)[0])
    for held, used in zip(_HELD, _USED, strict=True):
        put_pair(first.conv1, held, pair(used))
        put_pair(first.conv2, used, pair(held), -1.0)
    forms = _compare(first.conv2, _ONCE, forms, _pairs(_COLUMNS)[1])
    forms = _compare(second.conv1, _INSIDE, forms, _pairs(_ROWS)[0])
    _compare(second.conv2, _TWICE, forms, _pairs(_ROWS)[1])
    settle(first.conv1, range(_HELD.stop, _LOUD_INSIDE))
    settle(first.conv2, _SPARE)
    settle(second.conv1, range(_INSIDE.stop, _LOUD_INSIDE))


def _bring_up(convolution: nn.Conv2d) -> None:
    """Repeat small pixels and their extremes."""
    carry(convolution, ((channel, channel) for channel in range(_LOUD_AT)))
    be_loud(convolution, _LOUD_AT)
    for to, source in zip(_REPEATED, _TWICE, strict=True):
        carry(convolution, ((to + k, source + k) for k in range(3)))
    settle(convolution, range(_REPEATED.stop, convolution.out_channels))


def _write_reach(resnet: ResnetBlock2D) -> None:
    """Find the middle of both extremes, and how far a pixel may go from it."""
    undo(resnet.norm1)
    undo(resnet.norm2)
    inner, extremes = resnet.conv1, _extremes(_REPEATED)
    assert inner.bias is not None
    inner.bias[_PIXEL:_OVER] = _ABOVE_ZERO
    for colour in range(_RGB):
        largest, smallest = extremes[2 * colour : 2 * colour + 2]
        put(inner, _PIXEL + colour, pair(PIXELS + 2 * colour), kernel=_SOFT)
        for form, sign in ((largest, 1), (smallest, -1)):
            put(inner, _MIDDLE + colour, form, 0.5, _RAMP)
            for side in range(4):
                put(inner, _GATES + 3 * side + colour, form, 0.5)
            for limit in (_OVER, _FAR_OVER):
                put(inner, limit + colour, form, 0.5 * sign * _BENT, _RAMP)
        _write_limits(resnet, colour)
    _write_gates(resnet)
    be_loud(inner, inner.out_channels - 2)
    settle(inner, range(_RIM + 4, inner.out_channels - 2))


def _write_limits(resnet: ResnetBlock2D, colour: int) -> None:
    """Write the reach of one colour, and its difference from the middle."""
    rise, least = SHARPENING.rise, SHARPENING.least
    for limit, value in ((_OVER, least), (_FAR_OVER, least * rise / (rise - 1))):
        put(resnet.conv1, limit + colour, {_LOUD_AT: -_FAR / LOUD}, _BENT, _RAMP)
        resnet.conv1.bias[limit + colour] = -value * _BENT
    reach = {_OVER + colour: rise / _BENT, _FAR_OVER + colour: (1 - rise) / _BENT}
    put(resnet.conv2, _REACH + colour, reach)
    difference = {_PIXEL + colour: 1.0, _MIDDLE + colour: -1.0}
    put(resnet.conv2, _DIFFERENCE + colour, difference)
    put(resnet.conv2, _CENTRE + colour, {_MIDDLE + colour: 1.0})
    resnet.conv2.bias[_CENTRE + colour] = -_ABOVE_ZERO


def _write_gates(resnet: ResnetBlock2D) -> None:
    """Keep what lies along each side, and make up for the zeros beyond it.

    A convolution that reads beyond a side darkens the rim, at each doubling.
    """
    inner = resnet.conv1
    for side, beyond in enumerate(_BEYOND):
        rim = {_LOUD_AT: -2 * _GATE / LOUD}
        for to, closed in ((_RIM + side, 0.0), *((_GATES + 3 * side + c, _GATE) for c in range(3))):
            put(inner, to, rim, 1.0, beyond)
            inner.bias[to] = 2 * _GATE - closed
        for colour in range(_RGB):
            beside = {_GATES + 3 * side + colour: 1.0, _RIM + side: -0.5}
            put(resnet.conv2, _BESIDE + 3 * side + colour, beside)
            put(resnet.conv2, _CENTRE + colour, beside, 0.25, _ALONG[side])
            missing = SHARPENING.softness - 0.25
            put(resnet.conv2, _DIFFERENCE + colour, beside, missing, _ALONG[side])


def _enlarge(convolution: nn.Conv2d, to: int, centre: int, value: float = 1.0) -> None:
    """Enlarge a centre and add, along the sides, what the zeros beyond lack."""
    put(convolution, to, {centre: 1.0}, value, _RAMP)
    for side in range(4):
        beside = {_BESIDE + 3 * side + centre - _CENTRE: 1.0}
        put(convolution, to, beside, 0.25 * value, _WITHIN_ALONG[side])


def _enlarge_all(convolution: nn.Conv2d) -> None:
    for channel in range(_CENTRE):
        put(convolution, channel, {channel: 1.0}, kernel=_RAMP)
    for colour in range(_RGB):
        _enlarge(convolution, _CENTRE + colour, _CENTRE + colour)
        for side in range(4):
            channel = _BESIDE + 3 * side + colour
            put(convolution, channel, {channel: 1.0}, kernel=_WITHIN[side])


def _write_steepness(convolution: nn.Conv2d) -> None:
    """Write steepness * difference + reach, the same less reach, and the floor below both."""
    for colour in range(_RGB):
        for to, sign in ((_HIGH + colour, 1), (_LOW + colour, -1)):
            steep = {_DIFFERENCE + colour: SHARPENING.steepness, _REACH + colour: sign}
            put(convolution, to, steep, _BENT_ABOVE, _RAMP)
        for to, sign in ((_FLOOR + 2 * colour, 1), (_FLOOR + 2 * colour + 1, -1)):
            _enlarge(convolution, to, _CENTRE + colour, sign)
            put(convolution, to, {_REACH + colour: -sign}, 1.0, _RAMP)
    be_loud(convolution, _FLOOR + 2 * _RGB)
    settle(convolution, range(_FLOOR + 2 * _RGB + 2, convolution.out_channels))


def _write_clamp(resnet: ResnetBlock2D) -> None:
    """Add the clamped difference to the floor; what follows reads pixels and their negatives."""
    undo(resnet.norm1)
    undo(resnet.norm2)
    for colour in range(_RGB):
        clamped = {_HIGH + colour: 1 / _BENT_ABOVE, _LOW + colour: -1 / _BENT_ABOVE}
        put_pair(resnet.conv1, 2 * colour, pair(_FLOOR + 2 * colour) | clamped)
        put_pair(resnet.conv2, 2 * colour, pair(2 * colour))
    be_loud(resnet.conv1, 2 * _RGB)
    be_loud(resnet.conv_shortcut, 2 * _RGB)
