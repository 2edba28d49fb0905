import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny
from PIL import Image

from engine.diffusers_runner import DiffusersRunner
from engine.engine import Engine
from engine.errors import ModelMissingError
from engine.job import GenerationRequest
from engine.settings import EngineSettings

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def write(folder: Path, channels: int, scaling_factor: float = 1.0) -> AutoencoderTiny:
    """Write an untrained TAESD of the real class."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        taesd = AutoencoderTiny(
            encoder_block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8, 8),
            latent_channels=channels,
            scaling_factor=scaling_factor,
        )
    taesd.save_pretrained(folder)
    return taesd.eval()


@pytest.fixture(scope="module")
def channels(checkpoint: Path) -> int:
    """Those of the checkpoint's latents."""
    return int(json.loads((checkpoint / "vae" / "config.json").read_text())["latent_channels"])


def settings_with(checkpoint: Path, preview_model: Path | str) -> EngineSettings:
    return EngineSettings(
        image_model=str(checkpoint), preview_model=str(preview_model), device="cpu", threads=1
    )


@pytest.mark.parametrize("scaling_factor", [1.0, 0.5])
def test_a_preview_is_what_taesd_makes_of_what_the_model_thinks_the_picture_is(
    scaling_factor: float,
    checkpoint: Path,
    channels: int,
    tmp_path: Path,
    request_: GenerationRequest,
) -> None:
    taesd = write(tmp_path, channels, scaling_factor)
    runner = DiffusersRunner(settings_with(checkpoint, tmp_path))
    assert runner._look is not None
    runner._look = replace(runner._look, prediction="sample")
    runner.admit("job", request_)
    for _ in range(2):
        runner.step(["job"], request_.rows)
    flight = runner._flights["job"]
    clear = torch.randn(flight.latents.shape, generator=torch.Generator().manual_seed(1))
    flight.thought = (flight.latents, clear)
    seen = runner.preview("job")

    with torch.inference_mode():
        decoded = taesd.decode(clear[None] / scaling_factor).sample[0]
    expected = ((decoded.clamp(-1, 1) + 1) * 127.5).byte().permute(1, 2, 0).numpy()
    assert seen is not None
    assert len({*seen.tobytes()}) > 10, "it shows something"
    shades = zip(seen.tobytes(), expected.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in shades) <= 1


def test_it_changes_no_byte_of_the_picture(
    checkpoint: Path, channels: int, tmp_path: Path, request_: GenerationRequest
) -> None:
    write(tmp_path, channels)
    pictures = []
    for preview_model in (tmp_path, ""):
        runner = DiffusersRunner(settings_with(checkpoint, preview_model))
        for _ in range(runner.admit("job", request_)):
            runner.step(["job"], request_.rows)
            runner.preview("job")
        [picture] = runner.decode(["job"])
        assert isinstance(picture, Image.Image)
        pictures.append(picture.tobytes())

    assert pictures[0] == pictures[1]


def named(checkpoint: Path, preview_model: Path) -> tuple[str, str]:
    """What the error at the start says: the path, and the setting that names it."""
    with pytest.raises(ModelMissingError) as missing:
        DiffusersRunner(settings_with(checkpoint, preview_model))
    return missing.value.path, missing.value.setting


def test_one_that_is_not_there_or_not_whole_is_named_with_its_setting(
    checkpoint: Path, channels: int, tmp_path: Path
) -> None:
    away, broken = tmp_path / "away", tmp_path / "broken"
    write(broken, channels)
    next(broken.glob("*.safetensors")).unlink()

    for folder in (away, broken):
        assert named(checkpoint, folder) == (str(folder), "engine.preview_model")


def test_one_for_other_latents_or_of_another_kind_is_named_likewise(
    checkpoint: Path, channels: int, tmp_path: Path
) -> None:
    write(tmp_path, channels + 1)

    for folder in (tmp_path, checkpoint / "vae"):
        assert named(checkpoint, folder) == (str(folder), "engine.preview_model")


async def test_the_engine_tells_at_its_start_which_setting_is_wrong(
    checkpoint: Path, tmp_path: Path
) -> None:
    async with Engine(settings_with(checkpoint, tmp_path / "away")) as engine:
        with pytest.raises(ModelMissingError) as missing:
            await engine.ready()

    assert missing.value.setting == "engine.preview_model"
