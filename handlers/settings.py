"""What people may ask for, and what they get unasked: tables of config.toml."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, model_validator

from engine.clip import FPS_MAX, FRAMES_MAX, MOTION_MAX, SECONDS_MAX, Pace, pace
from engine.job import GUIDANCE_MAX, PROMPT_CHARS_MAX, SAMPLERS, STEPS_MAX

SQUARE = (512, 512)
PIXELS_MAX = 768 * 768
"""One image credit buys no more pixels than this."""

Shapes = Mapping[str, tuple[int, int]]
"""Width and height by name; the first is what people get unasked."""


def _drawable(shapes: Shapes) -> Shapes:
    """Refuse shapes that no model draws, or that cost more than one credit."""
    if not shapes:
        raise ValueError("there must be at least one shape")
    for name, (width, height) in shapes.items():
        if width < 1 or height < 1 or width * height > PIXELS_MAX:
            raise ValueError(f"{name} has more pixels than one credit buys, or none")
        if width % 8 or height % 8:
            raise ValueError(f"{name} must have sides that are multiples of 8")
    return shapes


def _with_prompt(styles: Mapping[str, str]) -> Mapping[str, str]:
    """Refuse templates that would hide the words."""
    for name, template in styles.items():
        if "{prompt}" not in template:
            raise ValueError(f"{name} has no {{prompt}}, so it would hide the words")
    return styles


def _known(sampler: str) -> str:
    if sampler not in SAMPLERS:
        raise ValueError(f"must be one of {', '.join(SAMPLERS)}")
    return sampler


BLANK = re.compile(r"\{([^{}]{1,40})\}")
"""Where a template is filled in, and what belongs there."""


def _has_one_blank(template: str) -> str:
    if len(BLANK.findall(template)) != 1:
        raise ValueError("a template has one blank, such as 'a cat in {a place}'")
    return template


TemplateName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Template = Annotated[str, AfterValidator(_has_one_blank)]


class ImageSettings(BaseModel):
    """The `[images]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=25, ge=1, le=STEPS_MAX)
    guidance: float = Field(default=7.5, ge=0, le=GUIDANCE_MAX)
    guidance_until: float = Field(default=1.0, ge=0, le=1)
    """The part of a picture's steps that has guidance; less is faster, and draws otherwise."""
    sampler: Annotated[str, AfterValidator(_known)] = "dpm2m_karras"
    negative_prompt: str = ""
    prompt_length_max: int = Field(default=1000, ge=1, le=PROMPT_CHARS_MAX)
    live_jobs_max: int = Field(default=3, ge=1)
    queue_max: int = Field(default=500, ge=1)
    """Pictures and clips of all people together that may wait."""
    shapes: Annotated[Shapes, AfterValidator(_drawable)] = {"square": SQUARE}
    styles: Annotated[Mapping[str, str], AfterValidator(_with_prompt)] = {}
    """What a style makes of `{prompt}`."""
    templates: Mapping[TemplateName, Template] = {}
    """Prompts with one blank, named within braces, that people fill in."""


class VideoSettings(BaseModel):
    """The `[videos]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=25, ge=1, le=STEPS_MAX)
    guidance: float = Field(default=3.0, ge=1, le=GUIDANCE_MAX)
    motion: int = Field(default=127, ge=0, le=MOTION_MAX)
    frames: int = Field(default=25, ge=2, le=FRAMES_MAX)
    """As many as the model was trained for; a longer clip is put together of several such."""
    fps: int = Field(default=7, ge=1, le=FPS_MAX)
    seconds: PositiveInt = 3
    credits: Mapping[PositiveInt, PositiveInt] = Field(default={5: 1}, min_length=1)
    """What a clip of up to so many seconds costs; the longest that has a price is the longest."""
    shapes: Annotated[Shapes, AfterValidator(_drawable)] = {"landscape": (832, 480)}

    @model_validator(mode="after")
    def _what_is_given_has_a_price(self) -> Self:
        if self.seconds > self.seconds_max:
            raise ValueError(f"a clip of {self.seconds} s has no price in credits")
        if self.seconds_max > SECONDS_MAX:
            raise ValueError(f"no clip can be longer than {SECONDS_MAX} s")
        return self

    @property
    def seconds_max(self) -> int:
        """The longest clip that can be asked for."""
        return max(self.credits)

    def pace(self, seconds: int) -> Pace:
        """How a clip is put together that plays for about so long."""
        return pace(seconds, self.frames, self.fps)
