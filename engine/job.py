"""A picture to draw, how far it is, and the picture: all that crosses the engine's front door."""

import json
import math
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import ClassVar, Self

from pydantic import ConfigDict, TypeAdapter

from engine import tags
from engine.errors import BadRequestError
from engine.tags import Loras

SAMPLERS = ("ddim", "euler", "euler_a", "dpm2m", "dpm2m_karras", "unipc", "heun")
STEPS_MAX = 150
GUIDANCE_MAX = 50.0
SIDE_MAX = 2048
PROMPT_CHARS_MAX = 4000
FILE_BYTES_MAX = 20 * 1024 * 1024
FILE_PIXELS_MAX = 50_000_000
FILE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""What is opened; among the others are some that start programs, or break in their own ways."""
_UNLIKE_MAX = 4
SEED_MAX = 2**63 - 1  # what torch.Generator.manual_seed and SQLite's integers both hold

Size = tuple[int, int]
Shape = tuple[int, ...]
"""A picture's width and height, and of a clip its frames too: what a forward costs."""
Alike = tuple[Shape, Loras]
"""What can share a forward: the same shape, by the same weights."""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything that a picture depends on: the same request gives the same bytes."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    sampler: str = "ddim"
    image: bytes | None = None
    """A picture file to start from, cut to the size of this one."""
    mask: bytes | None = None
    """A picture file, white where `image` may be drawn over; everywhere without one."""
    strength: float = 0.75
    """The part of the steps that is drawn over `image`."""
    guidance_until: float = 1.0
    """The part of the forwards that has guidance; those after it need a row less."""

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return (self.width, self.height)

    @property
    def shape(self) -> Shape:
        """What its forwards cost is known by."""
        return self.size

    @property
    def loras(self) -> Loras:
        """What the prompt asks to be added to the weights."""
        return tags.loras(self.prompt)

    @property
    def alike(self) -> Alike:
        """What may be drawn beside it must have the same."""
        return (self.shape, self.loras)

    @property
    def words(self) -> str:
        """The prompt as a model reads it."""
        return tags.words(self.prompt)

    @property
    def rows(self) -> int:
        """Rows of the first forward: guidance needs one without the prompt beside the one with."""
        return 2 if self.guidance > 1.0 and self.guidance_until > 0 else 1

    def rows_after(self, done: int, forwards: int) -> int:
        """Return the rows of the forward that comes after so many of all."""
        return self.rows if done < self.guidance_until * forwards else 1

    @property
    def steps_skipped(self) -> int:
        """The first steps, which a picture to start from makes needless."""
        return 0 if self.image is None else self.steps - int(self.steps * self.strength)

    @property
    def forwards(self) -> int:
        """How often the model is asked."""
        return (self.steps - self.steps_skipped) * (2 if self.sampler == "heun" else 1)

    def to_json(self) -> str:
        """Return the request as ASCII JSON."""
        return json.dumps(_REQUEST.dump_python(self, mode="json"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: the text is no request.
        """
        values = json.loads(text)
        if isinstance(values, dict):
            for name in ("image", "mask"):
                if isinstance(values.get(name), str):
                    values[name] = urlsafe_b64decode(values[name])
        request = _REQUEST.validate_python(values)
        assert isinstance(request, cls)
        return request

    def check(self) -> None:
        """Refuse what no model can draw; the model's own limits are checked beside the model.

        Raises:
            BadRequestError: names the field and what is wrong with it.
        """
        _check_text("prompt", self.prompt)
        _check_text("negative_prompt", self.negative_prompt)
        check_range("width", self.width, 1, SIDE_MAX)
        check_range("height", self.height, 1, SIDE_MAX)
        check_range("steps", self.steps, 1, STEPS_MAX)
        check_range("guidance", self.guidance, 0.0, GUIDANCE_MAX)
        check_range("seed", self.seed, 0, SEED_MAX)
        if self.sampler not in SAMPLERS:
            raise BadRequestError("sampler", f"must be one of {', '.join(SAMPLERS)}")
        check_range("strength", self.strength, 0.0, 1.0)
        check_range("guidance_until", self.guidance_until, 0.0, 1.0)
        if self.steps_skipped >= self.steps:
            raise BadRequestError("strength", f"of {self.strength:g} is less than a step")
        if self.mask is not None and self.image is None:
            raise BadRequestError("mask", "needs an image")
        for name, file in (("image", self.image), ("mask", self.mask)):
            if file is not None and len(file) > FILE_BYTES_MAX:
                raise BadRequestError(name, f"must be at most {FILE_BYTES_MAX} bytes long")


def is_alike(size: Size, asked: Size) -> bool:
    """Whether a picture from elsewhere has a shape like what was asked, of whatever size.

    Models have sizes of their own; a line of pixels is shown by no platform.
    """
    if min(size) < 1:
        return False
    ratio = (size[0] * asked[1]) / (size[1] * asked[0])
    return max(ratio, 1 / ratio) <= _UNLIKE_MAX


def check_sides(size: Size, multiple: int) -> None:
    """Refuse a size that is no multiple of what a model needs.

    Raises:
        BadRequestError: names the side.
    """
    for name, side in zip(("width", "height"), size, strict=True):
        if side % multiple:
            raise BadRequestError(name, f"must be a multiple of {multiple}")


_REQUEST = TypeAdapter(GenerationRequest)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `position` is its place in the queue, 1 for the next, 0 once it runs."""

    step: int
    steps: int
    position: int = 0
    eta_s: float | None = None
    preview: bytes = field(default=b"", repr=False)
    """A JPEG of what the picture looks like so far; empty while there is nothing to see."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture and the facts worth keeping about it."""

    png: bytes
    width: int
    height: int
    seed: int
    model: str
    duration_ms: int
    device: str
    backend: str = "local"
    """Who drew it: the name in the settings."""


def _check_text(field: str, text: str) -> None:
    if len(text) > PROMPT_CHARS_MAX:
        raise BadRequestError(field, f"must be at most {PROMPT_CHARS_MAX} characters long")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise BadRequestError(field, "must be text, without halves of characters")


def check_range(field: str, value: float, least: float, most: float) -> None:
    """Refuse a number outside of its limits, or none at all."""
    if not (math.isfinite(value) and least <= value <= most):
        raise BadRequestError(field, f"must be between {least} and {most}")
