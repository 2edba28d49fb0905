"""diffusers' own pipelines, as they are used without us."""

from collections.abc import Sequence
from io import BytesIO

import torch
from diffusers import StableDiffusionPipeline, StableVideoDiffusionPipeline
from PIL import Image

from bench.setup import Setup
from engine import device, samplers
from engine.clip import FRAMES_DECODED, VideoRequest
from engine.forwards import Forwards, recorder
from engine.job import GenerationRequest


class Stock:
    """diffusers alone; or its pipeline around a UNet that is as fast as we make it."""

    def __init__(self, setup: Setup, *, is_tuned: bool = False) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            setup.folder, dtype=setup.dtype, local_files_only=True
        ).to(setup.device)
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = self._pipeline.scheduler.config
        if is_tuned:
            _tune(self._pipeline, setup)

    def draw(self, requests: Sequence[GenerationRequest]) -> None:
        """Draw requests that are alike in all but prompt and seed."""
        like = requests[0]
        self._pipeline.scheduler = samplers.scheduler(like.sampler, self._config)
        self._pipeline(
            prompt=[request.prompt for request in requests],
            negative_prompt=[request.negative_prompt for request in requests],
            width=like.width,
            height=like.height,
            num_inference_steps=like.steps,
            guidance_scale=like.guidance,
            generator=[torch.Generator().manual_seed(request.seed) for request in requests],
        )


def _tune(pipeline: StableDiffusionPipeline, setup: Setup) -> None:
    """Do to a pipeline's models what our runner does to its own."""
    for part in (pipeline.unet, pipeline.vae):
        part.to(memory_format=torch.channels_last)
    if setup.is_compiled:
        device.compile_blocks(pipeline.unet)
    forwards = Forwards(pipeline.unet.forward, setup.dtype, recorder(setup.device))

    def forward(
        sample: torch.Tensor,
        timestep: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        **_: object,
    ) -> tuple[torch.Tensor]:
        times = timestep.to(setup.device).expand(len(sample))
        return (forwards(sample, times, encoder_hidden_states).clone(),)

    pipeline.unet.forward = forward


class StockVideo:
    """diffusers alone."""

    def __init__(self, setup: Setup) -> None:
        self._pipeline = StableVideoDiffusionPipeline.from_pretrained(
            setup.video_folder, dtype=setup.dtype, local_files_only=True
        ).to(setup.device)
        self._pipeline.set_progress_bar_config(disable=True)

    def draw(self, request: VideoRequest) -> None:
        """Draw a clip."""
        self._pipeline(
            Image.open(BytesIO(request.image)),
            height=request.height,
            width=request.width,
            num_frames=request.frames,
            num_inference_steps=request.steps,
            decode_chunk_size=FRAMES_DECODED,
            generator=torch.Generator().manual_seed(request.seed),
        )
