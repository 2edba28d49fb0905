import weakref
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from engine import device
from engine.clip import VideoRequest
from engine.errors import DeviceLostError, ModelMissingError, OutOfMemoryError

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
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "GET was unable to find an engine to execute this computation",
    ],
)
def test_full_memory_is_told_apart_from_other_failures(words: str) -> None:
    with pytest.raises(OutOfMemoryError, match="64x48"), device.memory_reported(REQUEST):
        raise RuntimeError(words)
    with pytest.raises(RuntimeError, match="shape"), device.memory_reported(REQUEST):
        raise RuntimeError("shape mismatch")


def test_who_tries_again_has_the_memory_of_what_failed() -> None:
    made: list[weakref.ref[torch.Tensor]] = []

    def forward() -> None:
        hidden = torch.zeros(8)
        made.append(weakref.ref(hidden))
        raise RuntimeError("CUDA out of memory")

    try:
        with device.memory_reported(REQUEST):
            forward()
    except OutOfMemoryError:
        assert made[0]() is None


def test_a_gpu_that_answers_nothing_any_more_is_no_failure_of_a_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["unspecified launch failure", ""]

    def synchronize() -> None:
        if answer := answers.pop(0):
            raise RuntimeError(answer)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", synchronize)

    with pytest.raises(DeviceLostError), device.memory_reported(REQUEST):
        raise RuntimeError("an illegal memory access was encountered")
    with pytest.raises(RuntimeError, match="shape"), device.memory_reported(REQUEST):
        raise RuntimeError("shape mismatch")


def test_a_folder_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        device.load(StableDiffusionPipeline, str(tmp_path), torch.float32, SETTING)
