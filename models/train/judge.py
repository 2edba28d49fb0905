"""Who names what a small picture shows; trained by `models.train.classifier`."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from models.train.labels import HEADS

FILE = Path(__file__).with_name("classifier.safetensors")
NOTHING = HEADS[0]  # the number of *nothing recognisable* among the objects
_SIZES = [HEADS[0] + 1, *HEADS[1:]]
_CHANNELS = (24, 48, 96, 128)


class Classifier(nn.Module):
    """Names the facts of small pictures (64x64, -1..1)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for channels in _CHANNELS:
            layers += [*_layer(before, channels, stride=2), *_layer(channels, channels, stride=1)]
            before = channels
        self.features = nn.Sequential(*layers)
        self.heads = nn.Linear(before * 16, sum(_SIZES))

    def forward(self, small: Tensor) -> tuple[Tensor, ...]:
        """Return a score for each answer to each question, in the order of `FACTS`."""
        features = functional.adaptive_avg_pool2d(self.features(small), 4)
        return torch.split(self.heads(features.flatten(1)), _SIZES, 1)

    @torch.no_grad()
    def name(self, small: Tensor) -> Tensor:
        """Return the likeliest answers: a row for each picture, a column for each fact."""
        return torch.stack([scores.argmax(1) for scores in self(small)], 1)


def load() -> Classifier:
    """Return the shipped classifier."""
    model = Classifier()
    model.load_state_dict({name: tensor.float() for name, tensor in load_file(FILE).items()})
    return model.eval()


def _layer(before: int, channels: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
    return convolution, nn.BatchNorm2d(channels), nn.ReLU()
