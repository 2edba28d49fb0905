"""A clip to draw from a picture, and the clip."""

import json
import math
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import ConfigDict, TypeAdapter

from engine.errors import BadRequestError
from engine.job import (
    FILE_BYTES_MAX,
    GUIDANCE_MAX,
    SEED_MAX,
    SIDE_MAX,
    STEPS_MAX,
    Alike,
    Shape,
    Size,
    check_range,
)
from engine.tags import Loras

FRAMES_MAX = 25
FPS_MAX = 30
FRAMES_DECODED = 7
"""Frames that one turn decodes: all at once would hold up the pictures for too long."""
MOTION_MAX = 255
SEGMENTS_MAX = 4
SEGMENT_S = 5
"""Seconds that one segment may be stretched to."""
SECONDS_MAX = SEGMENTS_MAX * SEGMENT_S
BETWEEN_MAX = 4
SIDE_BETWEEN_MIN = 32
CLIP_BYTES_MAX = 48 * 1024 * 1024
"""What a frame of the line to the engine's process holds beside the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """Everything that a clip depends on."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    image: bytes
    """The picture file that the clip begins with, cut to its size."""
    width: int
    height: int
    frames: int = 14
    """Of each segment."""
    fps: int = 7
    """At which it plays."""
    steps: int = 25
    guidance_min: float = 1.0
    """How much the first frame follows the picture."""
    guidance: float = 3.0
    """How much the last frame follows the picture; between them it grows evenly."""
    motion: int = 127
    """How much moves, from 0 to 255."""
    noise: float = 0.02
    """How much is added to the picture; more of it lets more change."""
    seed: int
    segments: int = 1
    """So many are drawn one after another, each from the last frame of the one before."""
    between: int = 0
    """Frames put in after each that is drawn, so that a slow clip does not stutter."""
    bytes_max: int = 10_000_000
    """The size of the largest file that can be delivered; what is larger loses detail."""

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return (self.width, self.height)

    @property
    def shape(self) -> Shape:
        """What its forwards cost is known by."""
        return (self.width, self.height, self.frames)

    @property
    def alike(self) -> Alike:
        """The same, by weights to which nothing is added."""
        return (self.shape, self.loras)

    @property
    def loras(self) -> Loras:
        """None: they are made for pictures."""
        return ()

    @property
    def rows(self) -> int:
        """Of a forward: it has one of its own, however many the model makes of it."""
        return 1

    def rows_after(self, done: int, forwards: int) -> int:
        """Return the same at any time."""
        del done, forwards
        return self.rows

    @property
    def steps_skipped(self) -> int:
        """None: a clip begins with noise."""
        return 0

    @property
    def turns(self) -> int:
        """Of a segment at the model: its steps, and one for each few frames that are decoded."""
        return self.steps + math.ceil(self.frames / FRAMES_DECODED)

    @property
    def forwards(self) -> int:
        """Turns of all segments."""
        return self.segments * self.turns

    @property
    def frames_shown(self) -> int:
        """Of the whole clip; two segments have one frame in common."""
        drawn = self.segments * (self.frames - 1) + 1
        return drawn + (drawn - 1) * self.between

    @property
    def fps_drawn(self) -> int:
        """Of the frames that the model draws, as it is told."""
        return max(1, round(self.fps / (self.between + 1)))

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
        if isinstance(values, dict) and isinstance(values.get("image"), str):
            values["image"] = urlsafe_b64decode(values["image"])
        request = _REQUEST.validate_python(values)
        assert isinstance(request, cls)
        return request

    def check(self) -> None:
        """Refuse what no model can draw.

        Raises:
            BadRequestError: names the field and what is wrong with it.
        """
        for field, side in (("width", self.width), ("height", self.height)):
            check_range(field, side, 8, SIDE_MAX)
            if side % 8:
                raise BadRequestError(field, "must be a multiple of 8")
        check_range("frames", self.frames, 1, FRAMES_MAX)
        check_range("fps", self.fps, 1, FPS_MAX)
        check_range("steps", self.steps, 1, STEPS_MAX)
        check_range("guidance", self.guidance, 0.0, GUIDANCE_MAX)
        check_range("guidance_min", self.guidance_min, 0.0, self.guidance)
        check_range("motion", self.motion, 0, MOTION_MAX)
        check_range("noise", self.noise, 0.0, 1.0)
        check_range("seed", self.seed, 0, SEED_MAX)
        check_range("segments", self.segments, 1, SEGMENTS_MAX)
        check_range("between", self.between, 0, BETWEEN_MAX)
        if self.between and min(self.size) < SIDE_BETWEEN_MIN:
            raise BadRequestError("between", f"needs sides of {SIDE_BETWEEN_MIN} pixels or more")
        check_range("bytes_max", self.bytes_max, 1, CLIP_BYTES_MAX)
        if not 0 < len(self.image) <= FILE_BYTES_MAX:
            raise BadRequestError("image", f"must be 1 to {FILE_BYTES_MAX} bytes long")


_REQUEST = TypeAdapter(VideoRequest)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a clip of some length is put together; the names are those of `VideoRequest`."""

    frames: int
    fps: int
    segments: int
    between: int


def pace(seconds: int, frames_max: int, fps: int) -> Pace:
    """Return how a clip plays for about so long, of segments of at most so many frames.

    What would play with fewer frames in a second than `fps` gets new ones in between.

    Raises:
        BadRequestError: it is longer than any clip may be.
    """
    check_range("seconds", seconds, 1, SECONDS_MAX)
    segments = math.ceil(seconds / SEGMENT_S)
    frames = min(frames_max, math.ceil(fps * seconds / segments))
    drawn = segments * (frames - 1) + 1
    between = min(BETWEEN_MAX, math.ceil(fps * seconds / (drawn + segments)) - 1)
    shown = drawn + (drawn - 1) * between
    return Pace(frames, max(1, min(FPS_MAX, round(shown / seconds))), segments, between)


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished clip and the facts worth keeping about it."""

    mp4: bytes
    thumbnail: bytes
    """Its first frame as a JPEG, at most 320 pixels wide and high."""
    width: int
    height: int
    frames: int
    fps: int
    duration_s: float
    """How long it plays."""
    seed: int
    model: str
    duration_ms: int
    """How long it took to draw."""
    device: str
    backend: str = "local"
    """Who drew it: the name in the settings."""
