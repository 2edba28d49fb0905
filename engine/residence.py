"""Where the weights of models are: on the device, or in the computer's own memory meanwhile."""

from collections.abc import Callable, Iterable, Iterator

import torch
from diffusers import DiffusionPipeline
from torch import nn

from engine import device

Slot = tuple[nn.Module, str]
"""A part of a model, and the name of a tensor in it."""


class Resident:
    """A model that may leave the device and come back.

    What it leaves with is copied once: weights do not change, so that leaving again costs nothing.
    `restore` undoes whatever has changed them for a while.
    """

    def __init__(
        self,
        models: Iterable[nn.Module],
        on: torch.device,
        restore: Callable[[], None] = lambda: None,
    ) -> None:
        self._models = list(models)
        self._device = on
        self._restore = restore
        self._copies: dict[Slot, torch.Tensor] = {}
        self.is_here = True

    @classmethod
    def of(
        cls,
        pipeline: DiffusionPipeline,
        on: torch.device,
        restore: Callable[[], None] = lambda: None,
    ) -> "Resident":
        """Return all models of a pipeline as one."""
        parts = pipeline.components.values()
        return cls((part for part in parts if isinstance(part, nn.Module)), on, restore)

    def leave(self) -> None:
        """Free the device's memory of it."""
        self._restore()
        if not self._copies:
            self._copies = {slot: tensor.to("cpu") for slot, tensor in self._tensors()}
        for slot, tensor in self._copies.items():
            _put(slot, tensor)
        self.is_here = False
        device.free_unused(self._device)

    def come(self) -> None:
        """Be on the device again.

        Raises:
            OutOfMemoryError: there is no memory for it; it stays where it was.
        """
        try:
            with device.memory_reported():
                for slot, tensor in self._copies.items():
                    _put(slot, tensor.to(self._device))
        except BaseException:
            self.leave()
            raise
        self.is_here = True

    def _tensors(self) -> Iterator[tuple[Slot, torch.Tensor]]:
        for model in self._models:
            for part in model.modules():
                for kept in (part._parameters, part._buffers):  # noqa: SLF001 - as torch's `to` does
                    for name, tensor in kept.items():
                        if tensor is not None:
                            yield (part, name), tensor.detach()


def _put(slot: Slot, tensor: torch.Tensor) -> None:
    part, name = slot
    if name in part._parameters:  # noqa: SLF001
        part._parameters[name] = nn.Parameter(tensor, requires_grad=False)  # noqa: SLF001
    else:
        part._buffers[name] = tensor  # noqa: SLF001


class Exchange:
    """Two models of which the device has one at a time, once it is asked for one."""

    def __init__(self, pictures: Resident, clips: Resident) -> None:
        self._pictures, self._clips = pictures, clips

    def bring(self, *, clips: bool) -> bool:
        """Have the one on the device and the other not; False if it was so already.

        Raises:
            OutOfMemoryError: there is no memory even for the one.
        """
        coming, leaving = self._clips, self._pictures
        if not clips:
            coming, leaving = leaving, coming
        if coming.is_here and not leaving.is_here:
            return False
        if leaving.is_here:
            leaving.leave()
        if not coming.is_here:
            coming.come()
        return True
