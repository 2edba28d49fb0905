"""Stable Diffusion by diffusers: its components, our denoising loop.  The only importer of torch.

What `StableDiffusionPipeline.__call__` gives for a request, this gives, but one step at a time.
"""

import inspect
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    SchedulerMixin,
    StableDiffusionPipeline,
    UniPCMultistepScheduler,
)
from diffusers.utils import logging as diffusers_logging
from diffusers.utils.torch_utils import randn_tensor
from PIL.Image import Image
from transformers.utils import logging as transformers_logging

from engine import checkpoint
from engine.errors import BadRequestError, GenerationFailedError, ModelMissingError
from engine.job import GenerationRequest
from engine.settings import EngineSettings

# diffusers calls these schedulers; the settings are on top of the checkpoint's own.
_SAMPLERS = {
    "ddim": (DDIMScheduler, {}),
    "euler": (EulerDiscreteScheduler, {"use_karras_sigmas": False}),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
    "dpm2m": (DPMSolverMultistepScheduler, {"use_karras_sigmas": False}),
    "dpm2m_karras": (
        DPMSolverMultistepScheduler,
        # Karras' spacing from the endless noise of a zero-SNR schedule spends all steps there.
        {"use_karras_sigmas": True, "rescale_betas_zero_snr": False},
    ),
    "unipc": (UniPCMultistepScheduler, {"use_karras_sigmas": False}),
    "heun": (HeunDiscreteScheduler, {"use_karras_sigmas": False}),
}
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass(slots=True)
class _Job:
    """The tensors of one picture on its way."""

    request: GenerationRequest
    embeds: torch.Tensor  # the negative prompt's row first, where guidance needs one
    latents: torch.Tensor
    sampler: SchedulerMixin
    step_options: dict[str, object]
    done: int = 0


