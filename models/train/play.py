"""Clips from a checkpoint, by diffusers' own pipeline."""

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
) -> Tensor:
    """Draw a clip (frames, channels, rows, columns; -1..1) of the size of its first picture."""
    return _decoded(pipeline, _latents(pipeline, picture, fps, motion, seed))


def ends(
    pipeline: StableVideoDiffusionPipeline,
    picture: Image.Image,
    fps: int = 7,
    motion: int = USUAL,
    seed: int = EVALUATION.seed,
) -> Tensor:
    """Draw a clip and decode its first and last frame alone, as decoding takes most of the time."""
    return _decoded(pipeline, _latents(pipeline, picture, fps, motion, seed)[:, [0, -1]])


def _latents(
    pipeline: StableVideoDiffusionPipeline,
    picture: Image.Image,
    fps: int,
    motion: int,
    seed: int,
) -> Tensor:
    return pipeline(  # type: ignore[no-any-return]  # diffusers is untyped
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
    ).frames


@torch.no_grad()
def _decoded(pipeline: StableVideoDiffusionPipeline, latents: Tensor) -> Tensor:
    [drawn] = pipeline.decode_latents(latents, latents.shape[1], decode_chunk_size=2)
    return drawn.transpose(0, 1).float().cpu().clamp(-1, 1)  # type: ignore[no-any-return]
