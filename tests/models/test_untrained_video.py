import warnings
from pathlib import Path

import pytest
import torch
from diffusers import StableVideoDiffusionPipeline
from safetensors.torch import load_file

from models import untrained_video


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models") / "untrained-svd"
    untrained_video.write(folder)
    return folder


def test_it_loads_as_stable_video_diffusion_does(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipeline = StableVideoDiffusionPipeline.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )

    assert pipeline.vae_scale_factor == 8
    config = pipeline.scheduler.config
    assert (config.prediction_type, config.use_karras_sigmas) == ("v_prediction", True)
    assert (config.sigma_min, config.sigma_max, config.timestep_type) == (
        0.002,
        700.0,
        "continuous",
    )


def test_weights_are_half_precision_and_the_same_every_time(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"

    untrained_video.write(again)

    files = sorted(path.relative_to(folder) for path in folder.rglob("*.safetensors"))
    assert len(files) == 3
    for file in files:
        assert (again / file).read_bytes() == (folder / file).read_bytes()
        assert all(t.dtype == torch.float16 for t in load_file(folder / file).values())
