from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from engine import device
from engine.clip import VideoRequest
from engine.errors import ModelMissingError, OutOfMemoryError

REQUEST = VideoRequest(image=b"png", width=64, height=48, seed=1)
CPU = torch.device("cpu")
SETTING = "engine.image_model"


def test_a_name_is_taken_at_its_word() -> None:
    assert device.picked("cpu") == CPU
    assert device.dtype_on(CPU, "bfloat16") == torch.bfloat16
    assert device.described(CPU) == "cpu"
    device.synchronize(CPU)


def test_what_fits_the_device_is_picked() -> None:
    assert device.picked("auto").type in ("cpu", "cuda", "mps")
    assert device.dtype_on(CPU, "auto") == torch.float32
    assert device.dtype_on(torch.device("cuda"), "auto") == torch.float16


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 2 GiB",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
    ],
)
def test_full_memory_is_told_apart_from_other_failures(words: str) -> None:
    with pytest.raises(OutOfMemoryError, match="64x48"), device.memory_reported(REQUEST):
        raise RuntimeError(words)
    with pytest.raises(RuntimeError, match="shape"), device.memory_reported(REQUEST):
        raise RuntimeError("shape mismatch")


def test_a_folder_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        device.load(StableDiffusionPipeline, str(tmp_path), torch.float32, SETTING)
