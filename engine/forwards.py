"""Forwards of the model: on a GPU recorded once for each shape and number of rows, then replayed.

A fast GPU works through a small forward sooner than Python can launch its thousands of kernels one
by one.  A CUDA graph launches them all at once.  It always reads and writes the same memory, so
inputs are copied into buffers that stay, and what it returns is good until the next forward.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakSet

import torch

_log = logging.getLogger(__name__)

_KEPT = 32
"""Recordings: four shapes of pictures, five numbers of rows, and some with long prompts."""
_DROPPED_MAX = 3
"""How often memory may run out before nothing is recorded any more."""

Model = Callable[..., Sequence[torch.Tensor]]
"""A UNet of diffusers, or its `forward`."""


class Recording(Protocol):
    """Work that can be done again; it reads what it read the first time."""

    @property
    def output(self) -> torch.Tensor:
        """Where each time's result is found."""
        ...

    def replay(self) -> None:
        """Do the work again."""
        ...


Record = Callable[[Callable[[], torch.Tensor]], Recording]


@dataclass(frozen=True, slots=True)
class _Prepared:
    inputs: tuple[torch.Tensor, ...]
    recording: Recording


class Forwards:
    """Asks a model; with `record` by recordings, of which the latest used are kept.

    Latents and prompts must be of `dtype`, in which the model calculates.
    """

    def __init__(self, model: Model, dtype: torch.dtype, record: Record | None = None) -> None:
        self.dtype = dtype
        self._model = model
        self._record = record
        self._prepared: OrderedDict[tuple[torch.Size, ...], _Prepared] = OrderedDict()
        self._dropped = 0

    def __call__(
        self, latents: torch.Tensor, times: torch.Tensor, prompts: torch.Tensor
    ) -> torch.Tensor:
        """Return the prediction for each row; it may be overwritten by the next call."""
        inputs = (latents, times, prompts)
        if self._record is None:
            return self._ask(inputs)
        shapes = tuple(each.shape for each in inputs)
        if shapes not in self._prepared and not self._prepare(shapes, inputs, self._record):
            return self._ask(inputs)
        self._prepared.move_to_end(shapes)
        prepared = self._prepared[shapes]
        for kept, given in zip(prepared.inputs, inputs, strict=True):
            kept.copy_(given)
        prepared.recording.replay()
        return prepared.recording.output

    def drop(self) -> bool:
        """Free the memory of all recordings; False if there are none.

        They are made anew when needed, unless memory runs out again and again.
        """
        if not self._prepared:
            return False
        self._prepared.clear()
        self._dropped += 1
        if self._dropped >= _DROPPED_MAX:
            _log.warning("memory is too short for recorded forwards; now without")
            self._record = None
        return True

    def stop_recording(self) -> None:
        """Ask the model itself from now on, as its weights no longer stay where they are."""
        self._record = None
        self._prepared.clear()

    def _ask(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        latents, times, prompts = inputs
        [prediction] = self._model(latents, times, encoder_hidden_states=prompts, return_dict=False)
        return prediction

    def _prepare(
        self, shapes: tuple[torch.Size, ...], inputs: Sequence[torch.Tensor], record: Record
    ) -> bool:
        """Record a forward of such inputs; False if that cannot be done."""
        kept = tuple(each.clone() for each in inputs)
        self._ask(kept)  # libraries choose their kernels at the first time, which is no recording
        try:
            recording = record(lambda: self._ask(kept))
        except RuntimeError as error:
            _log.warning("forwards are not recorded: %s", error)
            self.stop_recording()
            return False
        self._prepared[shapes] = _Prepared(kept, recording)
        if len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return True


class CudaRecorder:
    """Records CUDA graphs, which share their memory as only one at a time is replayed."""

    def __init__(self) -> None:
        self._alive = WeakSet[CudaRecording]()

    def __call__(self, work: Callable[[], torch.Tensor]) -> Recording:
        """Record some work.

        Raises:
            RuntimeError: it cannot be recorded, or there is no memory for it.
        """
        beside = next(iter(self._alive), None)  # memory whose last graph is gone takes no new one
        pool = torch.cuda.graph_pool_handle() if beside is None else beside.graph.pool()
        graph, stream = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
        try:
            # Threads that encode files must not break it off.
            with torch.cuda.graph(graph, pool=pool, capture_error_mode="thread_local"):
                output = work()
        except RuntimeError:
            torch.cuda.set_stream(stream)  # a recording that breaks off stays on its own
            raise
        recording = CudaRecording(graph, output)
        self._alive.add(recording)
        return recording


class CudaRecording:
    """A CUDA graph and where its result is."""

    def __init__(self, graph: torch.cuda.CUDAGraph, output: torch.Tensor) -> None:
        self.graph = graph
        self.output = output

    def replay(self) -> None:
        """Launch all of it at once."""
        self.graph.replay()


def recorder(device: torch.device) -> Record | None:
    """Return what records forwards on a device; None where there is no such thing."""
    return CudaRecorder() if device.type == "cuda" else None
