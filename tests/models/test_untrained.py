import logging
import warnings
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from safetensors.torch import load_file
from transformers.utils import logging as transformers_logging

from models import untrained


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models") / "untrained-sd"
    untrained.write(folder)
    return folder


def test_it_loads_as_any_checkpoint_without_a_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_warning()
        library.enable_propagation()

    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        pipeline = StableDiffusionPipeline.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )

    assert caplog.messages == []
    assert pipeline.vae.config.latent_channels == 16
    assert pipeline.vae_scale_factor == 16
    assert pipeline.scheduler.config.prediction_type == "v_prediction"


def test_any_text_is_spelled(folder: Path) -> None:
    tokenizer = StableDiffusionPipeline.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    ).tokenizer

    for text in ("a fox", "लोमड़ी", "狐 🦊", "\x00\x7f"):
        ids = tokenizer(text).input_ids
        assert tokenizer.unk_token_id not in ids[1:-1]
        assert tokenizer.decode(ids, skip_special_tokens=True).strip()


def test_weights_are_half_precision_and_the_same_every_time(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"

    untrained.write(again)

    files = sorted(path.relative_to(folder) for path in folder.rglob("*.safetensors"))
    assert len(files) == 3
    for file in files:
        assert (again / file).read_bytes() == (folder / file).read_bytes()
        assert all(t.dtype == torch.float16 for t in load_file(folder / file).values())


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("mine")

    untrained.write(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["model_index.json"]


def test_nothing_unfinished_is_left_behind(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["untrained-sd"]
