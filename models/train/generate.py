"""Pictures from a checkpoint, by diffusers' own pipeline."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from torch import Tensor
from torch.nn import functional

from models.train.latents import from_pixels
from models.train.settings import EVALUATION, NATIVE, SMALL
from models.train.training import device


def load(checkpoint: Path) -> StableDiffusionPipeline:
    """Load a checkpoint to draw with."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        checkpoint, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device())


def pictures(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    size: tuple[int, int] = NATIVE,
    seed: int = EVALUATION.seed,
) -> Iterator[Tensor]:
    """Draw one picture (-1..1) for each prompt, the first one the seed gives."""
    for start in range(0, len(prompts), EVALUATION.batch):
        some = list(prompts[start : start + EVALUATION.batch])
        chances = [torch.Generator().manual_seed(seed + start + k) for k in range(len(some))]
        drawn = pipeline(
            some,
            width=size[0],
            height=size[1],
            num_inference_steps=EVALUATION.steps,
            guidance_scale=EVALUATION.guidance,
            generator=chances,
            output_type="pt",
        ).images
        yield from drawn.float().cpu() * 2 - 1


def pixels_of(picture: Image.Image) -> Tensor:
    """Return a picture in -1..1, alone in its batch."""
    return from_pixels(torch.from_numpy(np.array(picture.convert("RGB")))[None])


def shrink(pixels: Tensor) -> Tensor:
    """Return a native picture as the classifier sees it."""
    small: Tensor = functional.adaptive_avg_pool2d(pixels, NATIVE[0] // SMALL)
    return small
