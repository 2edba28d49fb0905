"""LoRAs: small changes to a model's weights that teach it a style or a thing.

A LoRA changes a layer's weights by the product of two small matrices, so what it makes of a layer
is again a layer: once it is put on it costs nothing.  It is put on in place, where recorded
forwards look for the weights, and taken off by what they were before, to the last bit.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors import SafetensorError, safe_open
from torch import nn

from engine import device
from engine.errors import ModelMissingError
from engine.tags import Loras as Asked

_log = logging.getLogger(__name__)

_SETTING = "engine.loras"
_IN_A_FOLDER = "pytorch_lora_weights.safetensors"
_METADATA = "lora_adapter_metadata"
"""Where diffusers writes down what it was trained with."""
_PART = re.compile(
    r"^(?P<layer>.+?)[._]lora(?:_linear_layer)?[._](?P<part>A|B|down|up)(?:\.default)?\.weight$"
)
"""The names of tensors: of kohya's scripts, and of diffusers old and new."""
_PARTS = {"A": "down", "B": "up"}
_OF_TEXT = re.compile(r"^(?:lora_te1?|text_encoder)_(?:text_model_)?")
_OF_UNET = re.compile(r"^(?:lora_unet|unet)_")


@dataclass(frozen=True, slots=True)
class _Change:
    """What is added to a layer's weights at full strength."""

    up: torch.Tensor
    down: torch.Tensor
    scale: float

    def to(self, weight: torch.Tensor) -> torch.Tensor:
        """Return it in the shape of the weights, where they are."""
        up, down = (each.to(weight.device, torch.float32) for each in (self.up, self.down))
        return self.scale * (up.flatten(1) @ down.flatten(1)).view(weight.shape)


class Loras:
    """The LoRAs that there are, and those that the pipeline's weights have on.

    Raises:
        ModelMissingError: one is not there, or is none for this pipeline.
    """

    def __init__(self, pipeline: StableDiffusionPipeline, files: Mapping[str, str]) -> None:
        layers = dict(_layers(pipeline)) if files else {}
        self._known = {name: _read(file, layers) for name, file in files.items()}
        self._plain: dict[nn.Module, torch.Tensor] = {}
        self._worn: Asked = ()

    def known(self, asked: Asked) -> Asked:
        """Return those that there are; who asks for others gets none."""
        return tuple((name, strength) for name, strength in asked if name in self._known)

    @torch.no_grad()
    def put_on(self, asked: Asked) -> bool:
        """Have these on and no others; False if it was so already.

        Raises:
            OutOfMemoryError: there is no memory to remember the weights; none is on.
        """
        wanted = self.known(asked)
        if wanted == self._worn:
            return False
        self.take_off()
        try:
            with device.memory_reported():
                for name, strength in wanted:
                    self._add(self._known[name], strength)
        except BaseException:
            self.take_off()
            raise
        self._worn = wanted
        return True

    @torch.no_grad()
    def take_off(self) -> None:
        """Have none on."""
        for layer, plain in self._plain.items():
            _weight(layer).copy_(plain)
        self._plain, self._worn = {}, ()

    def _add(self, changes: Mapping[nn.Module, _Change], strength: float) -> None:
        for layer, change in changes.items():
            weight = _weight(layer)
            if layer not in self._plain:
                self._plain[layer] = weight.clone()
            weight.copy_(weight.float() + strength * change.to(weight))


def _weight(layer: nn.Module) -> torch.Tensor:
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    return weight


def _layers(pipeline: StableDiffusionPipeline) -> Iterator[tuple[str, nn.Module]]:
    """Return the layers that a LoRA may change, by names that all kinds of files agree about."""
    for prefix, model in (("unet_", pipeline.unet), ("text_", pipeline.text_encoder)):
        for name, part in model.named_modules():
            if isinstance(part, nn.Linear | nn.Conv2d):
                flat = name.replace(".", "_")
                yield (
                    prefix + (flat if prefix == "unet_" else flat.removeprefix("text_model_")),
                    part,
                )


def _name(layer: str) -> str:
    """Return how `_layers` calls a layer of a file."""
    flat = layer.replace(".", "_").replace("_processor_", "_")
    if of_text := _OF_TEXT.match(flat):
        return "text_" + flat[of_text.end() :]
    return "unet_" + _OF_UNET.sub("", flat)


def _read(file: str, layers: Mapping[str, nn.Module]) -> dict[nn.Module, _Change]:
    path = Path(file).expanduser()
    path = path / _IN_A_FOLDER if path.is_dir() else path
    try:
        with safe_open(path, framework="pt") as opened:
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 - no dict
            told = json.loads((opened.metadata() or {}).get(_METADATA, "{}"))
        return dict(_changes(tensors, told, layers))
    except (OSError, SafetensorError, ValueError, KeyError, RuntimeError) as error:
        _log.error("%s is no LoRA for this model: %s", path, error)
        raise ModelMissingError(str(path), _SETTING) from error


def _changes(
    tensors: Mapping[str, torch.Tensor], told: Mapping[str, object], layers: Mapping[str, nn.Module]
) -> Iterator[tuple[nn.Module, _Change]]:
    """Return what each layer is changed by.

    Raises:
        KeyError: a part is missing, or the model has no such layer.
        ValueError: there is something that is no part of a LoRA, or does not fit.
    """
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        if found := _PART.match(key):
            part = _PARTS.get(found["part"], found["part"])
            parts.setdefault(found["layer"], {})[part] = tensor
        elif key.endswith(".alpha"):
            parts.setdefault(key.removesuffix(".alpha"), {})["alpha"] = tensor
        else:
            raise ValueError(f"{key} is of another kind")
    for name, of_layer in parts.items():
        layer, (prefix, _, _) = _found(name, layers), name.partition(".")
        down = of_layer["down"]
        alpha = of_layer.get("alpha", told.get(f"{prefix}.lora_alpha"))
        scale = float(alpha) / len(down) if isinstance(alpha, torch.Tensor | float | int) else 1.0
        change = _Change(of_layer["up"], down, scale)
        change.to(_weight(layer))  # a RuntimeError, if it does not fit
        yield layer, change


def _found(name: str, layers: Mapping[str, nn.Module]) -> nn.Module:
    flat = _name(name)
    return layers[flat] if flat in layers else layers[f"{flat}_0"]  # `to_out` of old files
