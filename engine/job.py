"""A picture to draw, how far it is, and the picture: all that crosses the engine's front door."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Self

from pydantic import TypeAdapter

from engine.errors import BadRequestError

SAMPLERS = ("ddim", "euler", "euler_a", "dpm2m", "dpm2m_karras", "unipc", "heun")
STEPS_MAX = 150
GUIDANCE_MAX = 50.0
SIDE_MAX = 2048
PROMPT_CHARS_MAX = 4000
SEED_MAX = 2**63 - 1  # what torch.Generator.manual_seed and SQLite's integers both hold

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything that a picture depends on: the same request gives the same bytes."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    sampler: str = "ddim"

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return (self.width, self.height)

    @property
    def rows(self) -> int:
        """Rows of a forward pass: guidance needs one without the prompt beside the one with."""
        return 2 if self.guidance > 1.0 else 1

    def to_json(self) -> str:
        """Return the request as ASCII JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: the text is no request.
        """
        request = _REQUEST.validate_python(json.loads(text))
        assert isinstance(request, cls)
        return request

    def check(self) -> None:
        """Refuse what no model can draw; the model's own limits are checked beside the model.

        Raises:
            BadRequestError: names the field and what is wrong with it.
        """
        _check_text("prompt", self.prompt)
        _check_text("negative_prompt", self.negative_prompt)
        _check_range("width", self.width, 1, SIDE_MAX)
        _check_range("height", self.height, 1, SIDE_MAX)
        _check_range("steps", self.steps, 1, STEPS_MAX)
        _check_range("guidance", self.guidance, 0.0, GUIDANCE_MAX)
        _check_range("seed", self.seed, 0, SEED_MAX)
        if self.sampler not in SAMPLERS:
            raise BadRequestError("sampler", f"must be one of {', '.join(SAMPLERS)}")


_REQUEST = TypeAdapter(GenerationRequest)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `position` is its place in the queue, 1 for the next, 0 once it runs."""

    step: int
    steps: int
    position: int = 0
    eta_s: float | None = None


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


def _check_text(field: str, text: str) -> None:
    if len(text) > PROMPT_CHARS_MAX:
        raise BadRequestError(field, f"must be at most {PROMPT_CHARS_MAX} characters long")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise BadRequestError(field, "must be text, without halves of characters")


def _check_range(field: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise BadRequestError(field, f"must be between {least} and {most}")
