from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from diffusers import (
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
)
from PIL import Image

from engine import samplers
from engine.diffusers_runner import DiffusersRunner
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from models import untrained, untrained_video

# What Stable Diffusion 1.5 was trained with.  The untrained checkpoint's own schedule begins at
# endless noise, beside which Euler's rounding alone would exceed what these tests allow.
SCHEDULER = untrained.noise_schedule()


StepDone = Callable[[object, int, torch.Tensor, dict[str, torch.Tensor]], dict[str, torch.Tensor]]
"""What diffusers calls after each step, with the latents among the rest."""


def without_guidance_from(request: GenerationRequest) -> StepDone:
    """End guidance as diffusers' guide shows it ("Pipeline callbacks", dynamic guidance)."""

    def after(
        pipeline: object, done: int, timestep: torch.Tensor, tensors: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        del timestep
        assert isinstance(pipeline, StableDiffusionPipeline)
        until = request.guidance_until * len(pipeline.scheduler.timesteps)
        if done + 1 >= until and pipeline.do_classifier_free_guidance:
            pipeline._guidance_scale = 1.0
            return {"prompt_embeds": tensors["prompt_embeds"].chunk(2)[-1]}
        return tensors

    return after


class Stock:
    """What anybody gets from diffusers without us."""

    def __init__(self, checkpoint: Path) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            checkpoint, dtype=torch.float32, local_files_only=True
        )
        self._over = StableDiffusionImg2ImgPipeline(
            **self._pipeline.components, requires_safety_checker=False
        )
        for pipeline in (self._pipeline, self._over):
            pipeline.set_progress_bar_config(disable=True)
        self.draw = cache(self._draw)

    def _draw(self, request: GenerationRequest) -> torch.Tensor:
        """Return a picture's channels, 0..1."""
        self._pipeline.scheduler = samplers.scheduler(request.sampler, SCHEDULER.config)
        pictures = self._pipeline(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            width=request.width,
            height=request.height,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            output_type="pt",
            callback_on_step_end=without_guidance_from(request),
            callback_on_step_end_tensor_inputs=["prompt_embeds"],
        )
        picture = pictures.images[0]
        assert isinstance(picture, torch.Tensor)
        return picture

    def draw_embedded(
        self, request: GenerationRequest, negative: torch.Tensor, positive: torch.Tensor
    ) -> torch.Tensor:
        """Return a picture of prompts that are encoded already."""
        self._pipeline.scheduler = samplers.scheduler(request.sampler, SCHEDULER.config)
        pictures = self._pipeline(
            prompt_embeds=positive[None],
            negative_prompt_embeds=negative[None],
            width=request.width,
            height=request.height,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            output_type="pt",
        )
        picture = pictures.images[0]
        assert isinstance(picture, torch.Tensor)
        return picture

    def draw_over(
        self, request: GenerationRequest, image: Image.Image, step_done: StepDone | None = None
    ) -> torch.Tensor:
        """Return a picture that begins from another one."""
        self._over.scheduler = samplers.scheduler(request.sampler, SCHEDULER.config)
        pictures = self._over(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            image=image,
            strength=request.strength,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            output_type="pt",
            callback_on_step_end=step_done,
        )
        picture = pictures.images[0]
        assert isinstance(picture, torch.Tensor)
        return picture


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint that has never seen a picture."""
    torch.set_num_threads(1)  # two threads on two shared cores wait for each other
    folder = tmp_path_factory.mktemp("models") / "untrained-sd"
    untrained.write(folder)
    return folder


@pytest.fixture(scope="session")
def video_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint for clips that has never seen one."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models") / "untrained-svd"
    untrained_video.write(folder)
    return folder


@pytest.fixture(scope="session")
def runner(checkpoint: Path) -> DiffusersRunner:
    runner = DiffusersRunner(EngineSettings(image_model=str(checkpoint), device="cpu", threads=1))
    runner._pipeline.scheduler = SCHEDULER
    return runner


@pytest.fixture(scope="session")
def stock(checkpoint: Path) -> Stock:
    return Stock(checkpoint)


@pytest.fixture
def request_() -> GenerationRequest:
    return GenerationRequest(
        prompt="a fox in the snow",
        negative_prompt="blurry",
        width=64,
        height=48,
        steps=6,
        guidance=5.0,
        seed=11,
    )
