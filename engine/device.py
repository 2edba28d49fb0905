"""The device that models run on, and how it says that its memory is full."""

import traceback
from collections.abc import Generator
from contextlib import contextmanager

import torch
from diffusers import DiffusionPipeline, UNet2DConditionModel
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from engine import checkpoint
from engine.clip import VideoRequest
from engine.errors import DeviceLostError, OutOfMemoryError
from engine.job import GenerationRequest

_KINDS_OF_BLOCKS = 64
_OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "alloc_failed",  # by cuBLAS and cuDNN, which take memory of their own
    "unable to find an engine",  # by cuDNN, when none of its ways has the memory that it needs
)


def picked(name: str) -> torch.device:
    """Return the device of a name; of `auto` the best there is."""
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def dtype_on(device: torch.device, name: str) -> torch.dtype:
    """Return the precision of a name; of `auto` what fits the device."""
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def prepare(device: torch.device, *, is_exact: bool) -> None:
    """Make it the one that is meant, and say how it chooses among kernels for convolutions.

    By trying them it finds the fastest, though not the same at every start.
    """
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)
    torch.backends.cudnn.benchmark = not is_exact
    torch.backends.cudnn.deterministic = is_exact


def described(device: torch.device) -> str:
    """Return the device's own name."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def synchronize(device: torch.device) -> None:
    """Wait for the accelerator, so that times are true and a cancel is obeyed at once."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def free_unused(device: torch.device) -> None:
    """Give back memory that is kept for tensors to come."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def has_own_memory(device: torch.device) -> bool:
    """Whether a model that leaves it frees anything."""
    return device.type != "cpu"


def compile_blocks(unet: UNet2DConditionModel) -> None:
    """Have the blocks that repeat compiled at their first forward, for any shape and rows."""
    # A kind of block for each width, and each again for a single row, which torch takes apart.
    torch._dynamo.config.recompile_limit = _KINDS_OF_BLOCKS  # noqa: SLF001 - its documented name
    unet.compile_repeated_blocks(fullgraph=True, dynamic=True)


def load(
    kind: type[DiffusionPipeline], model: str, dtype: torch.dtype, setting: str
) -> DiffusionPipeline:
    """Load a pipeline from a folder or the hub, as a setting says.

    Raises:
        ModelMissingError: there is no whole checkpoint there.
    """
    for logging in (diffusers_logging, transformers_logging):
        # Their warnings quote prompts, and nobody sees their progress bars.
        logging.set_verbosity_error()
        logging.disable_progress_bar()
    with checkpoint.whole(model, setting) as source:
        return kind.from_pretrained(
            source.name,
            dtype=dtype,
            local_files_only=source.is_folder,
            use_safetensors=True,  # the other format can run code
        )


@contextmanager
def memory_reported(request: GenerationRequest | VideoRequest | None = None) -> Generator[None]:
    """Turn running out of memory, which each device says differently, into a failure of the job.

    Without a job it is a model for which there is no memory.

    Raises:
        DeviceLostError: the device answers nothing any more; only a new process has it back.
    """
    try:
        yield
    except RuntimeError as error:  # torch.OutOfMemoryError is one
        if not any(words in str(error).lower() for words in _OUT_OF_MEMORY):
            if _is_lost():
                raise DeviceLostError(str(error)) from error
            raise
        # What failed holds all that it had made by then, as long as anybody knows of the error.
        traceback.clear_frames(error.__traceback__)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        of = "for a model" if request is None else f"at {request.width}x{request.height}"
        reason = f"out of memory {of}"
        raise OutOfMemoryError(reason) from error


def _is_lost() -> bool:
    """Whether a failure has left the GPU unusable, as a wrong memory access does."""
    if not torch.cuda.is_available():
        return False
    try:
        torch.cuda.synchronize()
    except RuntimeError:
        return True
    return False
