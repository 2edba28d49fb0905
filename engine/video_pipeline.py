"""Stable Video Diffusion by diffusers: its components, our denoising loop.

What `StableVideoDiffusionPipeline.__call__` gives for a request, with its frames decoded
`FRAMES_DECODED` at once, this gives too, but one turn at a time: a turn is a step, or those frames.
A clip of several segments begins each with the last frame of the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from diffusers import EulerDiscreteScheduler, StableVideoDiffusionPipeline
from diffusers.utils.torch_utils import randn_tensor
from PIL.Image import Image

from engine import device, idle
from engine.clip import FRAMES_DECODED, VideoRequest
from engine.errors import GenerationFailedError, OutOfMemoryError
from engine.job import SEED_MAX, check_sides
from engine.original import read
from engine.residence import Resident


@dataclass(slots=True)
class ClipFlight:
    """One segment of a clip between its first noise and its last frame."""

    request: VideoRequest
    schedule: EulerDiscreteScheduler
    image: torch.Tensor
    """What the model sees of the picture, in each row; the row of guidance sees nothing."""
    image_latents: torch.Tensor
    """The picture as latents, beside the noisy ones of each frame, in each row."""
    facts: torch.Tensor
    """Frames in a second, motion and noise, in each row."""
    guidance: torch.Tensor
    """How much each frame is guided."""
    latents: torch.Tensor
    done: int = 0
    frames: list[Image] = field(default_factory=list)
    before: list[Image] = field(default_factory=list)
    """What was drawn in the segments before, without the frame that this one begins with."""
    segment: int = 0


class VideoPipeline:
    """Holds one pipeline and the clips on their way through it; a `engine.runner.Runner` of clips.

    Raises:
        ModelMissingError: there is no whole checkpoint where the name says.
        OutOfMemoryError: there is no memory for it beside what is there.
    """

    def __init__(self, model: str, on: torch.device, dtype: torch.dtype) -> None:
        self._device = on
        pipeline = device.load(StableVideoDiffusionPipeline, model, dtype, "engine.video_model")
        idle.leave_out(pipeline.vae)
        with device.memory_reported():
            self._pipeline = pipeline.to(on)
        self.resident = Resident.of(self._pipeline, on)
        self._clips: dict[str, ClipFlight] = {}
        self._is_memory_short = False

    @torch.inference_mode()
    def admit(self, job_id: str, request: VideoRequest) -> int:
        """Encode the picture, draw the noise, and return the turns needed."""
        check_sides(request.size, self._pipeline.vae_scale_factor)
        picture = read("image", request.image, request.size).convert("RGB")
        with device.memory_reported(request):
            self._clips[job_id] = self._prepared(request, picture, request.seed)
            device.synchronize(self._device)  # else whose turn is next would be charged for it
        return request.forwards

    @torch.inference_mode()
    def step(self, job_ids: Sequence[str], rows: int) -> None:
        """Take each clip one turn further."""
        del rows  # a clip makes its own
        for job_id in job_ids:
            with device.memory_reported(self._clips[job_id].request):
                self._turn(self._flight(job_id))
                device.synchronize(self._device)

    def decode(self, job_ids: Sequence[str]) -> list[list[Image] | GenerationFailedError]:
        """Return the frames of finished clips."""
        flights = [self._clips[job_id] for job_id in job_ids]
        return [[*flight.before, *flight.frames] for flight in flights]

    def latents(self, job_id: str) -> torch.Tensor:
        """Return a clip so far: frames, channels, height, width."""
        return self._clips[job_id].latents[0]

    def release(self, job_id: str) -> None:
        """Forget a clip and its tensors."""
        self._clips.pop(job_id, None)

    def _flight(self, job_id: str) -> ClipFlight:
        """Return the segment that has something to do: after one that is done, the next."""
        flight = self._clips[job_id]
        if flight.done == flight.request.turns:
            request, segment = flight.request, flight.segment + 1
            *before, last = flight.frames
            following = self._prepared(request, last, (request.seed + segment) % (SEED_MAX + 1))
            following.before, following.segment = [*flight.before, *before], segment
            flight = self._clips[job_id] = following
        return flight

    def _turn(self, flight: ClipFlight) -> None:
        if flight.done < flight.request.steps:
            self._denoise(flight)
        else:
            flight.frames += self._decoded(flight)
        flight.done += 1

    def _prepared(self, request: VideoRequest, picture: Image, seed: int) -> ClipFlight:
        pipeline, generator = self._pipeline, torch.Generator().manual_seed(seed)
        is_guided = request.guidance > 1.0
        # Twice diffusers' own parts rather than copies of them; a test compares with the whole.
        image = pipeline._encode_image(picture, self._device, 1, is_guided)  # noqa: SLF001
        image_latents = self._image_latents(request, picture, generator, is_guided=is_guided)
        schedule = EulerDiscreteScheduler.from_config(pipeline.scheduler.config)
        schedule.set_timesteps(request.steps, device=self._device)
        facts = (
            request.fps_drawn - 1,
            request.motion,
            request.noise,
        )  # it learnt from one frame less
        noise = self._noise(request, generator, image.dtype)
        guidance = torch.linspace(request.guidance_min, request.guidance, request.frames)
        return ClipFlight(
            request=request,
            schedule=schedule,
            image=image,
            image_latents=image_latents.to(image.dtype)[:, None].expand(
                -1, request.frames, -1, -1, -1
            ),
            facts=torch.tensor([facts] * len(image), dtype=image.dtype, device=self._device),
            guidance=guidance.to(self._device, noise.dtype)[None, :, None, None, None],
            latents=noise * schedule.init_noise_sigma,
        )

    def _noise(
        self, request: VideoRequest, generator: torch.Generator, dtype: torch.dtype
    ) -> torch.Tensor:
        unet, scale = self._pipeline.unet, self._pipeline.vae_scale_factor
        height, width = request.height // scale, request.width // scale
        shape = (1, request.frames, unet.config.out_channels, height, width)
        noise: torch.Tensor = randn_tensor(shape, generator, self._device, dtype)
        return noise

    def _image_latents(
        self,
        request: VideoRequest,
        picture: Image,
        generator: torch.Generator,
        *,
        is_guided: bool,
    ) -> torch.Tensor:
        """Encode the picture with its noise; an encoder that overflows in half works in single."""
        pipeline, vae = self._pipeline, self._pipeline.vae
        pixels = pipeline.video_processor.preprocess(
            picture, height=request.height, width=request.width
        ).to(self._device)
        noise = randn_tensor(pixels.shape, generator, self._device, pixels.dtype)
        kept = vae.dtype
        if kept == torch.float16 and vae.config.force_upcast:
            vae.to(dtype=torch.float32)
        try:
            latents: torch.Tensor = pipeline._encode_vae_image(  # noqa: SLF001
                pixels + request.noise * noise, self._device, 1, is_guided
            )
        finally:
            vae.to(dtype=kept)
        return latents

    def _denoise(self, flight: ClipFlight) -> None:
        schedule, timestep = flight.schedule, flight.schedule.timesteps[flight.done]
        noisy = schedule.scale_model_input(flight.latents, timestep)
        prediction = self._predicted(flight, noisy, timestep)
        if len(prediction) > 1:
            without, guided = prediction.chunk(2)
            prediction = without + flight.guidance * (guided - without)
        flight.latents = schedule.step(prediction, timestep, flight.latents, return_dict=False)[0]

    def _predicted(
        self, flight: ClipFlight, noisy: torch.Tensor, timestep: torch.Tensor
    ) -> torch.Tensor:
        """Ask the model for all rows at once; where memory does not hold them, one by one."""
        rows = range(len(flight.image))
        if not self._is_memory_short:
            try:
                with device.memory_reported(flight.request):
                    return self._rows(flight, noisy, timestep, list(rows))
            except OutOfMemoryError:
                if len(rows) == 1:
                    raise
                self._is_memory_short = True
        return torch.cat([self._rows(flight, noisy, timestep, [row]) for row in rows])

    def _rows(
        self, flight: ClipFlight, noisy: torch.Tensor, timestep: torch.Tensor, rows: list[int]
    ) -> torch.Tensor:
        [prediction] = self._pipeline.unet(
            torch.cat([noisy.expand(len(rows), -1, -1, -1, -1), flight.image_latents[rows]], dim=2),
            timestep,
            encoder_hidden_states=flight.image[rows],
            added_time_ids=flight.facts[rows],
            return_dict=False,
        )
        return prediction  # type: ignore[no-any-return]  # diffusers is untyped

    def _decoded(self, flight: ClipFlight) -> list[Image]:
        """Decode the next few frames; where memory does not hold them, one by one."""
        at = len(flight.frames)
        latents = flight.latents[:, at : at + FRAMES_DECODED]
        if self._is_memory_short:
            return [self._pixels(latents[:, [at]])[0] for at in range(latents.shape[1])]
        try:
            with device.memory_reported(flight.request):
                return self._pixels(latents)
        except OutOfMemoryError:
            self._is_memory_short = True
            return self._decoded(flight)

    def _pixels(self, latents: torch.Tensor) -> list[Image]:
        pixels = self._pipeline.decode_latents(latents, latents.shape[1], latents.shape[1])
        if not torch.isfinite(pixels).all():
            raise GenerationFailedError("the video model overflows")
        [frames] = self._pipeline.video_processor.postprocess_video(pixels, output_type="pil")
        return frames  # type: ignore[no-any-return]  # diffusers is untyped
