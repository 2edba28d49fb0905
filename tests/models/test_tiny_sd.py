import logging
import warnings

import pytest
import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from safetensors.torch import load_file
from torch.nn import functional
from transformers.utils import logging as transformers_logging

from models.train import generate, judge
from models.train.export import CHECKPOINT
from models.train.labels import KINDS
from models.train.measure import edges
from models.train.scene import Biome, Colour, Style, Thing, Time
from models.train.settings import SMALL

PROMPTS = {
    "a beautiful sunset over mountains": {Time.SUNSET, Biome.MOUNTAINS},
    "a red balloon over the sea at night": {Thing.BALLOON, Colour.RED, Biome.SEA, Time.NIGHT},
    "an orange cat in a meadow, watercolor": {Thing.CAT, Biome.MEADOW, Style.WATERCOLOR},
    "एक लाल गुब्बारा": {Thing.BALLOON, Colour.RED},
    "a boat on the sea at sunset": {Thing.BOAT, Biome.SEA, Time.SUNSET},
    "a wizard's yellow flower, 4k, zxqv": {Thing.FLOWER, Colour.YELLOW},
}


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    torch.set_num_threads(1)
    return generate.load(CHECKPOINT)


def test_it_loads_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_warning()
        library.enable_propagation()

    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        pipeline = StableDiffusionPipeline.from_pretrained(CHECKPOINT, dtype=torch.float32)

    assert caplog.messages == []
    assert pipeline.vae_scale_factor * pipeline.unet.config.sample_size == 512


def test_it_is_small_and_in_half_precision() -> None:
    files = list(CHECKPOINT.rglob("*.safetensors"))

    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) < 25e6
    for file in files:
        assert {tensor.dtype for tensor in load_file(file).values()} == {torch.float16}


def test_pictures_have_sharp_edges(pipeline: StableDiffusionPipeline) -> None:
    [picture] = generate.pictures(pipeline, ["a boat on the sea at sunset"])

    soft = functional.interpolate(generate.shrink(picture[None]), scale_factor=SMALL)
    soft = functional.avg_pool2d(soft, SMALL + 1, 1)
    assert edges(picture[None]) > 4 * edges(soft)


def test_pictures_show_what_was_asked(pipeline: StableDiffusionPipeline) -> None:
    judging = judge.load()
    missing = []

    for prompt, picture in zip(PROMPTS, generate.pictures(pipeline, list(PROMPTS)), strict=True):
        [named] = judging.name(generate.shrink(picture)[None]).tolist()
        shown = {
            kind[number] for kind, number in zip(KINDS, named, strict=True) if number < len(kind)
        }
        missing += [(prompt, fact) for fact in PROMPTS[prompt] if fact not in shown]

    assert missing == []
