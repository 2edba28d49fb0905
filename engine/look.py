"""What a picture looks like while it is being drawn: a linear guess, or decoded by TAESD.

The colours of a place are nearly a linear function of its latents.  For Stable Diffusion's own
decoder the factors are known by heart in many tools; here they are fitted to whichever encoder the
checkpoint brings, once, with pictures of soft colours.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from engine.flight import Flight
from engine.taesd import Taesd

_CELL = 8
"""Pixels of the picture for one of its look, or fewer."""
_PICTURES, _LATENTS_ASIDE, _SIDE_MIN = 4, 8, 128
_SOFTNESSES = (1, 2, 4, 8, 16)
"""Patches of colour side by side."""
_FORWARDS_MIN = 2
"""The first noise of a sampler is scaled in a way of its own."""


Colours = Callable[[torch.Tensor], torch.Tensor]
"""Turns the latents of one picture, free of noise, into its pixels: channels in -1..1."""


@dataclass(frozen=True, slots=True)
class Look:
    """The way from a checkpoint's latents to colours."""

    colours: Colours
    prediction: str
    """What the model predicts, in diffusers' words."""

    @classmethod
    def of(cls, pipeline: StableDiffusionPipeline, preview_model: str = "") -> Self | None:
        """Load the preview model, or without one fit the guess; None where that overflows.

        Raises:
            ModelMissingError: there is no preview model for this checkpoint where its name says.
        """
        colours = Taesd(pipeline, preview_model) if preview_model else Factors.of(pipeline)
        prediction = str(pipeline.scheduler.config.prediction_type)
        return None if colours is None else cls(colours, prediction)

    @torch.inference_mode()
    def at(self, flight: Flight) -> Image.Image | None:
        """Return what the model thinks that the picture becomes; None if it is too soon."""
        if flight.thought is None or flight.done < _FORWARDS_MIN:
            return None
        pixels = self.colours(_cleared(flight, *flight.thought, self.prediction)).float()
        if not torch.isfinite(pixels).all():
            return None
        shades = ((pixels.clamp(-1, 1) + 1) * 127.5).byte().permute(1, 2, 0).cpu()
        height, width, _ = shades.shape
        return Image.frombytes("RGB", (width, height), shades.contiguous().numpy().tobytes())


@dataclass(frozen=True, slots=True)
class Factors:
    """The linear guess, small: the factors from latents to colours."""

    factors: torch.Tensor
    """A row for each channel and one for the constant; a column for each colour of each cell."""
    cells: int
    """Cells along the side of what one latent stands for."""

    @classmethod
    @torch.inference_mode()
    def of(cls, pipeline: StableDiffusionPipeline) -> Self | None:
        """Fit the factors; None where the encoder overflows in this precision."""
        vae, scale = pipeline.vae, pipeline.vae_scale_factor
        cells = max(1, scale // _CELL)
        pictures = _soft_colours(max(_SIDE_MIN, _LATENTS_ASIDE * scale))
        encoded = vae.encode(pictures.to(vae.device, vae.dtype)).latent_dist.mode()
        if not torch.isfinite(encoded).all():
            return None
        latents = _with_constant(encoded.float().cpu() * vae.config.scaling_factor)
        small = torch.nn.functional.avg_pool2d(pictures, scale // cells)
        colours = torch.nn.functional.pixel_unshuffle(small, cells).permute(0, 2, 3, 1)
        fitted = torch.linalg.lstsq(latents.flatten(0, 2), colours.flatten(0, 2)).solution
        return cls(fitted.to(vae.device), cells)

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        """Return colours."""
        factors = self.factors.to(latents.device)  # which the encoder may have left
        colours = (_with_constant(latents[None]) @ factors).permute(0, 3, 1, 2)
        return torch.nn.functional.pixel_shuffle(colours, self.cells)[0]


def _cleared(
    flight: Flight, latents: torch.Tensor, thought: torch.Tensor, prediction: str
) -> torch.Tensor:
    """Return the latents without their noise, by what the model said of them."""
    of_picture, of_noise = flight.schedule.starts[flight.done - 1]
    match prediction:
        case "sample":
            return thought
        case "v_prediction":
            whole = math.hypot(of_picture, of_noise)
            return (of_picture * latents / whole - of_noise * thought) / whole
        case _:
            return (latents - of_noise * thought) / of_picture


def _soft_colours(side: int) -> torch.Tensor:
    """Return pictures of random colours, coarse and fine, in -1..1; always the same."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.zeros(_PICTURES, 3, side, side)
    for patches in _SOFTNESSES:
        coarse = torch.randn(_PICTURES, 3, patches, patches, generator=generator)
        pictures += torch.nn.functional.interpolate(
            coarse / patches**0.5, size=(side, side), mode="bilinear", align_corners=False
        )
    return pictures.clamp(-1, 1)


def _with_constant(latents: torch.Tensor) -> torch.Tensor:
    """Return latents with their channels last, and a channel of ones."""
    channels_last = latents.permute(0, 2, 3, 1)
    return torch.cat([channels_last, torch.ones_like(channels_last[..., :1])], dim=-1)
