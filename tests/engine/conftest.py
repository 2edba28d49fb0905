from pathlib import Path

import pytest
import torch

from engine.job import GenerationRequest
from models import untrained


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint that has never seen a picture."""
    torch.set_num_threads(1)  # two threads on two shared cores wait for each other
    folder = tmp_path_factory.mktemp("models") / "untrained-sd"
    untrained.write(folder)
    return folder


@pytest.fixture
def request_() -> GenerationRequest:
    return GenerationRequest(
        prompt="a fox in the snow",
        negative_prompt="blurry",
        width=64,
        height=48,
        steps=6,
        guidance=5.0,
        seed=11,
    )
