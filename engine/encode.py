"""From pixels to the PNG that is delivered, with the parameters written inside."""

from io import BytesIO

from PIL.Image import Image
from PIL.PngImagePlugin import PngInfo

from engine.job import GenerationRequest


def png(image: Image, request: GenerationRequest, model: str) -> bytes:
    """Return the picture's file: the same bytes for the same picture and request."""
    about = PngInfo()
    about.add_itxt("parameters", parameters(request, model))
    file = BytesIO()
    image.save(file, format="PNG", pnginfo=about)
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
    if request.image is not None:
        facts += f", Denoising strength: {request.strength:g}"
    lines.append(facts)
    return "\n".join(lines)
