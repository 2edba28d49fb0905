"""Clips from a checkpoint, by diffusers' own pipeline."""

from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import StableVideoDiffusionPipeline
from PIL import Image
from torch import Tensor

from models.train.clips import USUAL
from models.train.settings import CLIPS, EVALUATION
from models.train.training import device


def load(checkpoint: Path) -> StableVideoDiffusionPipeline:
    """Load a checkpoint to draw with."""
    pipeline = StableVideoDiffusionPipeline.from_pretrained(
        checkpoint, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device())


def play(
    pipeline: StableVideoDiffusionPipeline,
    picture: Image.Image,
    fps: int = 7,
    motion: int = USUAL,
    seed: int = EVALUATION.seed,
    wanted: Sequence[int] = range(CLIPS.frames),
) -> Tensor:
    """Draw a clip (frames, channels, rows, columns; -1..1) of the size of its first picture.

    Only the frames that are wanted are decoded, as that takes most of the time.
    """
    latents = pipeline(
        picture,
        width=picture.width,
        height=picture.height,
        num_frames=CLIPS.frames,
        fps=fps,
        motion_bucket_id=motion,
        num_inference_steps=EVALUATION.clip_steps,
        max_guidance_scale=EVALUATION.clip_guidance,
        generator=torch.Generator().manual_seed(seed),
        output_type="latent",
    ).frames[:, list(wanted)]
    with torch.no_grad():
        [drawn] = pipeline.decode_latents(latents, len(wanted), decode_chunk_size=2)
    return drawn.transpose(0, 1).float().cpu().clamp(-1, 1)  # type: ignore[no-any-return]
