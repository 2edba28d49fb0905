import logging
import warnings

import pytest
import torch
from diffusers import StableVideoDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from transformers.utils import logging as transformers_logging

from models.train import generate
from models.train.export import CHECKPOINT, CLIP_CHECKPOINT
from models.train.measure import psnr
from models.train.play import load, play
from models.train.settings import CLIPS
from models.train.sheet import image_of

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def pipeline() -> StableVideoDiffusionPipeline:
    torch.set_num_threads(1)
    return load(CLIP_CHECKPOINT)


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    [drawn] = generate.pictures(generate.load(CHECKPOINT), ["a boat on the sea at sunset"])
    return image_of(drawn)


@pytest.fixture(scope="module")
def clip(pipeline: StableVideoDiffusionPipeline, picture: Image.Image) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return play(pipeline, picture)


def test_it_loads_with_one_warning_about_the_autoencoder_that_it_shares(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_warning()
        library.enable_propagation()

    with caplog.at_level(logging.WARNING):
        StableVideoDiffusionPipeline.from_pretrained(CLIP_CHECKPOINT, dtype=torch.float32)

    [said] = {record.getMessage() for record in caplog.records if record.name.startswith("diff")}
    assert "Expected types for vae" in said


def test_both_checkpoints_are_small_together() -> None:
    files = {file.resolve() for of in (CHECKPOINT, CLIP_CHECKPOINT) for file in of.rglob("*")}

    assert sum(file.stat().st_size for file in files if file.is_file()) < 40e6
    for file in CLIP_CHECKPOINT.rglob("*.safetensors"):
        assert {tensor.dtype for tensor in load_file(file).values()} == {torch.float16}


def test_a_clip_begins_with_its_picture(clip: Tensor, picture: Image.Image) -> None:
    given = generate.pixels_of(picture)

    assert clip.shape == (CLIPS.frames, 3, 512, 512)
    assert psnr(clip[:1], given) > 20


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_ends_of_a_clip_are_those_of_the_whole_one(
    pipeline: StableVideoDiffusionPipeline, picture: Image.Image, clip: Tensor
) -> None:
    ends = play(pipeline, picture, wanted=(0, CLIPS.frames - 1))

    assert torch.allclose(ends, clip[[0, -1]], atol=1e-4)


def test_a_clip_moves_and_does_not_fall_apart(clip: Tensor) -> None:
    last = psnr(clip[-1:], clip[:1])

    assert 14 < last < 35
    assert psnr(clip[1:2], clip[:1]) > last


def test_a_boat_sails_to_the_right(clip: Tensor) -> None:
    first, last = clip[0], clip[-1]
    changed = (last - first).square().sum(0)
    left_over = {
        (down, right): ((first.roll((down, right), (1, 2)) - last).square().sum(0) * changed).sum()
        for down in range(-32, 33, 16)
        for right in range(-96, 97, 16)
    }

    down, right = min(left_over, key=lambda way: left_over[way].item())

    assert 48 <= right <= 96
    assert abs(down) <= 16
    assert left_over[down, right] < left_over[0, 0] / 2
