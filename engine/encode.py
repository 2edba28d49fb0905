"""From pixels to the PNG that is delivered, with the parameters written inside."""

import math
from collections.abc import Sequence
from io import BytesIO

import PIL.Image
from PIL.Image import Image
from PIL.PngImagePlugin import PngInfo

from engine.job import GenerationRequest, Size

_JPEG_QUALITY = 90
_PREVIEW_QUALITY = 75
_PREVIEW_SIDE_MAX = 512
_COLUMNS = 2
_TILE_SIDE_MAX = 384
_NOTHING_YET = (128, 128, 128)


def png(image: Image, request: GenerationRequest, model: str) -> bytes:
    """Return the picture's file: the same bytes for the same picture and request."""
    about = PngInfo()
    about.add_itxt("parameters", parameters(request, model))
    file = BytesIO()
    image.save(file, format="PNG", pnginfo=about)
    return file.getvalue()


def smaller(file: bytes, shrink: int) -> tuple[bytes, int, int]:
    """Return a JPEG of a picture's file with its sides divided, and its width and height."""
    with PIL.Image.open(BytesIO(file)) as image:
        reduced = image.convert("RGB").reduce(shrink)
    smaller_file = BytesIO()
    reduced.save(smaller_file, format="JPEG", quality=_JPEG_QUALITY, optimize=True)
    return smaller_file.getvalue(), reduced.width, reduced.height


def preview(image: Image, size: Size) -> bytes:
    """Return a JPEG of a small picture in the shape of the one that it becomes."""
    shrink = min(1.0, _PREVIEW_SIDE_MAX / max(size))
    shown = image.resize(
        (round(size[0] * shrink), round(size[1] * shrink)), PIL.Image.Resampling.BICUBIC
    )
    return _rough(shown)


def sides(file: bytes) -> Size:
    """Return the width and height of a picture's file."""
    with PIL.Image.open(BytesIO(file)) as image:
        return image.size


def tiles(files: Sequence[bytes], size: Size) -> bytes:
    """Return a JPEG that shows pictures of one shape in rows of two.

    A file that is empty leaves its place grey.
    """
    shrink = min(1.0, _TILE_SIDE_MAX / max(size))
    width, height = (max(1, round(shrink * side)) for side in size)
    rows = math.ceil(len(files) / _COLUMNS)
    whole = PIL.Image.new("RGB", (_COLUMNS * width, rows * height), _NOTHING_YET)
    for at, file in enumerate(files):
        if file:
            with PIL.Image.open(BytesIO(file)) as image:
                tile = image.convert("RGB").resize((width, height), PIL.Image.Resampling.BICUBIC)
            whole.paste(tile, (at % _COLUMNS * width, at // _COLUMNS * height))
    return _rough(whole)


def _rough(image: Image) -> bytes:
    """Return the JPEG of what is looked at for seconds."""
    file = BytesIO()
    image.save(file, format="JPEG", quality=_PREVIEW_QUALITY)
    return file.getvalue()


def parameters(request: GenerationRequest, model: str) -> str:
    """Return the request in the form that AUTOMATIC1111's web UI made common among such tools."""
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {request.negative_prompt}")
    facts = (
        f"Steps: {request.steps}, Sampler: {request.sampler}, CFG scale: {request.guidance:g}, "
        f"Seed: {request.seed}, Size: {request.width}x{request.height}, Model: {model}"
    )
    if request.guidance_until < 1:
        facts += f", CFG until: {request.guidance_until:g}"
    if request.image is not None:
        facts += f", Denoising strength: {request.strength:g}"
    lines.append(facts)
    return "\n".join(lines)
