import pytest
import torch
from diffusers import DiffusionPipeline

from models import full_size

# What the published checkpoints hold, in thousands of weights.
PICTURES = {"unet": 859_521, "vae": 83_654, "text_encoder": 123_060}
CLIPS = {"unet": 1_524_623, "vae": 97_743, "image_encoder": 632_077}


@pytest.mark.parametrize(("kind", "parts"), [("pictures", PICTURES), ("clips", CLIPS)])
def test_the_shapes_are_those_of_the_published_models(kind: str, parts: dict[str, int]) -> None:
    with torch.device("meta"):  # weights without memory
        pipeline: DiffusionPipeline = getattr(full_size, kind)()

    sizes = {name: round(full_size.size_of(getattr(pipeline, name)) / 1000) for name in parts}

    assert sizes == parts
    assert pipeline.vae_scale_factor == 8
