"""Stable Diffusion by diffusers: its components, our denoising loop.

What `StableDiffusionPipeline.__call__` gives for a request, this gives, but one step at a time and
for many requests at once.  It, `engine.video_pipeline` and what only they import (`engine.device`,
`engine.flight`, `engine.forwards`, `engine.look`, `engine.loras`, `engine.original`,
`engine.prompts`, `engine.residence`, `engine.safety`, `engine.samplers`, `engine.taesd`) are the
only modules that know torch.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.utils.torch_utils import randn_tensor
from PIL.Image import Image

from engine import device, flight, idle, samplers
from engine.errors import (
    GenerationFailedError,
    OutOfMemoryError,
    WithheldError,
)
from engine.flight import Flight
from engine.forwards import Forwards, recorder
from engine.job import GenerationRequest, check_sides
from engine.look import Look
from engine.loras import Loras
from engine.original import original_of
from engine.prompts import Prompts
from engine.residence import Resident
from engine.safety import SafetyCheck
from engine.samplers import Schedule
from engine.settings import EngineSettings

_SCHEDULES_KEPT = 256
_DECODED_AT_ONCE = 4


class DiffusersRunner:
    """Holds one pipeline and the pictures on their way through it.

    Raises:
        ModelMissingError: there is no whole checkpoint where the settings say.
    """

    def __init__(self, settings: EngineSettings) -> None:
        # Where threads outnumber free cores each waits for the others, so the bot is left a core.
        torch.set_num_threads(settings.threads or max(1, (os.cpu_count() or 2) - 1))
        self._device = self.place = device.picked(settings.device)
        device.prepare(self._device, is_exact=settings.mode == "exact")
        dtype = self.precision = device.dtype_on(self._device, settings.dtype)
        pipeline = device.load(
            StableDiffusionPipeline, settings.image_model, dtype, "engine.image_model"
        )
        idle.leave_out(pipeline.vae)
        self._pipeline = pipeline.to(self._device)
        self.safety = SafetyCheck.of(self._pipeline, settings.safety_model, dtype)
        self.loras = Loras(self._pipeline, settings.loras)
        self.resident = Resident.of(self._pipeline, self._device, self.loras.take_off)
        self._pipeline.unet.to(memory_format=torch.channels_last)
        self._pipeline.vae.to(memory_format=torch.channels_last)
        if settings.compiled:
            device.compile_blocks(self._pipeline.unet)
        record = recorder(self._device) if settings.graphs else None
        self.forwards = Forwards(self._pipeline.unet, dtype, record)
        self._flights: dict[str, Flight] = {}
        self._prompts = Prompts(self._pipeline, self._device)
        wants_look = settings.preview_every_s > 0 and not self.safety.is_on
        self._look = Look.of(self._pipeline, settings.preview_model) if wants_look else None
        self._schedule = lru_cache(_SCHEDULES_KEPT)(self._read_schedule)
        self._is_exact = settings.mode == "exact"
        self.model = Path(settings.image_model).name
        self.device = device.described(self._device)
        self.dtype = str(dtype).removeprefix("torch.")

    @property
    def models(self) -> tuple[UNet2DConditionModel, AutoencoderKL]:
        """What predicts noise and what decodes latents, for whoever measures them."""
        return self._pipeline.unet, self._pipeline.vae

    @property
    def scale(self) -> int:
        """Pixels to a latent, along a side."""
        return int(self._pipeline.vae_scale_factor)

    @torch.inference_mode()
    def admit(self, job_id: str, request: GenerationRequest) -> int:
        """Encode the prompts, draw the noise, and return the forwards needed."""
        check_sides(request.size, self._pipeline.vae_scale_factor)
        self.loras.put_on(request.loras)
        with device.memory_reported(request):
            schedule = self._schedule(
                request.sampler,
                request.steps,
                skipped=request.steps_skipped,
                has_original=request.image is not None,
            )
            generator = torch.Generator().manual_seed(request.seed)
            texts = (request.negative_prompt, request.words)[-request.rows :]
            original = original_of(self._pipeline, request, generator)
            noise = self._noise(request, generator)
            self._flights[job_id] = Flight(
                request=request,
                schedule=schedule,
                prompts=self._prompts.encoded_alike(texts, self.loras.known(request.loras)),
                state=flight.first_state(schedule, noise, original),
                noise=noise,
                generator=generator,
                original=original,
            )
        return schedule.forwards

    @torch.inference_mode()
    def step(self, job_ids: Sequence[str], rows: int) -> None:
        """Take these jobs one forward further, in a pass of so many rows."""
        flights = [self._flights[job_id] for job_id in job_ids]
        self.loras.put_on(flights[0].request.loras)
        with device.memory_reported(flights[0].request):
            flight.advance(self.forwards, flights, rows, is_exact=self._is_exact)
            device.synchronize(self._device)

    def decode(self, job_ids: Sequence[str]) -> list[Image | GenerationFailedError]:
        """Turn latents into pictures."""
        # A picture's pixels depend in their last bits on how many are decoded together.
        at_once = 1 if self._is_exact else _DECODED_AT_ONCE
        decoded: list[Image | GenerationFailedError] = []
        for at in range(0, len(job_ids), at_once):
            decoded += self._decode(job_ids[at : at + at_once])
        return decoded

    @torch.inference_mode()
    def pixels(self, job_ids: Sequence[str]) -> torch.Tensor:
        """Return pictures of one shape before they are rounded to bytes: channels in -1..1."""
        flights = [self._flights[job_id] for job_id in job_ids]
        with device.memory_reported(flights[0].request):
            pixels = self._decoded(torch.stack([each.latents for each in flights]))
            device.synchronize(self._device)
        return pixels

    def preview(self, job_id: str) -> Image | None:
        """Return what a picture looks like so far, small; None while there is nothing to see."""
        return self._look.at(self._flights[job_id]) if self._look else None

    def release(self, job_id: str) -> None:
        """Forget a job and its tensors."""
        self._flights.pop(job_id, None)

    def _read_schedule(
        self, sampler: str, steps: int, *, skipped: int, has_original: bool
    ) -> Schedule:
        config = self._pipeline.scheduler.config
        return samplers.read_off(
            lambda: samplers.scheduler(sampler, config),
            steps,
            skipped=skipped,
            has_original=has_original,
        )

    def _noise(self, request: GenerationRequest, generator: torch.Generator) -> torch.Tensor:
        scale, channels = self._pipeline.vae_scale_factor, self._pipeline.unet.config.in_channels
        shape = (1, channels, request.height // scale, request.width // scale)
        noise: torch.Tensor = randn_tensor(
            shape, generator, self._device, self._pipeline.unet.dtype
        )
        return noise[0].float()

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        """Return pixels; a decoder that overflows in half precision tries again in single."""
        vae = self._pipeline.vae
        scaled, kept = latents / vae.config.scaling_factor, vae.dtype
        pixels: torch.Tensor
        [pixels] = vae.decode(scaled.to(kept), return_dict=False)
        if kept != torch.float16 or pixels.isfinite().all() or not latents.isfinite().all():
            return pixels
        try:
            vae.to(dtype=torch.float32)
            [pixels] = vae.decode(scaled, return_dict=False)
        finally:
            vae.to(dtype=kept)
        return pixels

    def _decode(self, job_ids: Sequence[str]) -> list[Image | GenerationFailedError]:
        try:
            pixels = self.pixels(job_ids)
        except OutOfMemoryError:
            if len(job_ids) == 1:
                raise
            return [picture for job_id in job_ids for picture in self._decode([job_id])]
        flights = [self._flights[job_id] for job_id in job_ids]
        return [
            self._develop(flight, each[None]) for flight, each in zip(flights, pixels, strict=True)
        ]

    def _develop(self, flight: Flight, pixels: torch.Tensor) -> Image | GenerationFailedError:
        pipeline = self._pipeline
        if not torch.isfinite(pixels).all():
            return GenerationFailedError(f"the model overflows in {self.dtype}")
        if self.safety.withholds(pixels):
            return WithheldError()
        image: Image = pipeline.image_processor.postprocess(pixels, "pil")[0]
        return image if flight.original is None else flight.original.around(image)