class DiffusersRunner:
    """Holds one pipeline and the jobs in it.

    Raises:
        ModelMissingError: there is no whole checkpoint where the settings say.
    """

    def __init__(self, settings: EngineSettings) -> None:
        if settings.threads:
            torch.set_num_threads(settings.threads)
        _keep_quiet()
        self._device = _pick_device(settings.device)
        dtype = _pick_dtype(settings.dtype, self._device)
        self._pipeline = _load(settings.image_model, dtype).to(self._device)
        self._pipeline.unet.to(memory_format=torch.channels_last)
        self._pipeline.vae.to(memory_format=torch.channels_last)
        self._jobs: dict[str, _Job] = {}
        self.model = Path(settings.image_model).name
        self.device = _describe(self._device)
        self.dtype = str(dtype).removeprefix("torch.")

    @torch.inference_mode()
    def admit(self, job_id: str, request: GenerationRequest) -> int:
        """Encode the prompts, draw the noise, and return the forwards needed."""
        self._check_size(request)
        with _memory_reported(request):
            schedule = self._sampler(request.sampler)
            schedule.set_timesteps(request.steps, device=self._device)
            generator = torch.Generator().manual_seed(request.seed)
            embeds = self._encode(request)
            noise = self._noise(request, generator, embeds.dtype)
            self._jobs[job_id] = _Job(
                request=request,
                embeds=embeds,
                latents=noise * schedule.init_noise_sigma,
                sampler=schedule,
                step_options=_step_options(schedule, generator),
            )
        return len(schedule.timesteps)

    @torch.inference_mode()
    def step(self, job_ids: Sequence[str]) -> None:
        """Take these jobs one forward further."""
        for job in [self._jobs[job_id] for job_id in job_ids]:
            with _memory_reported(job.request):
                self._advance(job)
                self._synchronize()

    def decode(self, job_id: str) -> Image:
        """Turn a job's latents into a picture."""
        image: Image = self._decode(self._jobs[job_id], "pil")[0]
        return image

    def pixels(self, job_id: str) -> torch.Tensor:
        """Return a job's picture before it is rounded to bytes: 3 channels of rows in 0..1."""
        pixels: torch.Tensor = self._decode(self._jobs[job_id], "pt")[0]
        return pixels

    def release(self, job_id: str) -> None:
        """Forget a job and its tensors."""
        self._jobs.pop(job_id, None)

    def _check_size(self, request: GenerationRequest) -> None:
        scale = self._pipeline.vae_scale_factor
        for field, size in (("width", request.width), ("height", request.height)):
            if size % scale:
                raise BadRequestError(field, f"must be a multiple of {scale}")

    def _sampler(self, name: str) -> SchedulerMixin:
        """Return a sampler of the job's own: they count steps and keep what came before."""
        kind, options = _SAMPLERS[name]
        return kind.from_config(self._pipeline.scheduler.config, **options)

    def _encode(self, request: GenerationRequest) -> torch.Tensor:
        is_guided = _is_guided(request)
        positive, negative = self._pipeline.encode_prompt(
            request.prompt, self._device, 1, is_guided, request.negative_prompt
        )
        embeds: torch.Tensor = torch.cat([negative, positive]) if is_guided else positive
        return embeds

    def _noise(
        self, request: GenerationRequest, generator: torch.Generator, dtype: torch.dtype
    ) -> torch.Tensor:
        scale, channels = self._pipeline.vae_scale_factor, self._pipeline.unet.config.in_channels
        shape = (1, channels, request.height // scale, request.width // scale)
        noise: torch.Tensor = randn_tensor(shape, generator, self._device, dtype)
        return noise

    def _advance(self, job: _Job) -> None:
        timestep = job.sampler.timesteps[job.done]
        rows = torch.cat([job.latents] * len(job.embeds))
        rows = job.sampler.scale_model_input(rows, timestep)
        [prediction] = self._pipeline.unet(
            rows, timestep, encoder_hidden_states=job.embeds, return_dict=False
        )
        if _is_guided(job.request):
            without, with_prompt = prediction.chunk(2)
            prediction = without + job.request.guidance * (with_prompt - without)
        [job.latents, *_] = job.sampler.step(
            prediction, timestep, job.latents, **job.step_options, return_dict=False
        )
        job.done += 1

    @torch.inference_mode()
    def _decode(self, job: _Job, output_type: str) -> Sequence[Any]:
        pipeline = self._pipeline
        with _memory_reported(job.request):
            latents = job.latents / pipeline.vae.config.scaling_factor
            [image] = pipeline.vae.decode(latents, return_dict=False)
            if not torch.isfinite(image).all():
                raise GenerationFailedError(f"the model overflows in {self.dtype}")
            image, withheld = pipeline.run_safety_checker(image, self._device, job.embeds.dtype)
            if withheld and any(withheld):
                raise GenerationFailedError("withheld by the model's safety checker")
            pictures: Sequence[Any] = pipeline.image_processor.postprocess(image, output_type)
        return pictures

    def _synchronize(self) -> None:
        """Wait for the accelerator, so that times are true and a cancel is obeyed at once."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        elif self._device.type == "mps":
            torch.mps.synchronize()


def _load(model: str, dtype: torch.dtype) -> StableDiffusionPipeline:
    source = checkpoint.find(model)
    try:
        return StableDiffusionPipeline.from_pretrained(
            source.name,
            dtype=dtype,
            local_files_only=source.is_folder,
            use_safetensors=True,  # the other format can run code
        )
    except OSError as error:  # files are missing, here or on the hub
        raise ModelMissingError(model) from error


def _pick_device(name: str) -> torch.device:
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _pick_dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def _describe(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def _is_guided(request: GenerationRequest) -> bool:
    return request.guidance > 1.0


def _step_options(schedule: SchedulerMixin, generator: torch.Generator) -> dict[str, object]:
    """Return what this sampler's step takes beyond the others', as the stock pipeline would."""
    options: dict[str, object] = {"eta": 0.0, "generator": generator}
    accepted = inspect.signature(schedule.step).parameters
    return {name: value for name, value in options.items() if name in accepted}


def _keep_quiet() -> None:
    """Silence warnings that quote prompts, and progress bars that nobody sees."""
    for logging in (diffusers_logging, transformers_logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()


@contextmanager
def _memory_reported(request: GenerationRequest) -> Generator[None]:
    """Turn running out of memory, which each device says differently, into a failure of the job."""
    try:
        yield
    except RuntimeError as error:  # torch.OutOfMemoryError is one
        if not any(words in str(error).lower() for words in _OUT_OF_MEMORY):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        reason = f"out of memory at {request.width}x{request.height}"
        raise GenerationFailedError(reason) from error
