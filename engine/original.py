"""The picture that a request starts from, and where it may be drawn over."""

from dataclasses import dataclass
from io import BytesIO

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageOps

from engine.errors import BadRequestError
from engine.job import FILE_FORMATS, FILE_PIXELS_MAX, GenerationRequest, Size

_WHITE = 128


@dataclass(frozen=True, slots=True)
class Original:
    """A picture as latents."""

    latents: torch.Tensor
    mask: torch.Tensor | None
    """Where it may be drawn over; everywhere without a mask."""
    image: Image.Image
    holes: Image.Image | None
    """The mask as pixels."""

    def around(self, drawn: Image.Image) -> Image.Image:
        """Return a picture with what the mask protects as it was, pixel by pixel."""
        return drawn if self.holes is None else Image.composite(drawn, self.image, self.holes)


def original_of(
    pipeline: StableDiffusionPipeline, request: GenerationRequest, generator: torch.Generator
) -> Original | None:
    """Encode the request's picture, if it has one.

    Raises:
        BadRequestError: it cannot be read.
    """
    if request.image is None:
        return None
    vae = pipeline.vae
    image = read("image", request.image, request.size).convert("RGB")
    pixels = pipeline.image_processor.preprocess(image).to(vae.device, vae.dtype)
    [latents] = vae.encode(pixels).latent_dist.sample(generator)
    latents = latents.float() * vae.config.scaling_factor
    if request.mask is None:
        return Original(latents, None, image, None)
    holes = read("mask", request.mask, request.size).convert("L")
    return Original(latents, _mask(holes, latents), image, holes)


def _mask(holes: Image.Image, latents: torch.Tensor) -> torch.Tensor:
    """Return which latents may change: those that any pixel needs that may."""
    height, width = latents.shape[1:]
    shades = torch.frombuffer(bytearray(holes.tobytes()), dtype=torch.uint8)
    pixels = (shades.view(1, holes.height, holes.width) >= _WHITE).float()
    return (
        torch.nn.functional.adaptive_max_pool2d(pixels, (height, width)).bool().to(latents.device)
    )


def read(field: str, data: bytes, size: Size) -> Image.Image:
    """Return a picture upright and in the request's size, what sticks out cut off.

    Raises:
        BadRequestError: it cannot be read.
    """
    try:
        image = Image.open(BytesIO(data), formats=FILE_FORMATS)
        if image.width * image.height > FILE_PIXELS_MAX:
            raise BadRequestError(field, f"has more than {FILE_PIXELS_MAX} pixels")
        return ImageOps.fit(ImageOps.exif_transpose(image), size, Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequestError(field, "is no picture that can be read") from error
