"""The designed latents: what the denoiser draws, computed from pixels without a network.

A picture in 1/8 of its size falls into cells of 4x4 pixels (32x32 of the whole picture).  A cell's
16 channels are the lowest frequencies of its discrete cosine transform: ten of the brightness,
three of each of two colour differences.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

CHANNELS = 16
SIDE = 4  # small pixels of a cell's side
_LUMA = tuple((total - j, j) for total in range(SIDE) for j in range(total + 1))  # row, column
_CHROMA = ((0, 0), (1, 0), (0, 1))
_ORDER = tuple(
    (colour, *frequency)
    for colour, frequencies in enumerate((_LUMA, _CHROMA, _CHROMA))
    for frequency in frequencies
)
_COLOURS = torch.tensor([[1 / 3, 1 / 3, 1 / 3], [0.5, 0.0, -0.5], [-0.25, 0.5, -0.25]])
# Means and spreads were measured over rendered scenes; the higher a frequency, the less it counts.
_MEAN = (0.52, -0.23, -0.03)  # of a cell's mean brightness and colour differences
_SCALE = ((0.63, 1.4, 2.7, 3.7), (0.85, 2.0), (1.7, 4.3))


def _wave(frequency: int) -> Tensor:
    places = torch.arange(SIDE) + 0.5
    wave = torch.cos(math.pi * places * frequency / SIDE)
    return wave * math.sqrt((1 if frequency == 0 else 2) / SIDE)


def _kernels(colours: Tensor) -> Tensor:
    """Return one 4x4 kernel of three colours for each channel."""
    waves = [torch.outer(_wave(row), _wave(column)) for _, row, column in _ORDER]
    mixes = [colours[colour] for colour, _, _ in _ORDER]
    return torch.stack([mix.view(3, 1, 1) * wave for mix, wave in zip(mixes, waves, strict=True)])


SCALES = torch.tensor([_SCALE[colour][row + column] for colour, row, column in _ORDER])
MEANS = torch.tensor([_MEAN[colour] * (row + column == 0) for colour, row, column in _ORDER])
ANALYSIS = _kernels(_COLOURS) * SCALES.view(-1, 1, 1, 1)
BIAS = -MEANS * SCALES
SYNTHESIS = _kernels(torch.linalg.inv(_COLOURS).T) / SCALES.view(-1, 1, 1, 1)


def encode(small: Tensor) -> Tensor:
    """Turn small pictures (-1..1) into latents."""
    return functional.conv2d(small, ANALYSIS, BIAS, stride=SIDE)


def decode(latents: Tensor) -> Tensor:
    """Turn latents into small pictures (-1..1): the lowest frequencies, nothing made up."""
    shifted = latents + (MEANS * SCALES).view(-1, 1, 1)
    return functional.conv_transpose2d(shifted, SYNTHESIS, stride=SIDE)


def from_pixels(pixels: Tensor) -> Tensor:
    """Turn bytes (number, rows, columns, channels) into -1..1 (number, channels, rows, columns)."""
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
